import Cryptography
import Ledger
import SimulatedMachine
import Storage
import TestSupport
import Testing

@testable import Node

@Suite("A chain whose network changes")
struct ChainGovernanceTests {
  private static let governors = [ContractNetwork.operatorA.id, ContractNetwork.bankA.id]
  /// The members in the order of their ids: the first validates at genesis.
  private static let members = ContractNetwork.members.map(\.id).sorted()

  private func driver(_ signing: ChainNetwork.Signing = .real) throws -> ChainDriver {
    try ChainDriver(
      seed: 70, network: ChainNetwork(governorCount: 3, threshold: 2), signing: signing)
  }

  /// A transaction of changes by two governors.
  private func changes(
    _ driver: ChainDriver, _ actions: GovernanceAction...,
    signers: [MemberID] = governors, keys: [MemberID: SigningKey] = [:]
  ) throws -> Transaction {
    try driver.changes(actions, signers: signers, keys: keys)
  }

  private func newValidator(_ driver: ChainDriver, count: Int) throws -> Transaction {
    let change = driver.network.validatorChange(
      to: Array(Self.members.prefix(count)), in: driver.chain.head.nextEpoch.next)
    let node = driver.network.node(of: Self.members[count - 1], addresses: ["node:\(count)"])
    return try changes(driver, .setNode(node), .setValidators(change))
  }

  private func model(_ driver: ChainDriver, _ version: Identifier) -> Transaction {
    driver.network.transaction(
      [.registerModel(version)], reference: version,
      validUntil: driver.time.advanced(byMilliseconds: Timestamp.hour), signing: .real)
  }

  private func audit(_ driver: ChainDriver, index: MemoryStateStore? = nil) throws -> AuditReport {
    try ChainAudit(
      driver.network.genesis, on: driver.disk.copy(), ChainDriver.configuration(driver.network),
      scratch: MemoryStateStore(), comparingIndex: index
    ).run()
  }

  /// Takes a block as a peer's: from its bytes.
  private func judge(_ driver: ChainDriver, _ block: Block) throws -> BlockFault? {
    driver.chain.drop(block.header.hash)
    driver.chain.store(block, encoded: block.encoded)
    return try driver.chain.validate(block.header.hash, signatures: .onAllProcessors)
  }

  // MARK: Epochs

  @Test("grows from one validator to four, is audited, and is the same when it is replayed")
  func grows() throws {
    let driver = try driver()
    try driver.growLogged(3)
    for count in 2...4 {
      let built = try driver.grow(by: [try newValidator(driver, count: count)])
      #expect(built.block.outcomes == [.accepted])
      let validators = try driver.chain.validators
      #expect(built.block.header.nextValidators == validators.hash)
      #expect(validators.count == count)
      #expect(validators.epoch == Epoch(UInt64(count)))
      #expect(driver.chain.head.nextEpoch == Epoch(UInt64(count)))
      #expect(driver.chain.epochOpening == built.block.header)
      for _ in 0..<3 {
        let block = try driver.grow().block
        #expect(block.header.epoch == Epoch(UInt64(count)))
        #expect(block.header.nextValidators == nil)
        #expect(driver.chain.headFinalization?.signatures.count == validators.quorum)
      }
      try driver.chain.writeLog()
    }
    let report = try audit(driver, index: driver.store)
    #expect(report.findings == [])
    #expect(report.isSound)
    #expect(report.blocks == 15)

    let rows = try driver.store.rows()
    driver.store.clear()
    let head = driver.chain.head
    try driver.reopen()
    #expect(driver.chain.opening.replayedBlocks == 15)
    #expect(driver.chain.head == head)
    #expect(try driver.chain.validators.count == 4)
    #expect(try driver.store.rows() == rows)
  }

  @Test("closes the epoch with the same validators")
  func advances() throws {
    let driver = try driver()
    let before = try driver.chain.validators
    let built = try driver.grow(by: [try changes(driver, .advanceEpoch)])
    #expect(built.block.header.nextValidators != nil)
    #expect(try driver.chain.validators.validators == before.validators)
    #expect(try driver.grow().block.header.epoch == Epoch(2))
    try driver.chain.writeLog()
    #expect(try audit(driver).isSound)
  }

