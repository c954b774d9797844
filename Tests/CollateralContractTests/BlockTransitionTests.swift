import CollateralContract
import Ledger
import TestSupport
import Testing

@Suite("A block's transition")
struct BlockTransitionTests {
  private let vin = TestLedger.vin

  private func attempt(
    _ ledger: inout TestLedger, validUntil: Timestamp, reference: Identifier = "r"
  ) throws -> Attempt {
    let operation = Operation.value(
      vin, Identifier(stringLiteral: "v\(ledger.height.rawValue)"), asOf: ledger.time)
    return try ledger.commit([
      .make([operation], reference: reference, validUntil: validUntil)
    ])[0]
  }

  @Test(
    "includes what is valid at the block's time and at most seven days longer",
    arguments: [
      (Int64(0), nil), (-1, RefusalCode.transactionExpired),
      (7 * Int64(Timestamp.day), nil), (7 * Int64(Timestamp.day) + 1, .validityTooLong),
    ] as [(Int64, RefusalCode?)])
  func validity(offset: Int64, expected: RefusalCode?) throws {
    var ledger = try TestLedger.pledgeable()
    let validUntil = ledger.nextTime.moved(byMilliseconds: offset)
    let attempt = try attempt(&ledger, validUntil: validUntil)
    #expect(attempt == expected.map(Attempt.leftOut) ?? .included(.accepted))
  }

  @Test("changes nothing for what it leaves out")
  func leftOut() throws {
    let ledger = try TestLedger.pledgeable()
    let overlay = StateOverlay(over: ledger.state)
    var block = try BlockTransition(context: try ledger.context(), on: overlay)
    let changes = block.changes
    let expired = Transaction.make([.release(vin, "p1")], reference: "r", validUntil: ledger.time)
    #expect(try block.attempt(expired) == .leftOut(.transactionExpired))
    #expect(block.changes == changes)
    #expect(block.outcomes.isEmpty)
  }

