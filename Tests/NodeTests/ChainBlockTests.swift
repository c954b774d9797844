import CBOR
import Cryptography
import Ledger
import Merkle
import SimulatedMachine
import Storage
import TestSupport
import Testing

@testable import Node

@Suite("Blocks that are not final")
struct ChainBlockTests {
  static let vins = ContractNetwork.vehicles

  let driver: ChainDriver

  init() throws {
    driver = try ChainDriver(seed: 20)
    try driver.growLogged(4)
  }

  private var chain: Chain { driver.chain }

  private func build(
    on parent: HeaderChain, after milliseconds: UInt64 = 1_000, _ transactions: [Transaction]
  ) throws -> AssembledBlock {
    try chain.build(
      driver.proposal(
        on: parent, at: parent.header.time.advanced(byMilliseconds: milliseconds),
        view: View(max(parent.header.view, driver.view).rawValue + 1)), from: transactions)
  }

  private func model(_ version: Identifier, _ reference: Identifier) -> Transaction {
    driver.network.transaction(
      [.registerModel(version)], reference: reference,
      validUntil: driver.time.advanced(byMilliseconds: Timestamp.day))
  }

  /// Takes a block as a peer's: from its bytes.
  private func judge(_ block: Block, _ signatures: SignatureTrust = .verified) throws
    -> BlockFault?
  {
    chain.drop(block.header.hash)
    chain.store(block, encoded: block.encoded)
    return try chain.validate(block.header.hash, signatures: signatures)
  }

  @Test("may be siblings; the committed one stays and the other goes")
  func siblings() throws {
    let head = chain.head
    let first = try build(on: head, after: 1_000, [model("a", "a-1")])
    let second = try build(on: head, after: 2_000, [model("b", "b-1")])
    let child = try build(
      on: head.appending(first.block.header, hash: first.hash), [model("c", "c-1")])
    let otherChild = try build(
      on: head.appending(second.block.header, hash: second.hash), [model("d", "d-1")])
    try driver.commit(first.block)
    #expect(chain.holds(first.hash))
    #expect(!chain.holds(second.hash))
    #expect(chain.holds(child.hash))
    #expect(!chain.holds(otherChild.hash))
    try driver.commit(child.block)
    #expect(chain.head.hash == child.hash)
    try chain.writeLog()
    try driver.reopen()
    #expect(driver.chain.head.hash == child.hash)
  }

  /// A block and its child, both as a peer's: stored and not executed.
  private func unexecuted() throws -> (block: Block, child: Block, tip: HeaderChain) {
    let head = chain.head
    let built = try build(on: head, [model("a", "a-1")])
    let tip = head.appending(built.block.header, hash: built.hash)
    let child = try build(on: tip, after: 2_000, [model("b", "b-1")])
    for block in [built.block, child.block] {
      chain.drop(block.header.hash)
      chain.store(block, encoded: block.encoded)
    }
    return (built.block, child.block, tip)
  }

  @Test("are validated on a parent that nobody has executed yet")
  func unexecutedParent() throws {
    let (block, child, _) = try unexecuted()
    #expect(try chain.validate(child.header.hash, signatures: .verified) == nil)
    try driver.commit(block)
    try driver.commit(child)
    #expect(chain.head.hash == child.header.hash)
  }

  @Test("are built on a block that is final by its certificate and that nobody has executed yet")
  func unexecutedTip() throws {
    let (block, child, tip) = try unexecuted()
    chain.drop(child.header.hash)
    let next = try build(on: tip, after: 3_000, [model("c", "c-1")])
    #expect(next.block.transactions.count == 1)
    try driver.commit(block)
    try driver.commit(next.block)
    #expect(chain.head.hash == next.hash)
  }

  @Test("have the roots of a chain that was committed block by block")
  func deepOverlays() throws {
    let disk = driver.disk.copy()
    var blocks: [AssembledBlock] = []
    var tip = chain.head
    for number in 0..<20 {
      let block = try build(
        on: tip, after: 1_000,
        try driver.candidates(6, at: tip.header.time.advanced(byMilliseconds: 1_000), on: tip)
          + [model("\(number)", "deep-\(number)")])
      tip = tip.appending(block.block.header, hash: block.hash)
      blocks.append(block)
    }
    let other = try ChainDriver.open(driver.network, disk, MemoryStateStore())
    for block in blocks {
      other.store(block.block, encoded: block.block.encoded)
      #expect(try other.validate(block.hash, signatures: .verified) == nil)
      _ = try other.commit(
        [block.hash], finalization: driver.network.finalization(of: block.block.header))
    }
    #expect(other.head == tip)
    // And all at once.
    _ = try chain.commit(
      blocks.map(\.hash), finalization: driver.network.finalization(of: tip.header))
    #expect(chain.head == tip)
    #expect(try chain.state.store.rows() == other.state.store.rows())
  }

