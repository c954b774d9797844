import CollateralContract
import Cryptography
import Ledger
import TestSupport
import Testing

@Suite("A change of members")
struct MemberChangeTests {
  typealias Net = GovernedLedger

  @Test("admits a member, which may then record")
  func admit() throws {
    var ledger = GovernedLedger()
    let newcomer = ChainNetwork.newcomer(
      "bank-new", roles: [.lender, .appraiser], entities: ["911100001000054748"], keys: [1, 2])
    #expect(try ledger.code(.admitMember(newcomer)) == nil)
    #expect(ledger.state.member(newcomer.id) == MemberState(member: newcomer))
    #expect(ledger.state.entries[.entity(newcomer.entities[0])] == .entity(newcomer.id))
    for key in newcomer.keys {
      #expect(
        ledger.state.entries[.key(key.keyID)]
          == .key(KeyUse(member: newcomer.id, purpose: .member)))
    }
    let ids = try ledger.state.memberIDs()
    #expect(ids.contains(newcomer.id))
    #expect(ids == ids.sorted())
    #expect(ids.count == ContractNetwork.members.count + 1)
    let model = Operation.registerModel("1", by: newcomer)
    #expect(try ledger.refusal([model], signers: [newcomer.id]) == nil)
  }

  @Test("admits nobody twice, with no code and no key that is another's")
  func admitTwice() throws {
    var ledger = GovernedLedger()
    let known = ContractNetwork.bankB
    #expect(
      try ledger.code(.admitMember(ChainNetwork.newcomer("bank-b")))
        == .memberAlreadyAdmitted)
    #expect(
      try ledger.code(
        .admitMember(
          ChainNetwork.newcomer("bank-new", entities: [known.entities[0].text])))
        == .entityInUse)
    var thief = ChainNetwork.newcomer("bank-new")
    thief.keys = [ChainNetwork.key(of: known.id, .member).publicKey]
    #expect(try ledger.code(.admitMember(thief)) == .keyInUse)
    thief.keys = [ChainNetwork.key(of: Net.operatorID, .governor).publicKey]
    #expect(try ledger.code(.admitMember(thief)) == .keyInUse)
    #expect(ledger.state.member(thief.id) == nil)
    #expect(try ledger.code(.admitMember(ChainNetwork.newcomer("bank-new"))) == nil)
  }

  @Test("admits a thousand members and no more")
  func full() throws {
    var ledger = GovernedLedger()
    let ids = (0..<999).map { try! MemberID("m\(1_000 + $0)") }
    ledger.state.set(.members, to: .members(ids))
    #expect(try ledger.code(.admitMember(ChainNetwork.newcomer("a-first"))) == nil)
    #expect(try ledger.state.memberIDs().first?.text == "a-first")
    #expect(
      try ledger.code(.admitMember(ChainNetwork.newcomer("a-second"))) == .memberLimitReached)
  }

  @Test("suspends a member from the next operation on, and reinstates it")
  func suspend() throws {
    var ledger = GovernedLedger()
    let model = Operation.registerModel("1")
    let appraiser = ContractNetwork.appraiser.id
    #expect(try ledger.code(.setStanding(appraiser, .suspended)) == nil)
    #expect(try ledger.refusal([model], signers: [appraiser])?.code == .memberSuspended)
    #expect(try ledger.code(.setStanding(appraiser, .suspended)) == nil, "what is so may be said")
    #expect(try ledger.code(.setStanding(appraiser, .active)) == nil)
    #expect(try ledger.refusal([model], signers: [appraiser]) == nil)
    #expect(
      ledger.state.member(appraiser)?.refusals.count == 1, "nothing else of the member changes")
    #expect(
      try ledger.code(.setStanding(try MemberID("nobody"), .suspended)) == .memberNotAdmitted)
  }

  @Test("keeps what others recorded within the same block")
  func withinBlock() throws {
    var ledger = GovernedLedger()
    let appraiser = ContractNetwork.appraiser.id
    let attempts = try ledger.commit([
      try ledger.transaction([.registerModel("1")], signers: [appraiser]),
      try ledger.transaction([try ledger.action(.setStanding(appraiser, .suspended))]),
      try ledger.transaction([.registerModel("2")], signers: [appraiser]),
    ])
    let refusal = Refusal(code: .memberSuspended, operationIndex: 0)
    #expect(
      attempts == [.included(.accepted), .included(.accepted), .included(.refused(refusal))])
  }
}
