import Consensus
import Cryptography
import Ledger
import SimulatedMachine
import Storage
import TestSupport
import Testing

@testable import Node

@Suite("Replicas of which some have damaged block logs")
struct ReplicaHealingTests {
  /// What was done to the files of a stopped node.
  enum Harm: CaseIterable {
    case flippedByte, flippedHeader, cutShort, deleted, withoutCertificates, withoutSeal
    case endFlipped, endCutShort, endDeleted, allDeleted

    /// Whether the log can be put in order from what is left of it.
    var needsNobody: Bool { self == .flippedHeader }

    /// Whether the log can still grow: what is lost is not of its last segment.
    var leavesEnd: Bool {
      switch self {
      case .flippedByte, .flippedHeader, .cutShort, .deleted, .withoutCertificates, .withoutSeal:
        true
      case .endFlipped, .endCutShort, .endDeleted, .allDeleted: false
      }
    }

    func apply(to disk: SimulatedDisk) throws {
      let segments = disk.segments
      let (victim, last) = (segments[1], segments[segments.count - 1])
      switch self {
      case .flippedByte: disk.flip(victim, at: 500)
      case .flippedHeader: disk.flip(victim, at: 10)
      case .cutShort: disk.replace(victim, with: disk.content(victim)?.dropLast(700))
      case .deleted: disk.replace(victim, with: nil)
      case .withoutCertificates: disk.replace(victim.sidecar, with: nil)
      case .withoutSeal:
        disk.replace(DiskPath("blocks/\(victim.name.prefix(20)).sha256"), with: nil)
        disk.flip(victim, at: 500)
      case .endFlipped: disk.flip(last, at: 200)
      case .endCutShort: disk.replace(last, with: disk.content(last)?.dropLast(100))
      case .endDeleted: for path in [last, last.sidecar] { disk.replace(path, with: nil) }
      case .allDeleted: for path in segments { disk.replace(path, with: nil) }
      }
    }
  }

  enum IndexState: CaseIterable { case kept, lost }

  /// The node that is damaged.
  private static let victim = 3

  /// A network of four with several full segments, whose last node is stopped.
  private func network(blockCount: Int = 24) throws -> (ReplicaNetwork, SimulatedDisk) {
    let network = try ReplicaNetwork(4, segmentByteCount: 4 * 1_024)
    try network.run(milliseconds: 50)
    for number in 0..<blockCount { try network.register(number, at: 1) }
    // The journals are emptied into the logs.
    try network.run(milliseconds: 3_000)
    let disk = network[Self.victim].disk
    #expect(network.isEven)
    #expect(disk.segments.count > 3)
    try network.crash(Self.victim)
    return (network, disk)
  }

  /// Whether a message is a vote of a node, in a view in which nothing was final when it stopped.
  private func isOwnVote(_ message: PeerMessage, of index: Int, in network: ReplicaNetwork) -> Bool
  {
    let member = network.members[index].id
    return switch message {
    case .vote(let vote):
      vote.signer == network.genesis.validators.index(of: member)
        && vote.ballot.view > network[index].replica.machine.status.finalizedView
    case .proposal(let compact): compact.proposal.header.proposer == member
    default: false
    }
  }

  private func isRange(_ message: PeerMessage) -> Bool {
    if case .range = message { true } else { false }
  }