  @Test("leaves out a reference that its submitter has used, until it has expired")
  func references() throws {
    var ledger = try TestLedger.pledgeable()
    // Blocks are an hour apart; the first use is good until the second of them.
    let end = ledger.nextTime.advanced(byMilliseconds: Timestamp.hour)
    #expect(try attempt(&ledger, validUntil: end) == .included(.accepted))
    #expect(
      try attempt(&ledger, validUntil: ledger.nextTime) == .leftOut(.referenceReused))
    #expect(try attempt(&ledger, validUntil: ledger.nextTime) == .included(.accepted))
  }

  @Test("leaves out the same transaction a second time, in the same block too")
  func repetition() throws {
    var ledger = try TestLedger.pledgeable()
    let transaction = ledger.make([.value(vin, "v2", asOf: ledger.time)])
    let attempts = try ledger.commit([transaction, transaction])
    #expect(attempts == [.included(.accepted), .leftOut(.referenceReused)])
  }

  @Test("keeps the references of two submitters apart")
  func submitters() throws {
    var ledger = try TestLedger.pledgeable()
    let validUntil = ledger.nextTime
    let attempts = try ledger.commit([
      .make([.value(vin, "v2", asOf: ledger.time)], reference: "r", validUntil: validUntil),
      .make(
        [.value(vin, "v3", asOf: ledger.time, by: ContractNetwork.bankA)], reference: "r",
        validUntil: validUntil),
    ])
    #expect(attempts == [.included(.accepted), .included(.accepted)])
  }

  @Test("uses a refused transaction's reference up")
  func refusedReference() throws {
    var ledger = try TestLedger.pledgeable()
    let end = ledger.nextTime.advanced(byMilliseconds: Timestamp.day)
    let refused = Transaction.make([.release(vin, "p1")], reference: "r", validUntil: end)
    try ledger.commit([refused])
    #expect(
      ledger.state.entries[.reference(submitter: ContractNetwork.bankA.id, "r")]
        == .reference(ReferenceState(transaction: refused.id, validUntil: end)))
    let next = Transaction.make([.release(vin, "p2")], reference: "r", validUntil: end)
    #expect(try ledger.commit([next]) == [.leftOut(.referenceReused)])
  }

  @Test("leaves out what a stranger signed")
  func stranger() throws {
    var ledger = try TestLedger.pledgeable()
    let transaction = Transaction.make(
      [.value(vin, "v2", asOf: ledger.time)],
      signers: [ContractNetwork.appraiser.id, try MemberID("stranger")], reference: "r",
      validUntil: ledger.nextTime)
    #expect(try ledger.commit([transaction]) == [.leftOut(.memberUnknown)])
  }

  // MARK: Expiry

  @Test("removes references that expired before its time, the earliest first, 4,096 at most")
  func expiry() throws {
    var ledger = TestLedger()
    let now = ledger.nextTime
    func reference(_ index: Int) -> StateID {
      .reference(submitter: ContractNetwork.bankA.id, "old-\(index)")
    }
    let transaction = ledger.make([.registerModel("1")]).id
    for index in 0...BlockTransition.expiryLimit {
      let validUntil = now.moved(byMilliseconds: -Int64(index) - 1)
      ledger.state.set(
        reference(index),
        to: .reference(ReferenceState(transaction: transaction, validUntil: validUntil)))
    }
    let current = StateID.reference(submitter: ContractNetwork.bankA.id, "current")
    ledger.state.set(
      current, to: .reference(ReferenceState(transaction: transaction, validUntil: now)))
    try ledger.commit([])
    #expect(ledger.state.entries[reference(0)] != nil, "the newest is one too many")
    let isRemoved = (1...BlockTransition.expiryLimit).allSatisfy {
      ledger.state.entries[reference($0)] == nil
    }
    #expect(isRemoved)
    #expect(ledger.state.entries[current] != nil, "valid until the block's very time")
    try ledger.commit([])
    #expect(ledger.state.entries[reference(0)] == nil, "the next block's work")
  }

  @Test("lets a reference be used again that expired but still stands")
  func expiredButStanding() throws {
    let ledger = TestLedger()
    let id = StateID.reference(submitter: ContractNetwork.bankA.id, "r")
    let context = try ledger.context()
    let old = ReferenceState(
      transaction: Transaction.make([.release(vin, "p0")], reference: "r", validUntil: ledger.time)
        .id, validUntil: ledger.time)
    let overlay = StateOverlay(over: ledger.state)
    var block = try BlockTransition(context: context, on: overlay)
    overlay.set(id, to: .reference(old))
    let transaction = Transaction.make(
      [.release(vin, "p1")], reference: "r", validUntil: context.time)
    let attempt = try block.attempt(transaction)
    #expect(attempt == .included(.refused(Refusal(code: .vehicleUnknown, operationIndex: 0))))
  }

  @Test("finds as many expired references over overlays as in one state")
  func expiryOverOverlays() throws {
    let ledger = TestLedger()
    let time = ledger.time
    func set(_ index: Int, _ offset: Int64, _ write: (StateID, StateEntry?) -> Void) {
      let transaction = Transaction.make(
        [.release(vin, "p0")], reference: "r", validUntil: time)
      write(
        .reference(submitter: ContractNetwork.bankA.id, "r-\(index)"),
        .reference(
          ReferenceState(
            transaction: transaction.id, validUntil: time.moved(byMilliseconds: offset))))
    }
    for index in 0..<6 { set(index, Int64(index) - 10, ledger.state.set) }
    let overlay = StateOverlay(over: ledger.state)
    // One removed, one used anew, one used anew and expired again.
    overlay.set(.reference(submitter: ContractNetwork.bankA.id, "r-0"), to: nil)
    set(1, 1_000, overlay.set)
    set(2, -1, overlay.set)
    let flat = ledger.state.copy()
    flat.apply(overlay.sortedChanges)
    for limit in 1...6 {
      let expected = try flat.expiredReferences(before: time, limit: limit)
      #expect(try overlay.expiredReferences(before: time, limit: limit) == expected)
      #expect(expected.count == min(limit, 4))
    }
  }

  // MARK: Refusals an hour

  @Test("records a policy's number of refusals a member and hour, and leaves out what is over it")
  func quota() throws {
    var ledger = TestLedger { $0.refusalsPerHour = 2 }
    try ledger.accept(.register(vin))
    func refused(_ count: Int) -> [Transaction] {
      (0..<count).map { _ in ledger.make([.release(vin, "p1")]) }
    }
    let refusal = Attempt.included(.refused(Refusal(code: .pledgeUnknown, operationIndex: 0)))
    let good = ledger.make([.value(vin, "v1", asOf: ledger.time, by: ContractNetwork.bankA)])
    let other = ledger.make([.release(vin, "p1", by: ContractNetwork.bankB)])
    let attempts = try ledger.commit(refused(3) + [good, other])
    #expect(
      attempts == [
        refusal, refusal, .leftOut(.refusalQuotaExceeded), .included(.accepted), refusal,
      ])
    let hour = ledger.time.milliseconds / Timestamp.hour
    #expect(
      ledger.state.member(ContractNetwork.bankA.id)?.refusals == RefusalWindow(hour: hour, count: 2)
    )
    #expect(ledger.vehicle.history.count == 5, "what was left out enters no history")
    #expect(try ledger.commit(refused(1)) == [refusal], "the next hour")
  }

  @Test("leaves the reference of what is over the quota unused")
  func quotaReference() throws {
    var ledger = TestLedger { $0.refusalsPerHour = 1 }
    let end = ledger.nextTime.advanced(byMilliseconds: Timestamp.hour)
    let first = Transaction.make([.release(vin, "p1")], reference: "r1", validUntil: end)
    let second = Transaction.make([.release(vin, "p1")], reference: "r2", validUntil: end)
    try ledger.commit([first, second])
    #expect(ledger.state.entries[.reference(submitter: ContractNetwork.bankA.id, "r2")] == nil)
    let refusal = Refusal(code: .vehicleUnknown, operationIndex: 0)
    #expect(try ledger.commit([second]) == [.included(.refused(refusal))])
  }

  // MARK: What it leaves

  @Test("counts the outcomes of what it included, and gives changes in the order of their keys")
  func results() throws {
    let ledger = TestLedger()
    var block = try BlockTransition(
      context: try ledger.context(), on: StateOverlay(over: ledger.state))
    let expired = Transaction.make([.register(vin)], reference: "a", validUntil: ledger.time)
    let good = Transaction.make([.register(vin)], reference: "b", validUntil: ledger.nextTime)
    _ = try block.attempt(expired)
    _ = try block.attempt(good)
    #expect(block.outcomes == [.accepted])
    #expect(block.history.map(\.entry.place.transactionIndex) == [0])
    #expect(block.changes.map(\.key) == block.changes.map(\.key).sorted())
    #expect(
      Set(block.changes.map(\.id)) == [
        .vehicle(vin), .reference(submitter: ContractNetwork.registry.id, "b"),
      ])
  }

  @Test("stops at a state without a policy, or with an entry in another's place")
  func faults() throws {
    let time = Timestamp.inChina("2026-03-10")
    #expect(throws: StateFault(reason: "the state holds no policy")) {
      try BlockContext(
        network: ContractNetwork.id, height: Height(1), time: time, state: MemoryState())
    }
    let ledger = TestLedger()
    ledger.state.set(.vehicle(vin), to: .policy(PolicySchedule(current: ContractNetwork.policy)))
    let fault = StateFault(reason: "a state entry of kind 5 lies under another kind's id")
    #expect(throws: fault) {
      try CollateralContract.check(
        [.register(vin)], signers: [ContractNetwork.registry.id], context: try ledger.context(),
        on: StateOverlay(over: ledger.state))
    }
  }
}

