import CollateralContract
import Cryptography
import Ledger
import TestSupport
import Testing

@Suite("A change of nodes")
struct NodeChangeTests {
  typealias Net = GovernedLedger

  private func key(_ member: MemberID, _ purpose: KeyPurpose, _ number: Int = 1) -> PublicKey {
    ChainNetwork.key(of: member, purpose, number: number).publicKey
  }

  @Test("registers a member's first node")
  func register() throws {
    var ledger = GovernedLedger()
    #expect(try ledger.state.nodes().map(\.member) == [ContractNetwork.appraiser.id])
    let node = ledger.network.node(of: Net.bankA, addresses: ["bank-a.example:7100"])
    #expect(try ledger.code(.setNode(node)) == nil)
    #expect(
      try ledger.state.nodes().map(\.member) == [ContractNetwork.appraiser.id, Net.bankA])
    #expect(try ledger.state.node(of: Net.bankA) == NodeState(node))
    for purpose in [KeyPurpose.consensus, .transport] {
      #expect(
        ledger.state.entries[.key(key(Net.bankA, purpose).keyID)]
          == .key(KeyUse(member: Net.bankA, purpose: purpose)))
    }
    #expect(
      try ledger.code(.setNode(ledger.network.node(of: try MemberID("nobody"))))
        == .memberNotAdmitted)
  }

  @Test("moves a node by its addresses, its keys as they were")
  func move() throws {
    var ledger = GovernedLedger()
    let appraiser = ContractNetwork.appraiser.id
    let before = try #require(try ledger.state.node(of: appraiser))
    try ledger.accept(
      .setNode(ledger.network.node(of: appraiser, addresses: ["[2001:db8::1]:7100", "a:1"])))
    let node = try #require(try ledger.state.node(of: appraiser))
    #expect(node.addresses.map(\.text) == ["[2001:db8::1]:7100", "a:1"])
    #expect(node.transportKeys == before.transportKeys)
    #expect(node.consensusKey == before.consensusKey)
  }

  @Test("replaces keys: the transport key with an overlap, the consensus key for later epochs")
  func replace() throws {
    var ledger = GovernedLedger()
    let appraiser = ContractNetwork.appraiser.id
    let validators = try ledger.validators
    try ledger.accept(.setNode(ledger.network.node(of: appraiser, consensus: 2, transport: 2)))
    let node = try #require(try ledger.state.node(of: appraiser))
    #expect(node.consensusKey == key(appraiser, .consensus, 2))
    #expect(node.transportKeys == [key(appraiser, .transport, 2), key(appraiser, .transport)])
    #expect(try ledger.validators == validators, "the epoch votes with the keys it began with")
    #expect(
      try ledger.code(.setNode(ledger.network.node(of: appraiser, consensus: 2, transport: 3)))
        == .keyLimitReached)
    // The older of the two keys may be made the first again, and a third takes the place of one.
    try ledger.accept(.setNode(ledger.network.node(of: appraiser, consensus: 2, transport: 1)))
    #expect(
      try ledger.state.node(of: appraiser)?.transportKeys == [
        key(appraiser, .transport), key(appraiser, .transport, 2),
      ])
    try ledger.accept(
      .retireKey(appraiser, .transport, keyID: key(appraiser, .transport).keyID),
      .setNode(ledger.network.node(of: appraiser, consensus: 2, transport: 3)))
    // The epoch votes with the first key, so the node may return to it; no other comes back.
    try ledger.accept(.setNode(ledger.network.node(of: appraiser, consensus: 1, transport: 3)))
    #expect(
      try ledger.code(.setNode(ledger.network.node(of: appraiser, consensus: 2, transport: 3)))
        == .keyInUse)
  }

  @Test("takes no key that is in use, nor one for both purposes")
  func keysInUse() throws {
    var ledger = GovernedLedger()
    func node(_ consensus: SigningKey, _ transport: SigningKey) -> NodeIdentity {
      func proven(_ key: SigningKey, _ purpose: KeyPurpose) -> ProvenKey {
        let message = KeyPossession.toBeSigned(
          network: ledger.network.id, member: Net.bankA, purpose: purpose, key: key.publicKey)
        return ProvenKey(key: key.publicKey, proof: try! key.sign(message))
      }
      return NodeIdentity(
        member: Net.bankA, consensusKey: proven(consensus, .consensus),
        transportKey: proven(transport, .transport), addresses: [])
    }
    let own = ChainNetwork.key(of: Net.bankA, .consensus)
    let fresh = ChainNetwork.key(of: Net.bankA, .transport)
    let others = [
      ChainNetwork.key(of: ContractNetwork.appraiser.id, .consensus),
      ChainNetwork.key(of: Net.bankA, .member), ChainNetwork.key(of: Net.bankA, .governor),
    ]
    for other in others {
      #expect(try ledger.code(.setNode(node(other, fresh))) == .keyInUse)
      #expect(try ledger.code(.setNode(node(own, other))) == .keyInUse)
    }
    #expect(try ledger.code(.setNode(node(own, own))) == .keyInUse)
    #expect(try ledger.code(.setNode(node(own, fresh))) == nil)
  }

  @Test("asks for proofs of both keys, also of those that stay")
  func proofs() throws {
    var ledger = GovernedLedger()
    let appraiser = ContractNetwork.appraiser.id
    let good = ledger.network.node(of: appraiser, addresses: ["a:1"])
    var spoiled = good
    spoiled.consensusKey = ProvenKey(
      key: good.consensusKey.key, proof: good.transportKey.proof)
    #expect(try ledger.code(.setNode(spoiled)) == .keyProofInvalid)
    spoiled = good
    spoiled.transportKey = ledger.network.file.validators[0].transportKey
    #expect(try ledger.code(.setNode(spoiled)) == .keyProofInvalid, "genesis' proofs are others")
    #expect(try ledger.code(.setNode(good)) == nil)
  }
}
