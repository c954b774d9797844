import CollateralContract
import Cryptography
import Ledger
import TestSupport
import Testing

@Suite("A change of the network")
struct GovernanceTests {
  typealias Net = GovernedLedger

  // MARK: Quorum

  @Test("needs as many governors as the threshold, and is recorded as refused with fewer")
  func quorum() throws {
    var ledger = GovernedLedger()
    #expect(try ledger.code(.advanceEpoch, signers: [Net.operatorID]) == .quorumMissing)
    #expect(try ledger.governance.nextSequence == 1)
    #expect(ledger.state.member(Net.operatorID)?.refusals.count == 1)
    #expect(try ledger.code(.advanceEpoch) == nil)
    #expect(
      try ledger.code(
        .advanceEpoch, signers: [Net.operatorID, Net.bankA, Net.registry]) == nil)
    #expect(try ledger.governance.nextSequence == 3)
  }

  @Test("counts no signer who does not govern")
  func strangers() throws {
    var ledger = GovernedLedger()
    let change = try ledger.action(.advanceEpoch)
    let signers = [Net.operatorID, Net.bankB]
    // A node turns the key away, and so does a check; the contract itself counts governors alone.
    #expect(
      try CollateralContract.check(
        [change], signers: signers, context: try ledger.context(),
        on: StateOverlay(over: ledger.state)) == .leftOut(.keyUnknown))
    let attempts = try ledger.commit([try ledger.transaction([change], signers: signers)])
    #expect(
      attempts == [.included(.refused(Refusal(code: .quorumMissing, operationIndex: 0)))])
  }

  @Test("is judged by the governors and the threshold at the transaction's beginning")
  func beginning() throws {
    var ledger = GovernedLedger()
    let key = ChainNetwork.key(of: Net.bankA, .governor).publicKey.keyID
    // After its own first change bank A governs no more, and two must still have signed.
    try ledger.accept(.retireKey(Net.bankA, .governor, keyID: key), .setThreshold(1))
    #expect(try ledger.governance.members == [Net.operatorID, Net.registry])
    #expect(try ledger.code(.advanceEpoch, signers: [Net.operatorID]) == nil)
  }

  @Test("counts a governor who is suspended as a member, so that nobody is locked out")
  func suspendedGovernor() throws {
    var ledger = GovernedLedger()
    try ledger.accept(
      .setStanding(Net.bankA, .suspended), .setStanding(Net.registry, .suspended),
      .setStanding(Net.operatorID, .suspended))
    try ledger.accept(.setStanding(Net.operatorID, .active))
    #expect(ledger.state.member(Net.operatorID)?.standing == .active)
    #expect(ledger.state.member(Net.bankA)?.standing == .suspended)
  }

  // MARK: Sequence

  @Test("carries the next number, once", arguments: [0, 2, 3, UInt64.max])
  func sequence(_ wrong: UInt64) throws {
    var ledger = GovernedLedger()
    let refusal = try ledger.refusal([.govern(wrong, .advanceEpoch)])
    #expect(refusal == Refusal(code: .governanceSequence, operationIndex: 0))
    #expect(try ledger.refusal([.govern(1, .advanceEpoch)]) == nil)
    #expect(try ledger.refusal([.govern(1, .advanceEpoch)])?.code == .governanceSequence)
    #expect(try ledger.refusal([.govern(2, .advanceEpoch)]) == nil)
  }

  @Test("of several changes takes consecutive numbers, and is whole or not at all")
  func several() throws {
    var ledger = GovernedLedger()
    let suspension = GovernanceAction.setStanding(Net.bankB, .suspended)
    let refusal = try ledger.refusal([.govern(1, suspension), .govern(1, .setThreshold(1))])
    #expect(refusal == Refusal(code: .governanceSequence, operationIndex: 1))
    #expect(ledger.state.member(Net.bankB)?.standing == .active)
    #expect(try ledger.governance.nextSequence == 1)
    #expect(try ledger.refusal([.govern(1, suspension), .govern(2, .setThreshold(1))]) == nil)
    #expect(try ledger.governance.nextSequence == 3)
  }

  @Test("that says when it happened may not say the future")
  func occurredAt() throws {
    var ledger = GovernedLedger()
    let late = try ledger.context().time.advanced(byMilliseconds: 120_001)
    let change = try ledger.action(.setThreshold(1)).with(occurredAt: late)
    #expect(try ledger.refusal([change])?.code == .timeInFuture)
    #expect(try ledger.governance.threshold == 2)
  }

  // MARK: Form

  @Test("shares no transaction with business, and is the last if it closes the epoch")
  func form() throws {
    let network = ChainNetwork()
    func refusal(_ operations: [Operation]) -> RefusalCode? {
      do throws(RefusalCode) {
        try operations.checkTogether()
        return nil
      } catch {
        return error
      }
    }
    let change = Operation.govern(1, .setThreshold(1))
    let advance = Operation.govern(2, .advanceEpoch)
    let business = Operation.registerModel("1", by: ContractNetwork.operatorA)
    #expect(refusal([change, advance]) == nil)
    #expect(refusal([change, business]) == .authorityMixed)
    #expect(refusal([business, change]) == .authorityMixed)
    #expect(refusal([advance, change]) == .epochChangeNotLast)
    #expect(refusal([advance, advance]) == .epochChangeNotLast)
    // What a node reads is refused alike.
    let good = network.transaction(
      [change, advance], reference: "r", validUntil: ChainNetwork.genesisTime)
    for operations in [[change, business], [advance, change]] {
      let code = try #require(refusal(operations))
      let draft = TransactionDraft(
        network: network.id, signers: [Net.operatorID], reference: "r",
        validUntil: ChainNetwork.genesisTime, salt: .zero, operations: operations)
      #expect(throws: LedgerError.refused(code)) {
        try Transaction(
          payload: draft.payloadBytes, signatures: good.signatures, salt: .zero,
          operations: operations, network: network.id)
      }
      #expect(throws: LedgerError.refused(code)) { try TransactionDraft(draft.encoded) }
    }
  }

  // MARK: Threshold

  @Test("of the threshold keeps it within the governors that there are")
  func threshold() throws {
    var ledger = GovernedLedger()
    #expect(try ledger.code(.setThreshold(4)) == .thresholdUnreachable)
    #expect(try ledger.code(.setThreshold(3)) == nil)
    let all = [Net.operatorID, Net.bankA, Net.registry]
    #expect(try ledger.code(.setThreshold(1)) == .quorumMissing)
    #expect(try ledger.code(.setThreshold(1), signers: all) == nil)
    #expect(try ledger.governance.threshold == 1)
  }
}