  @Test("pass when they come as bytes, and commit when they were only stored")
  func storedOnly() throws {
    let built = try build(on: chain.head, [model("a", "a-1")])
    #expect(try judge(built.block) == nil)
    chain.drop(built.hash)
    #expect(throws: ChainError.unknownBlock(built.hash)) {
      try chain.validate(built.hash, signatures: .verified)
    }
    chain.store(built.block, encoded: built.block.encoded)
    try driver.commit(built.block)
    #expect(chain.head.hash == built.hash)
  }

  struct WrongField: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout HeaderFields) -> Void
    let fault: @Sendable (BlockFault) -> Bool

    init(
      _ name: String, _ change: @escaping @Sendable (inout HeaderFields) -> Void,
      fault: @escaping @Sendable (BlockFault) -> Bool
    ) {
      (testDescription, self.change, self.fault) = (name, change, fault)
    }

    static func header(_ fault: BlockFault, _ matches: (HeaderError) -> Bool) -> Bool {
      guard case .header(let error) = fault else { return false }
      return matches(error)
    }
  }

  static let wrongFields: [WrongField] = [
    WrongField(
      "epoch", { $0.epoch = $0.epoch.next },
      fault: {
        WrongField.header($0) { if case .epoch = $0 { true } else { false } }
      }),
    WrongField(
      "view not after the parent's", { $0.view = $0.parentView },
      fault: {
        WrongField.header($0) { if case .viewNotAfterParent = $0 { true } else { false } }
      }),
    WrongField(
      "parent view", { $0.parentView = .genesis },
      fault: {
        WrongField.header($0) { if case .parentView = $0 { true } else { false } }
      }),
    WrongField(
      "height", { $0.height = $0.height.next },
      fault: {
        WrongField.header($0) { if case .height = $0 { true } else { false } }
      }),
    WrongField(
      "time", { $0.time = ChainNetwork.genesisTime },
      fault: {
        WrongField.header($0) { if case .timeNotAfterParent = $0 { true } else { false } }
      }),
    WrongField(
      "proposer", { $0.proposer = ContractNetwork.court.id },
      fault: {
        $0 == .header(.proposerNotValidator(ContractNetwork.court.id))
      }),
    WrongField(
      "history root", { $0.historyRoot = .zero },
      fault: {
        WrongField.header($0) { if case .historyRoot = $0 { true } else { false } }
      }),
    WrongField(
      "state root", { $0.stateRoot = .zero },
      fault: {
        if case .stateRoot(_, .zero) = $0 { true } else { false }
      }),
    WrongField(
      "next validators", { $0.nextValidators = .zero },
      fault: {
        $0 == .nextValidators(expected: nil, found: .zero)
      }),
  ]

  @Test("are refused with a wrong field in the header, and for it", arguments: wrongFields)
  func wrongHeader(_ field: WrongField) throws {
    let built = try build(on: chain.head, [model("a", "a-1")])
    let fault = try #require(try judge(built.block.changing(field.change)))
    #expect(field.fault(fault), "\(fault)")
    #expect(try judge(built.block) == nil)
  }

  @Test("are refused with a header of another network")
  func otherNetwork() throws {
    let built = try build(on: chain.head, [])
    let wrong = built.block.changing { $0.network = ContractNetwork.id }
    #expect(try judge(wrong) == .header(.network(ContractNetwork.id)))
  }

  @Test("on an unknown parent are no fault of this node's")
  func unknownParent() throws {
    let built = try build(on: chain.head, [])
    let orphan = built.block.changing { $0.parent = BlockHash(.zero) }
    chain.store(orphan, encoded: orphan.encoded)
    #expect(throws: ChainError.unknownParent(BlockHash(.zero))) {
      try chain.validate(orphan.header.hash, signatures: .verified)
    }
    #expect(try judge(built.block) == nil)
  }

  @Test("do not decode when counts or roots are not the body's")
  func wrongBody() throws {
    let built = try build(on: chain.head, [model("a", "a-1")])
    let wrongs: [(inout HeaderFields) -> Void] = [
      { $0.transactionCount += 1 }, { $0.operationCount += 1 }, { $0.transactionsRoot = .zero },
      { $0.outcomesRoot = .zero },
    ]
    for wrong in wrongs {
      #expect(throws: LedgerError.malformed(.invalidValue(offset: 0))) {
        try Block(built.block.changing(wrong).encoded)
      }
    }
  }

  @Test("are refused with another outcome")
  func wrongOutcome() throws {
    let transaction = model("a", "a-1")
    let built = try build(on: chain.head, [transaction])
    let refused = Outcome.refused(Refusal(code: .roleNotAuthorised, operationIndex: 0))
    let wrong = built.block.replacing(transactions: [transaction], outcomes: [refused])
    #expect(
      try judge(wrong) == .outcome(transactionIndex: 0, expected: .accepted, found: refused))
  }

  @Test("are refused with a transaction twice, or with one that expired")
  func notAdmitted() throws {
    let transaction = model("a", "a-1")
    let built = try build(on: chain.head, [transaction, transaction])
    #expect(
      built.leftOut == [
        AssembledBlock.LeftOut(index: 1, reason: .turnedAway(.referenceReused))
      ])
    let twice = built.block.replacing(
      transactions: [transaction, transaction], outcomes: [.accepted, .accepted])
    #expect(try judge(twice) == .notAdmitted(transactionIndex: 1, .referenceReused))
    let late = driver.network.transaction(
      [.registerModel("b")], reference: "late", validUntil: ChainNetwork.genesisTime)
    let expired = built.block.replacing(transactions: [late], outcomes: [.accepted])
    #expect(try judge(expired) == .notAdmitted(transactionIndex: 0, .transactionExpired))
  }

  @Test("are refused when a signer is unknown or its signature wrong")
  func signatures() throws {
    let until = driver.time.advanced(byMilliseconds: Timestamp.day)
    let stranger = driver.network.transaction(
      [
        Operation(
          by: try MemberID("stranger"),
          body: .releasePledge(
            PledgeRelease(vin: Self.vins[0], id: "p", reason: .paid)))
      ],
      reference: "s", validUntil: until)
    let good = driver.network.transaction(
      [.registerModel("good")], reference: "g", validUntil: until, signing: .real)
    let bad = driver.network.transaction(
      [.registerModel("bad")], reference: "b", validUntil: until, signing: .broken)
    let built = try build(on: chain.head, [good, stranger, bad])
    #expect(
      built.leftOut == [AssembledBlock.LeftOut(index: 1, reason: .turnedAway(.memberUnknown))])
    #expect(
      try judge(built.block, .onAllProcessors) == .signature(transactionIndex: 1))
    let withStranger = built.block.replacing(
      transactions: [good, stranger], outcomes: [.accepted, .accepted])
    #expect(
      try judge(withStranger, .onAllProcessors)
        == .signer(transactionIndex: 1, .memberUnknown))
    let right = try build(on: chain.head, after: 3_000, [good])
    #expect(try judge(right.block, .onAllProcessors) == nil)
  }

  @Test("hold no more signatures than the limit; the rest is left out as full")
  func limits() throws {
    let until = driver.time.advanced(byMilliseconds: Timestamp.day)
    let transactions = (0...Block.signatureLimit).map { index in
      driver.network.transaction(
        [.registerModel(Identifier(stringLiteral: "limit-\(index)"))],
        signers: [ContractNetwork.appraiser.id],
        reference: Identifier(stringLiteral: "limit-\(index)"), validUntil: until)
    }
    let built = try build(on: chain.head, transactions)
    #expect(built.block.transactions.count == Block.transactionLimit)
    #expect(built.leftOut == [AssembledBlock.LeftOut(index: 1_024, reason: .full)])
    let double = driver.network.transaction(
      [.registerModel("two")],
      signers: [ContractNetwork.appraiser.id, ContractNetwork.operatorA.id], reference: "two",
      validUntil: until)
    let tooMany = built.block.replacing(
      transactions: [double] + transactions.dropFirst(2),
      outcomes: Array(repeating: .accepted, count: 1_024))
    #expect(try judge(tooMany) == .tooManySignatures(1_025))
  }

  @Test("hold no more bytes than a body may have; the rest is left out as full")
  func byteLimit() throws {
    let until = driver.time.advanced(byMilliseconds: Timestamp.day)
    // Large ones: what counts is the bytes, and no other limit is near.
    func large(_ number: Int) -> Transaction {
      driver.network.transaction(
        (0..<900).map { .register(TestNetwork.vin(900 * number + $0)) },
        reference: Identifier(stringLiteral: "large-\(number)"), validUntil: until)
    }
    let byteCount = large(0).bytes.count
    let fitting = Block.bodyByteLimit / byteCount
    let transactions = (0...fitting).map(large)
    let built = try build(on: chain.head, transactions)
    #expect(built.block.transactions.count == fitting)
    #expect(built.leftOut == [AssembledBlock.LeftOut(index: fitting, reason: .full)])
    let tooLarge = built.block.replacing(
      transactions: transactions, outcomes: Array(repeating: .accepted, count: fitting + 1))
    #expect(try judge(built.block) == nil)
    #expect(try judge(tooLarge) == .bodyTooLarge(byteCount: tooLarge.bodyByteCount))
  }
}
