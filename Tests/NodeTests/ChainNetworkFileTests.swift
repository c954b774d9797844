import Cryptography
import Ledger
import TestSupport
import Testing

@Suite("A network file")
struct NetworkFileTests {
  @Test("asks for no more governors' signatures than a transaction can have")
  func threshold() throws {
    var file = ChainNetwork(governorCount: 1).file
    let members = (1...17).map { ChainNetwork.newcomer("governor-\($0)") }
    file = NetworkFile(
      name: file.name, genesisTime: file.genesisTime, members: file.members + members,
      validators: file.validators, followers: [],
      governors: members.map {
        Governor(member: $0.id, key: ChainNetwork.key(of: $0.id, .governor).publicKey)
      }, governorThreshold: 16, policy: file.policy)
    try file.check()
    file.governorThreshold = 17
    #expect(throws: NetworkFileError.thresholdOutOfRange(threshold: 17, governors: 17)) {
      try file.check()
    }
  }

  @Test("makes no genesis if a member, a node or a key stands in it twice")
  func twice() throws {
    let file = ChainNetwork(validatorCount: 2).file
    var wrong = file
    wrong.members.append(file.members[0])
    #expect(throws: NetworkFileError.memberListedTwice(file.members[0].id)) {
      try Genesis(wrong)
    }
    wrong = file
    wrong.members[0].keys = file.members[1].keys
    #expect(throws: NetworkFileError.keyUsedTwice(file.members[1].keys[0].keyID)) {
      try Genesis(wrong)
    }
  }
}
