import CollateralContract
import Cryptography
import Ledger
import TestSupport
import Testing

@Suite("A change of validators")
struct ValidatorChangeTests {
  typealias Net = GovernedLedger
  /// The members in the order of their ids: the first `validatorCount` validate at genesis.
  private static let members = ContractNetwork.members.map(\.id).sorted()

  /// A ledger whose first members validate, and whose every member has a node.
  private func ledger(_ validatorCount: Int) throws -> GovernedLedger {
    var ledger = GovernedLedger(validatorCount: validatorCount)
    for member in Self.members.dropFirst(validatorCount) {
      try ledger.accept(.setNode(ledger.network.node(of: member)))
    }
    return ledger
  }

  private func change(
    _ ledger: GovernedLedger, to members: [MemberID], ready: [MemberID]? = nil,
    consensus: [MemberID: Int] = [:]
  ) throws -> GovernanceAction {
    .setValidators(
      ledger.network.validatorChange(
        to: members, in: try ledger.validators.epoch.next, ready: ready, consensus: consensus))
  }

  @Test("grows the set one by one, each in an epoch of its own")
  func grows() throws {
    var ledger = try ledger(1)
    for count in 2...4 {
      let members = Array(Self.members.prefix(count))
      #expect(try ledger.code(try change(ledger, to: members)) == nil)
      #expect(try ledger.validators.epoch == Epoch(UInt64(count)))
      #expect(try ledger.validators.validators.map(\.member) == members)
    }
    #expect(try ledger.validators.quorum == 3)
  }