@Suite("A check of operations")
struct OperationsCheckTests {
  private let vin = TestLedger.vin

  @Test("tells the first refusal, which is the outcome, and changes nothing")
  func outcome() throws {
    let ledger = try TestLedger.pledgeable()
    let overlay = StateOverlay(over: ledger.state)
    let context = try ledger.context()
    let good = Operation.pledge(vin, "p1", basis: ledger.search())
    let bad = Operation.pledge(vin, "p2", basis: ledger.search())
    let bank = [ContractNetwork.bankA.id]
    func check(_ operations: [Operation]) throws -> Attempt {
      try CollateralContract.check(operations, signers: bank, context: context, on: overlay).attempt
    }
    #expect(try check([good]) == .included(.accepted))
    let refusal = Refusal(code: .pledgeAlreadyActive, operationIndex: 1)
    #expect(try check([good, bad]) == .included(.refused(refusal)))
    #expect(overlay.sortedChanges.isEmpty)
  }

  @Test("leaves out strangers, and members who act without signing")
  func signers() throws {
    let ledger = try TestLedger.pledgeable()
    func check(_ signers: [MemberID]) throws -> OperationsCheck {
      try CollateralContract.check(
        [.release(vin, "p1")], signers: signers, context: try ledger.context(),
        on: StateOverlay(over: ledger.state))
    }
    #expect(try check([try MemberID("stranger")]) == .leftOut(.memberUnknown))
    #expect(try check([ContractNetwork.bankB.id]) == .leftOut(.signerMissing))
  }

  @Test("of many rows judges each after the earlier good ones")
  func rows() throws {
    let ledger = try TestLedger.pledgeable()
    let overlay = StateOverlay(over: ledger.state)
    let rows: [Operation] = [
      .release(vin, "p1"), .pledge(vin, "p1", basis: ledger.search()),
      .pledge(vin, "p2", basis: ledger.search()), .release(vin, "p1"),
    ]
    let check = try CollateralContract.check(
      rows, signers: [ContractNetwork.bankA.id], context: try ledger.context(), on: overlay)
    #expect(
      check
        == .judged([
          Refusal(code: .pledgeUnknown, operationIndex: 0), nil,
          Refusal(code: .pledgeAlreadyActive, operationIndex: 2), nil,
        ]))
    #expect(overlay.sortedChanges.isEmpty)
  }
}