  @Test("puts nothing behind the end of an epoch, and keeps it for the next block")
  func lastInBlock() throws {
    let driver = try driver()
    let closing = try changes(driver, .advanceEpoch)
    let (before, behind) = (model(driver, "before"), model(driver, "behind"))
    let built = try driver.grow(by: [before, closing, behind])
    #expect(built.block.transactions.map(\.id) == [before.id, closing.id])
    #expect(built.leftOut == [AssembledBlock.LeftOut(index: 2, reason: .full)])
    driver.moveOn()
    #expect(try driver.grow(by: [behind]).block.transactions.map(\.id) == [behind.id])
  }

  @Test("refuses a block that goes on behind the end of its epoch")
  func judgedBehind() throws {
    let driver = try driver()
    let closing = try changes(driver, .advanceEpoch)
    let behind = model(driver, "behind")
    let built = try driver.chain.build(
      driver.proposal(on: driver.chain.head, at: driver.time, view: View(1)), from: [closing])
    let wrong = built.block.replacing(
      transactions: [closing, behind], outcomes: [.accepted, .accepted])
    #expect(try judge(driver, wrong) == .notAdmitted(transactionIndex: 1, .epochClosing))
    #expect(try judge(driver, built.block) == nil)
  }

  @Test("refuses a header that closes an epoch without cause, or keeps silent about the end")
  func wrongNextValidators() throws {
    let driver = try driver()
    let closing = try changes(driver, .advanceEpoch)
    let built = try driver.chain.build(
      driver.proposal(on: driver.chain.head, at: driver.time, view: View(1)), from: [closing])
    let next = built.block.header.nextValidators
    #expect(
      try judge(driver, built.block.changing { $0.nextValidators = nil })
        == .nextValidators(expected: next, found: nil))
    #expect(
      try judge(driver, built.block.changing { $0.nextValidators = .zero })
        == .nextValidators(expected: next, found: .zero))
    let open = try driver.chain.build(
      driver.proposal(on: driver.chain.head, at: driver.time, view: View(1)), from: [])
    #expect(
      try judge(driver, open.block.changing { $0.nextValidators = .zero })
        == .nextValidators(expected: nil, found: .zero))
  }

  @Test("wants of every block the certificate of its own epoch's validators")
  func certificatesByEpoch() throws {
    let driver = try driver()
    let genesis = try driver.chain.validators
    _ = try driver.grow(by: [try newValidator(driver, count: 2)])
    try driver.chain.writeLog()
    let next = try driver.chain.build(
      driver.proposal(
        on: driver.chain.head, at: driver.time.advanced(byMilliseconds: 1), view: View(9)),
      from: [])
    // The validator of epoch 1 alone would have been a quorum then.
    let header = next.block.header
    let old = driver.network.finalization(of: header, by: genesis)
    _ = try driver.chain.log.append(
      LogRun(
        height: header.height,
        entries: [BlockLog.Entry(block: next.block.encoded, certificate: old.encoded)]))
    #expect(
      try audit(driver).findings.map(\.matter)
        == [.certificate(.noQuorum(signatures: 1, quorum: 2))])
  }

  // MARK: Closing blocks that were proposed again

  @Test("takes the certificate of a later view, in which its last block was proposed again")
  func repeated() throws {
    let driver = try driver()
    let closing = try changes(driver, .advanceEpoch)
    let built = try driver.chain.build(
      driver.proposal(on: driver.chain.head, at: driver.time, view: View(4)), from: [closing])
    try driver.commit(built.block, repeatedIn: View(7))
    try driver.growLogged(2)
    #expect(try audit(driver).findings == [])
  }

  @Test(
    "refuses a certificate of a later view whose parent view is none of that block's own",
    arguments: [0, 3, 7, 8])
  func repeatedWrongly(_ parentView: UInt64) throws {
    let driver = try driver()
    let closing = try changes(driver, .advanceEpoch)
    let built = try driver.chain.build(
      driver.proposal(on: driver.chain.head, at: driver.time, view: View(4)), from: [closing])
    let header = built.block.header
    let reference = BlockReference(parentView: View(parentView), hash: built.hash)
    let ballot = Ballot(epoch: Epoch(1), view: View(7), subject: .finalize(reference))
    let certificate = Certificate(
      ballot: ballot, signatures: driver.network.finalization(of: header).signatures)
    _ = try driver.chain.log.append(
      LogRun(
        height: Height(1),
        entries: [BlockLog.Entry(block: built.block.encoded, certificate: certificate.encoded)]))
    #expect(
      try audit(driver).findings.map(\.matter)
        == [.certificate(.parentView(View(parentView)))])
  }

  // MARK: Keys

  @Test("takes governors' keys for changes and members' keys for business, never the other")
  func authority() throws {
    let driver = try driver()
    let (governor, bank) = (Self.governors[0], Self.governors[1])
    let asMember = try changes(
      driver, .advanceEpoch, keys: [bank: ChainNetwork.key(of: bank, .member)])
    let stranger = try changes(
      driver, .advanceEpoch, signers: [governor, ContractNetwork.bankB.id])
    let asGovernor = driver.network.transaction(
      [.registerModel("1", by: ContractNetwork.operatorA)], reference: "as-governor",
      validUntil: driver.time, signing: .real,
      keys: [governor: ChainNetwork.key(of: governor, .governor)])
    let right = try changes(driver, .setThreshold(1))
    let built = try driver.chain.build(
      driver.proposal(on: driver.chain.head, at: driver.time, view: View(1)),
      from: [asMember, stranger, asGovernor, right])
    #expect(built.block.transactions.map(\.id) == [right.id])
    #expect(
      built.leftOut
        == (0...2).map {
          AssembledBlock.LeftOut(index: $0, reason: .turnedAway(.keyUnknown))
        })
    for wrong in [asMember, stranger, asGovernor] {
      let block = built.block.replacing(transactions: [wrong], outcomes: [.accepted])
      #expect(try judge(driver, block) == .signer(transactionIndex: 0, .keyUnknown))
    }
  }

  @Test("knows a new key from the next block on, and a retired one to the end of its own")
  func keysByParent() throws {
    let driver = try driver()
    let appraiser = ContractNetwork.appraiser.id
    let newKey = ChainNetwork.key(of: appraiser, .member, number: 2)
    let oldID = ChainNetwork.key(of: appraiser, .member).publicKey.keyID
    let rotation = try changes(
      driver,
      .addKey(appraiser, .member, driver.network.provenKey(of: appraiser, .member, number: 2)),
      .retireKey(appraiser, .member, keyID: oldID))
    func model(_ version: Identifier, _ key: SigningKey? = nil) -> Transaction {
      driver.network.transaction(
        [.registerModel(version)], reference: version,
        validUntil: driver.time.advanced(byMilliseconds: Timestamp.day), signing: .real,
        keys: key.map { [appraiser: $0] } ?? [:])
    }
    let first = try driver.grow(by: [rotation, model("old"), model("new", newKey)])
    #expect(first.block.outcomes == [.accepted, .accepted])
    #expect(
      first.leftOut == [AssembledBlock.LeftOut(index: 2, reason: .turnedAway(.keyUnknown))])
    driver.moveOn()
    let second = try driver.grow(by: [model("late"), model("new", newKey)])
    #expect(second.block.transactions.map(\.payload.reference) == ["new"])
    #expect(
      second.leftOut == [AssembledBlock.LeftOut(index: 0, reason: .turnedAway(.keyUnknown))])
    try driver.chain.writeLog()
    #expect(try audit(driver).isSound)
  }

  // MARK: Policy and nodes

  @Test("switches the policy at its height, whoever executes the block")
  func policy() throws {
    let driver = try driver()
    var policy = ContractNetwork.policy
    policy.refusalsPerHour = 7
    let change = GovernanceAction.setPolicy(.init(policy: policy, height: Height(4)))
    _ = try driver.grow(by: [try changes(driver, change)])
    for height in UInt64(2)...5 {
      try driver.grow()
      #expect(
        try driver.chain.state.policySchedule().current
          == (height >= 4 ? policy : ContractNetwork.policy))
    }
    try driver.chain.writeLog()
    #expect(try audit(driver, index: driver.store).isSound)
  }

  @Test("lists its nodes, and says when they change")
  func nodes() throws {
    let driver = try driver()
    let revision = driver.chain.nodeRevision
    try driver.grow()
    #expect(driver.chain.nodeRevision == revision)
    #expect(try driver.chain.nodes == [NodeState(driver.network.file.validators[0])])
    let node = driver.network.node(of: ContractNetwork.dealer.id, addresses: ["dealer:1"])
    _ = try driver.grow(by: [try changes(driver, .setNode(node))])
    #expect(driver.chain.nodeRevision == revision + 1)
    #expect(
      try driver.chain.nodes
        == [NodeState(driver.network.file.validators[0]), NodeState(node)])
  }
}