  /// What may change of n validators: max(1, n/3), a replacement being two.
  @Test(
    "changes at most a third, and one at least",
    arguments: [
      (1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (6, 2), (8, 2),
    ])
  func limit(validatorCount: Int, limit: Int) throws {
    let before = Array(Self.members.prefix(validatorCount))
    let others = Array(Self.members.dropFirst(validatorCount))
    func code(_ members: [MemberID]) throws -> RefusalCode? {
      var ledger = try ledger(validatorCount)
      return try ledger.code(try change(ledger, to: members))
    }
    #expect(try code(before + others.prefix(limit)) == nil)
    #expect(try code(before + others.prefix(limit + 1)) == .validatorSetChangeTooLarge)
    if validatorCount > limit {
      #expect(try code(Array(before.dropFirst(limit))) == nil)
    }
    if validatorCount > limit + 1 {
      #expect(try code(Array(before.dropFirst(limit + 1))) == .validatorSetChangeTooLarge)
    }
    let replaced = Array(before.dropFirst()) + [others[0]]
    #expect(try code(replaced) == (limit >= 2 ? nil : .validatorSetChangeTooLarge))
  }

  @Test("counts a validator that stays with another key as one, and takes the registered key")
  func changedKey() throws {
    var ledger = try ledger(4)
    let members = Array(Self.members.prefix(4))
    try ledger.accept(.setNode(ledger.network.node(of: members[1], consensus: 2)))
    #expect(
      try ledger.code(
        try change(
          ledger, to: members + [Self.members[4]], consensus: [members[1]: 2]))
        == .validatorSetChangeTooLarge)
    #expect(try ledger.code(try change(ledger, to: members)) == .attestationInvalid)
    #expect(
      try ledger.code(try change(ledger, to: members, consensus: [members[1]: 2])) == nil)
    #expect(
      try ledger.validators.validators[1].consensusKey
        == ChainNetwork.key(of: members[1], .consensus, number: 2).publicKey)
  }

  /// No set takes both keys at once, and without a way back none ever could again.
  @Test("of two new keys where one may change takes one, once the other node has its key back")
  func returnsToKeyInForce() throws {
    var ledger = try ledger(4)
    let members = Array(Self.members.prefix(4))
    let (first, second) = (members[0], members[1])
    try ledger.accept(
      .setNode(ledger.network.node(of: first, consensus: 2)),
      .setNode(ledger.network.node(of: second, consensus: 2)))
    #expect(
      try ledger.code(try change(ledger, to: members, consensus: [first: 2, second: 2]))
        == .validatorSetChangeTooLarge)
    #expect(try ledger.code(.setNode(ledger.network.node(of: first))) == nil)
    #expect(try ledger.code(try change(ledger, to: members, consensus: [second: 2])) == nil)
    #expect(
      try ledger.code(.setNode(ledger.network.node(of: second))) == .keyInUse,
      "the key is in force no more")
  }

  @Test("keeps a suspended validator, so that another can be dropped or take a new key")
  func keepsSuspended() throws {
    let members = Array(Self.members.prefix(4))
    var ledger = try ledger(4)
    try ledger.accept(
      .setStanding(members[0], .suspended), .setStanding(members[1], .suspended))
    #expect(try ledger.code(try change(ledger, to: Array(members.dropFirst()))) == nil)
    #expect(try ledger.code(try change(ledger, to: members)) == .memberSuspended)
    #expect(try ledger.code(try change(ledger, to: Array(members.dropFirst(2)))) == nil)
  }

  @Test("closes the epoch also with the same validators")
  func sameSet() throws {
    var ledger = try ledger(4)
    let members = Array(Self.members.prefix(4))
    let before = try ledger.validators
    #expect(try ledger.code(try change(ledger, to: members)) == nil)
    #expect(try ledger.validators.epoch == Epoch(2))
    #expect(try ledger.validators.validators == before.validators)
    #expect(try ledger.validators.hash != before.hash)
  }

  @Test("takes members with a node that are not suspended")
  func eligible() throws {
    var ledger = GovernedLedger(validatorCount: 1)
    let (first, second) = (Self.members[0], Self.members[1])
    let nobody = try MemberID("zz-nobody")
    #expect(try ledger.code(try change(ledger, to: [first, nobody])) == .memberNotAdmitted)
    #expect(try ledger.code(try change(ledger, to: [first, second])) == .nodeUnknown)
    try ledger.accept(.setNode(ledger.network.node(of: second)))
    try ledger.accept(.setStanding(second, .suspended))
    #expect(try ledger.code(try change(ledger, to: [first, second])) == .memberSuspended)
    try ledger.accept(.setStanding(second, .active))
    #expect(try ledger.code(try change(ledger, to: [first, second])) == nil)
  }

  @Test("that is in one transaction with a node's registration takes the node")
  func withNode() throws {
    var ledger = GovernedLedger(validatorCount: 1)
    let (first, second) = (Self.members[0], Self.members[1])
    try ledger.accept(
      .setNode(ledger.network.node(of: second)), try change(ledger, to: [first, second]))
    #expect(try ledger.validators.count == 2)
  }

  // MARK: Attestations

  @Test("needs the word of a quorum of the new set", arguments: [(2, 2), (4, 3), (5, 4), (7, 5)])
  func attestations(count: Int, quorum: Int) throws {
    let members = Array(Self.members.prefix(count))
    for ready in [0, quorum - 1, quorum, count] {
      var ledger = try ledger(count - 1)
      let change = try change(ledger, to: members, ready: Array(members.suffix(ready)))
      #expect(try ledger.code(change) == (ready >= quorum ? nil : .attestationsMissing))
    }
  }

  @Test("refuses attestations of another set, epoch, network or member, also surplus ones")
  func wrongAttestations() throws {
    let fresh = try ledger(4)
    let members = Array(Self.members.prefix(5))
    let epoch = Epoch(2)
    let good = fresh.network.validatorChange(to: members, in: epoch)
    let otherNetwork = ChainNetwork(validatorCount: 4, name: "other")
    let wrong = [
      fresh.network.validatorChange(to: members, in: Epoch(3)).attestations[0],
      fresh.network.validatorChange(to: Array(members.prefix(4)), in: epoch).attestations[0],
      otherNetwork.validatorChange(to: members, in: epoch).attestations[0],
      ReadyAttestation(member: members[0], signature: good.attestations[1].signature),
      ReadyAttestation(member: members[0], signature: [UInt8](repeating: 0, count: 64)),
      ReadyAttestation(member: Self.members[6], signature: good.attestations[0].signature),
    ]
    for attestation in wrong {
      var ledger = try ledger(4)
      let change = ValidatorChange(
        members: members, attestations: Array(good.attestations.dropFirst()) + [attestation])
      #expect(try ledger.code(.setValidators(change)) == .attestationInvalid)
    }
    var ledger = try ledger(4)
    #expect(try ledger.code(.setValidators(good)) == nil)
  }

  // MARK: Epochs

  @Test("to the next epoch keeps the validators and the keys that they vote with")
  func advance() throws {
    var ledger = try ledger(4)
    let before = try ledger.validators
    try ledger.accept(.setNode(ledger.network.node(of: Self.members[0], consensus: 2)))
    #expect(try ledger.code(.advanceEpoch) == nil)
    #expect(try ledger.validators.validators == before.validators)
    #expect(try ledger.validators.epoch == Epoch(2))
  }

  @Test("is the last thing in its block, unless it is refused")
  func lastInBlock() throws {
    var ledger = try ledger(1)
    let appraiser = ContractNetwork.appraiser.id
    let sequence = try ledger.governance.nextSequence
    let attempts = try ledger.commit([
      try ledger.transaction([.govern(sequence + 7, .advanceEpoch)]),
      try ledger.transaction([.registerModel("1")], signers: [appraiser]),
      try ledger.transaction([.govern(sequence, .advanceEpoch)]),
      try ledger.transaction([.registerModel("2")], signers: [appraiser]),
      try ledger.transaction([.govern(sequence + 1, .advanceEpoch)]),
    ])
    let refusal = Refusal(code: .governanceSequence, operationIndex: 0)
    #expect(
      attempts == [
        .included(.refused(refusal)), .included(.accepted), .included(.accepted),
        .leftOut(.epochClosing), .leftOut(.epochClosing),
      ])
    #expect(try ledger.validators.epoch == Epoch(2))
    #expect(try ledger.refusal([.registerModel("2")], signers: [appraiser]) == nil)
  }
}
