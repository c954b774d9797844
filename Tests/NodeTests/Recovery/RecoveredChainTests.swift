import Cryptography
import Ledger
import SimulatedMachine
import Storage
import TestSupport
import Testing

@testable import Node

@Suite("A chain with a recovery record")
struct RecoveredChainTests {
  private static let network = RecoveryRecordTests.network
  private static let members = RecoveryRecordTests.members
  private static let governors = Array(RecoveryRecordTests.governors.prefix(2))

  private func driver() throws -> ChainDriver {
    let driver = try ChainDriver(seed: 80, network: Self.network, signing: .real)
    try driver.growLogged(3)
    return driver
  }

  /// The first validator stays; two others get new nodes.
  private func record(_ header: BlockHeader, epoch: Epoch = Epoch(2)) -> RecoveryRecord {
    Self.network.recovery(
      behind: header, epoch: epoch, to: Array(Self.members.prefix(3)),
      nodes: [
        Self.network.node(of: Self.members[1], consensus: 2, transport: 2, addresses: ["one:1"]),
        Self.network.node(of: Self.members[2], consensus: 2, addresses: ["two:2"]),
      ], signedBy: Self.governors)
  }

  private func audit(
    _ driver: ChainDriver, accepting: [RecoveryRecord] = []
  ) throws -> AuditReport {
    try ChainAudit(
      Self.network.genesis, on: driver.disk.copy(), ChainDriver.configuration(Self.network),
      scratch: MemoryStateStore(), comparingIndex: driver.store,
      accepting: RecoveryRecords(accepting)
    ).run()
  }

  private func recovered() throws -> (driver: ChainDriver, record: RecoveryRecord) {
    let driver = try driver()
    let record = record(driver.chain.head.header)
    #expect(try driver.accept(record) == .begun)
    return (driver, record)
  }

  @Test(
    "goes on in the record's epoch with its validators and nodes, and is the same when replayed")
  func goesOn() throws {
    let (driver, record) = try recovered()
    let last = driver.chain.head.header
    #expect(driver.chain.head.nextEpoch == Epoch(2))
    #expect(driver.chain.head.nextParentView == .genesis)
    #expect(try driver.chain.validators == record.validators)
    #expect(driver.chain.epochOpening == last)
    #expect(try driver.chain.validators(of: Epoch(2)) == record.validators)
    #expect(try driver.chain.validators(of: Epoch(1)) == Self.network.genesis.validators)
    #expect(try driver.chain.nodes.first { $0.member == Self.members[1] }?.addresses.count == 1)
    let first = try driver.grow().block.header
    #expect(first.epoch == Epoch(2))
    #expect(first.nextValidators == nil)
    #expect(try driver.chain.validators == record.validators)
    let node = try driver.chain.nodes.first { $0.member == Self.members[1] }
    let keys = [2, 1].map {
      ChainNetwork.key(of: Self.members[1], .transport, number: $0).publicKey
    }
    #expect(node?.transportKeys == keys)
    try driver.growLogged(3)
    #expect(driver.chain.epochOpening == last)
    #expect(driver.chain.presentRecovery == record)
    let head = driver.chain.head
    driver.store.clear()
    try driver.reopen()
    #expect(driver.chain.opening.replayedBlocks == 7)
    #expect(driver.chain.head == head)
    // A change of validators closes the epoch as ever.
    let change = Self.network.validatorChange(
      to: Array(Self.members.prefix(2)), in: Epoch(3), consensus: [Self.members[1]: 2])
    let closing = try driver.grow(
      by: [
        try driver.changes([.setValidators(change)], signers: RecoveryRecordTests.governors)
      ])
    #expect(closing.block.outcomes == [.accepted])
    #expect(closing.block.header.isClosing)
    #expect(driver.chain.presentRecovery == nil)
    #expect(driver.chain.epochOpening == closing.block.header)
    try driver.grow()
  }