  /// The log is whole, has the bytes of another's, and the node is one of a quorum of three.
  private func expectHealed(_ network: ReplicaNetwork, _ index: Int = victim) throws {
    let isHealed = try network.run(milliseconds: 60_000) {
      network.isEven && network[index].replica.isLogWhole
        && network[index].replica.runningStatus.role == .validator
    }
    #expect(
      isHealed, "\(network.heights), waits for \(network[index].replica.runningStatus.waitsFor)")
    try network.run(milliseconds: 3_000)
    let (own, others) = (network[index].disk, network[0].disk)
    for path in others.segments {
      #expect(own.content(path) == others.content(path), "\(path)")
    }
    #expect(try BlockLog.verify(on: own, network.logConfiguration) == [])
    let leftovers = own.files.map(\.name).filter {
      $0.hasSuffix(".damaged") || $0.hasSuffix(".new")
    }
    #expect(leftovers == [])
    #expect(network[index].cuts.isEmpty)
  }

  private func expectToBeNeeded(_ network: ReplicaNetwork) throws {
    try network.crash(2)
    try network.register(900, at: 1)
    try network.checkAgreement()
  }

  @Test(
    "fetch again what one has lost, put the same bytes in its place, and do without its votes till then",
    arguments: Harm.allCases, IndexState.allCases)
  func heal(_ harm: Harm, _ index: IndexState) throws {
    // Then the directory is an older copy, in which nothing is damaged.
    if harm == .endDeleted, index == .lost { return }
    let (network, disk) = try network()
    let store = network.store(of: Self.victim)
    try harm.apply(to: disk)
    if index == .lost { store.clear() }
    var isHeldUp = true
    var earlyVotes = 0
    network.filter = { from, to, message in
      if from == Self.victim, isOwnVote(message, of: from, in: network),
        !network[from].replica.isLogWhole
      {
        earlyVotes += 1
      }
      return !(isHeldUp && to == Self.victim && isRange(message))
    }
    try network.restart(Self.victim, disk: disk, store)
    if harm.needsNobody {
      isHeldUp = false
      return try expectHealed(network)
    }
    let isFound = try network.run(milliseconds: 30_000) {
      !network[Self.victim].replica.isLogWhole
    }
    try #require(isFound)
    try network.run(milliseconds: 2_000)
    let status = network[Self.victim].replica.runningStatus
    #expect(status.role == .observer)
    #expect(status.waitsFor.hasPrefix("the repair of its block log"))
    try network.register(500, at: 1)
    if harm.leavesEnd, index == .kept {
      #expect(try network.run(milliseconds: 5_000) { network.isEven }, "it follows")
    }
    isHeldUp = false
    try expectHealed(network)
    #expect(earlyVotes == 0)
    try expectToBeNeeded(network)
  }

  @Test("are asked for no more than the ranges that begin in what was lost")
  func asksForLost() throws {
    let (network, disk) = try network()
    let path = disk.segments[2]
    let lost = UInt64(path.name.prefix(20))!..<UInt64(disk.segments[3].name.prefix(20))!
    disk.replace(path, with: nil)
    var asked: [UInt64] = []
    network.filter = { from, _, message in
      if from == Self.victim, case .rangeWanted(let height) = message {
        asked.append(height.rawValue)
      }
      return true
    }
    try network.restart(Self.victim, disk: disk, network.store(of: Self.victim))
    try expectHealed(network)
    #expect(asked == [lost.lowerBound])
  }

  @Test("lose nothing by liars, who are only asked later")
  func liars() throws {
    let (network, disk) = try network()
    disk.replace(disk.segments[1], with: nil)
    var lieCounts = [0, 0]
    network.rewrite = { from, to, message in
      guard to == Self.victim, from < 2, case .range(let range) = message, !range.blocks.isEmpty
      else { return message }
      lieCounts[from] += 1
      var blocks = range.blocks
      // One alters a block, the other gives the right ones for the wrong heights.
      if from == 0 { blocks[0][blocks[0].count - 1] ^= 1 } else { blocks.removeFirst() }
      return .range(
        BlockRange(first: range.first, blocks: blocks, certificate: range.certificate))
    }
    network.filter = { from, to, message in
      // Only the liars answer at first.
      !(from == 2 && to == Self.victim && isRange(message) && lieCounts.contains(0))
    }
    try network.restart(Self.victim, disk: disk, network.store(of: Self.victim))
    try expectHealed(network)
    #expect(lieCounts.allSatisfy { $0 > 0 && $0 < 20 }, "\(lieCounts)")
    try expectToBeNeeded(network)
  }

  @Test("begin a repair anew that a crash has interrupted", arguments: IndexState.allCases)
  func crashDuringRepair(_ index: IndexState) throws {
    let (network, disk) = try network(blockCount: 180)
    let store = network.store(of: Self.victim)
    for path in disk.segments.dropLast() { disk.replace(path, with: nil) }
    if index == .lost { store.clear() }
    var rangeCount = 0
    network.filter = { _, to, message in
      guard to == Self.victim, isRange(message) else { return true }
      rangeCount += 1
      return rangeCount == 1
    }
    for _ in 0..<2 {
      rangeCount = 0
      try network.restart(Self.victim, disk: disk, store)
      try network.run(milliseconds: 2_000)
      #expect(rangeCount > 1)
      #expect(!network[Self.victim].replica.isLogWhole)
      try network.crash(Self.victim)
    }
    network.filter = { _, _, _ in true }
    try network.restart(Self.victim, disk: disk, store)
    try expectHealed(network)
    try expectToBeNeeded(network)
  }

  @Test("wait with a repair for room on the disk")
  func fullDisk() throws {
    let (network, disk) = try network()
    disk.replace(disk.segments[1], with: nil)
    var isHeldUp = true
    network.filter = { _, to, message in !(isHeldUp && to == Self.victim && isRange(message)) }
    try network.restart(Self.victim, disk: disk, network.store(of: Self.victim))
    try network.run(milliseconds: 1_000)
    disk.setCapacity(0)
    isHeldUp = false
    try network.run(milliseconds: 10_000)
    #expect(!network[Self.victim].replica.isLogWhole)
    disk.setCapacity(nil)
    try expectHealed(network)
    try expectToBeNeeded(network)
  }

  @Test("heal each other when two have lost different blocks")
  func twoDamaged() throws {
    let (network, disk) = try network()
    let other = network[2].disk
    try network.crash(2)
    disk.replace(disk.segments[1], with: nil)
    other.replace(other.segments[2], with: nil)
    try network.restart(Self.victim, disk: disk, network.store(of: Self.victim))
    try network.restart(2, disk: other, network.store(of: 2))
    try expectHealed(network)
    try expectHealed(network, 2)
    try network.register(900, at: 1)
  }

  @Test("say that a block is damaged, and answer when it was fetched again")
  func damageFoundWhileRunning() throws {
    let (network, disk) = try network()
    try network.restart(Self.victim, disk: disk, network.store(of: Self.victim))
    // Every segment was looked through.
    try network.run(milliseconds: 30_000)
    #expect(network[Self.victim].replica.runningStatus.role == .validator)
    disk.flip(disk.segments[0], at: 400)
    network.filter = { _, to, message in !(to == Self.victim && isRange(message)) }
    try expectDamaged(network)
    try network.run(milliseconds: 1_000)
    #expect(network[Self.victim].replica.runningStatus.role == .observer)
    try network.register(500, at: Self.victim)
    network.filter = { _, _, _ in true }
    try expectHealed(network)
    let asked = try network.ask(.blocks(from: Height(1), waitMilliseconds: 0), of: Self.victim)
    let answer = network.answer(asked, of: Self.victim)
    guard case .blocks? = answer else {
      Issue.record("\(String(describing: answer))")
      return
    }
    try expectToBeNeeded(network)
  }

  @Test("go on when damage shows while the disk is full, and heal when there is room")
  func damageFoundOnFullDisk() throws {
    let (network, disk) = try network()
    try network.restart(Self.victim, disk: disk, network.store(of: Self.victim))
    try network.run(milliseconds: 30_000)
    disk.flip(disk.segments[0], at: 400)
    disk.setCapacity(0)
    try expectDamaged(network)
    try network.run(milliseconds: 5_000)
    disk.setCapacity(nil)
    try expectDamaged(network)
    #expect(!network[Self.victim].replica.isLogWhole)
    try expectHealed(network)
    try expectToBeNeeded(network)
  }

  /// The victim says that its first block is damaged.
  private func expectDamaged(_ network: ReplicaNetwork) throws {
    let number = try network.ask(.blocks(from: Height(1), waitMilliseconds: 0), of: Self.victim)
    let answer = network.answer(number, of: Self.victim)
    guard case .failed(.damaged)? = answer else {
      Issue.record("\(String(describing: answer))")
      return
    }
  }

  @Test("give others nothing of what they have lost, and go on")
  func askedForLostBlocks() throws {
    let (network, disk) = try network()
    disk.replace(disk.segments[1], with: nil)
    var answers: [BlockRange] = []
    network.filter = { from, to, message in
      if from == Self.victim, case .range(let range) = message { answers.append(range) }
      return !(to == Self.victim && isRange(message))
    }
    try network.restart(Self.victim, disk: disk, network.store(of: Self.victim))
    let lost = try #require(UInt64(disk.segments[1].name.prefix(20))) - 1
    for height in [UInt64(1), lost, lost + 1, 20] {
      try network.send(.rangeWanted(from: Height(height)), from: 0, to: Self.victim)
    }
    try network.run(milliseconds: 100)
    #expect(answers.count == 4)
    #expect(answers[0].blocks.count > 0)
    #expect(answers.contains { $0.blocks.isEmpty })
  }

  @Test("heal whatever is damaged, and whatever the index knows", arguments: 1...UInt64(10))
  func random(seed: UInt64) throws {
    let (network, disk) = try network()
    let store = network.store(of: Self.victim)
    var random = SplitMix64(seed: seed)
    for _ in 0...random.next() % 4 {
      let files = disk.files.filter {
        $0.parent == DiskPath("blocks") || $0.parent == DiskPath("certificates")
      }
      let path = files[Int(random.next() % UInt64(files.count))]
      let content = disk.content(path) ?? []
      switch random.next() % 3 {
      case 0: disk.replace(path, with: nil)
      case 1:
        let count = Int(random.next() % UInt64(content.count + 1))
        disk.replace(path, with: Array(content.prefix(count)))
      default:
        guard !content.isEmpty else { continue }
        disk.flip(path, at: Int(random.next() % UInt64(content.count)))
      }
    }
    if random.next() % 3 == 0 { store.clear() }
    try network.restart(Self.victim, disk: disk, store)
    // All segments are looked through.
    try network.run(milliseconds: 15_000)
    try expectHealed(network)
    try expectToBeNeeded(network)
  }

  @Test("do not start a node that is alone, whose log nobody could repair")
  func alone() throws {
    let network = TestNetwork()
    let disk = SimulatedDisk()
    try TestNode.create(network, on: disk)
    let store = MemoryStateStore()
    do {
      let node = try TestNode(network, on: disk, store: store)
      try node.settle()
      for number in 0..<5 {
        _ = try node.submit(network.registration(number))
        try node.settle()
      }
      node.pass(milliseconds: 2_000)
      try node.turn()
      try node.settle()
    }
    disk.restart(.synced)
    disk.replace(
      DiskPath("certificates/\(disk.segments[0].name.prefix(20)).certificates"), with: nil)
    let before = disk.files.map { disk.content($0) }
    #expect(throws: ReplicaFault.self) { _ = try TestNode(network, on: disk, store: store) }
    #expect(disk.files.map { disk.content($0) } == before)
  }
}

extension SimulatedDisk {
  /// The log's segments, ascending.
  fileprivate var segments: [DiskPath] {
    files.filter { $0.name.hasSuffix(".blocks") }.sorted { $0.name < $1.name }
  }
}

extension DiskPath {
  /// The certificates of a segment's blocks.
  fileprivate var sidecar: DiskPath { DiskPath("certificates/\(name.prefix(20)).certificates") }
}