  @Test("is audited to the record's block without the auditor's word, and through with it")
  func audited() throws {
    let (driver, record) = try recovered()
    let waiting = try audit(driver)
    #expect(waiting.isSound, "nothing rests on the record yet")
    #expect(waiting.recoveries == [AuditedRecovery(record: record, isAccepted: false)])
    try driver.growLogged(3)
    let without = try audit(driver)
    #expect(without.findings.map(\.matter) == [.recoveryNotAccepted(record.hash)])
    #expect(without.findings.map(\.height) == [Height(4)])
    #expect(!without.isThrough)
    let with = try audit(driver, accepting: [record])
    #expect(with.findings == [])
    #expect(with.isSound)
    #expect(with.blocks == 6)
    #expect(with.recoveries == [AuditedRecovery(record: record, isAccepted: true)])
    let unsigned = Self.network.recovery(
      behind: driver.blocks[2].header, epoch: Epoch(2), to: [Self.members[0]], signedBy: [])
    let wrong = try audit(driver, accepting: [unsigned])
    #expect(
      wrong.findings.map(\.matter) == [.recovery(.tooFewGovernors(signed: 0, threshold: 2))])
  }

  @Test("serves ranges that end with the record's block")
  func ranges() throws {
    let (driver, _) = try recovered()
    try driver.growLogged(2)
    #expect(try driver.chain.range(from: Height(1)).blocks.count == 3)
    #expect(try driver.chain.range(from: Height(4)).blocks.count == 2)
  }

  @Test("refuses a record that does not fit, and keeps nothing of it")
  func refuses() throws {
    let driver = try driver()
    let (network, header) = (Self.network, driver.chain.head.header)
    let (members, governors) = (Self.members, Self.governors)
    func made(
      _ behind: BlockHeader? = nil, epoch: Epoch = Epoch(2),
      to validators: [MemberID] = [members[0]],
      nodes: [NodeIdentity] = [], signedBy signers: [MemberID] = governors, height: Height? = nil,
      time: Timestamp? = nil, network other: NetworkID? = nil
    ) -> RecoveryRecord {
      network.recovery(
        behind: behind ?? header, epoch: epoch, to: validators, nodes: nodes, signedBy: signers,
        height: height, time: time, network: other)
    }
    let foreign = NetworkID(SHA256.hash([1]))
    let early = driver.blocks[1].header
    var proof = network.node(of: members[1], consensus: 2)
    proof.consensusKey = ProvenKey(
      key: proof.consensusKey.key, proof: proof.transportKey.proof)
    let taken = NodeIdentity(
      member: members[1], consensusKey: network.provenKey(of: members[2], .consensus),
      transportKey: network.provenKey(of: members[1], .transport), addresses: [])
    // A member without a node, since there are but four.
    let nodeless = ContractNetwork.members.map(\.id).sorted()[5]
    let cases: [(RecoveryRecord, RecoveryFault)] = [
      (made(network: foreign), .network(foreign)),
      (made(early), .passed(Height(2))),
      (made(height: Height(2)), .block(height: Height(2), header.hash)),
      (made(early, height: Height(3)), .block(height: Height(3), early.hash)),
      (made(epoch: Epoch(1)), .epoch(least: Epoch(2), found: Epoch(1))),
      (made(time: header.time), .time(header.time)),
      (made(signedBy: [governors[0]]), .tooFewGovernors(signed: 1, threshold: 2)),
      (made(to: [members[0], nodeless]), .validator(nodeless)),
      (made(to: [members[0], members[1]], nodes: [proof]), .node(members[1], .keyProofInvalid)),
      (made(to: [members[0], members[1]], nodes: [taken]), .node(members[1], .keyInUse)),
    ]
    for (record, fault) in cases {
      #expect(throws: ChainError.recovery(record.height, fault)) { try driver.accept(record) }
    }
    #expect(!driver.disk.files.contains { $0.text.hasPrefix("recovery/") })
    try driver.reopen()
    #expect(driver.chain.head.nextEpoch == Epoch(1))
    try driver.grow()
  }

  @Test(
    "takes another record for the same block only with a greater epoch, and only before a block")
  func replaced() throws {
    let (driver, record) = try recovered()
    let header = driver.chain.head.header
    #expect(try driver.accept(record) == .known)
    let same = Self.network.recovery(
      behind: header, epoch: Epoch(2), to: [Self.members[0]], signedBy: Self.governors)
    #expect(
      throws: ChainError.recovery(header.height, .epoch(least: Epoch(3), found: Epoch(2)))
    ) { try driver.accept(same) }
    let greater = Self.network.recovery(
      behind: header, epoch: Epoch(5), to: [Self.members[0]], signedBy: Self.governors)
    #expect(try driver.accept(greater) == .begun)
    #expect(try driver.grow().block.header.epoch == Epoch(5))
    let late = self.record(header, epoch: Epoch(9))
    #expect(throws: ChainError.recovery(header.height, .passed(header.height))) {
      try driver.accept(late)
    }
  }

  /// A chain of the same network that is behind, and takes the blocks of another.
  private func follower(_ blocks: ArraySlice<Block>) throws -> (
    Chain, SimulatedDisk, MemoryStateStore
  ) {
    let (disk, store) = (SimulatedDisk(), MemoryStateStore())
    _ = try DataDirectory.create(on: disk, ChainDriver.configuration(Self.network))
    let chain = try ChainDriver.open(Self.network, disk, store)
    for block in blocks { try take(block, chain) }
    return (chain, disk, store)
  }

  private func take(_ block: Block, _ chain: Chain) throws {
    chain.store(block, encoded: block.encoded)
    _ = try chain.commit(
      [block.header.hash],
      finalization: Self.network.finalization(of: block.header, by: try chain.validators))
  }

  @Test("that has not come to the record's block checks it there, and goes on")
  func awaited() throws {
    let (driver, record) = try recovered()
    try driver.growLogged(2)
    let (behind, disk, store) = try follower(driver.blocks[..<1])
    #expect(try behind.accept(record, on: disk) == .awaited)
    let chain = try ChainDriver.open(Self.network, disk, store)
    #expect(chain.awaitsRecovery)
    for block in driver.blocks[1...] { try take(block, chain) }
    #expect(!chain.awaitsRecovery)
    #expect(chain.head == driver.chain.head)
  }

  @Test("that comes to the block of a wrong record stops there, and one that passes it stops")
  func awaitedInVain() throws {
    let driver = try driver()
    let unsigned = Self.network.recovery(
      behind: driver.chain.head.header, epoch: Epoch(2), to: [Self.members[0]], signedBy: [])
    let (behind, disk, store) = try follower(driver.blocks[..<1])
    #expect(try behind.accept(unsigned, on: disk) == .awaited)
    let chain = try ChainDriver.open(Self.network, disk, store)
    try take(driver.blocks[1], chain)
    let fault = ChainError.recovery(Height(3), .tooFewGovernors(signed: 0, threshold: 2))
    #expect(throws: fault) { try take(driver.blocks[2], chain) }

    let right = record(driver.chain.head.header)
    try driver.grow()
    let (other, otherDisk, otherStore) = try follower(driver.blocks[..<1])
    #expect(try other.accept(right, on: otherDisk) == .awaited)
    let passing = try ChainDriver.open(Self.network, otherDisk, otherStore)
    let rest = driver.blocks[1...]
    for block in rest { passing.store(block, encoded: block.encoded) }
    let last = try #require(rest.last).header
    #expect(throws: ChainError.recovery(Height(3), .passed(Height(3)))) {
      _ = try passing.commit(
        rest.map(\.header.hash), finalization: Self.network.finalization(of: last))
    }
  }

  @Test("does not open with a record that is damaged")
  func damaged() throws {
    let (driver, _) = try recovered()
    let file = try #require(driver.disk.files.first { $0.text.hasPrefix("recovery/") })
    #expect(file == DiskPath("recovery/00000000000000000003.recovery"))
    driver.disk.flip(file, at: 0, mask: 0x10)
    let byteCount = UInt64(try #require(driver.disk.content(file)).count)
    #expect(throws: ChainError.storage(.damaged(Damage(.order, in: file, at: 0..<byteCount)))) {
      try driver.reopen()
    }
  }
}
