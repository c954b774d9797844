import Cryptography
import Ledger
import SimulatedMachine
import Storage
import TestSupport
import Testing

@testable import Node

@Suite("A chain whose log is damaged and that has peers")
struct ChainHoleTests {
  private static let blockCount = 24

  /// A chain that is whole, and the disk and index of another node with the same blocks.
  private struct Pair {
    let whole: ChainDriver
    let disk: SimulatedDisk
    let store: MemoryStateStore

    init(seed: UInt64) throws {
      whole = try ChainDriver(seed: seed)
      for _ in 0..<ChainHoleTests.blockCount / 3 { try whole.growLogged(3) }
      store = MemoryStateStore()
      disk = whole.disk.copy()
      let copy = try Chain.open(
        whole.network.genesis, on: whole.disk.copy(), ChainDriver.configuration(whole.network),
        index: .memory(store))
      precondition(copy.head == whole.chain.head)
    }

    private init(_ whole: ChainDriver, _ disk: SimulatedDisk, _ store: MemoryStateStore) {
      (self.whole, self.disk, self.store) = (whole, disk, store)
    }

    /// Another node that is as this one.
    func copy() -> Pair { Pair(whole, disk.copy(), store.copy()) }

    func open(journaled: JournaledBlocks = .none) throws -> Chain {
      try Chain.open(
        whole.network.genesis, on: disk, ChainDriver.configuration(whole.network),
        index: .memory(store), damage: .leaveHoles, journaled: journaled)
    }

    var segments: [DiskPath] { disk.files.filter { $0.name.hasSuffix(".blocks") } }

    /// Gives the chain what it lacks, as the other has it.
    func fill(_ chain: Chain) throws {
      for _ in 0..<200 {
        _ = try chain.catchUpWithLog(byteLimit: 1 << 20)
        if let wanted = chain.wantedOfLog?.lowerBound {
          let certificate = try #require(try whole.chain.certificate(covering: wanted))
          let heights = wanted.rawValue...certificate.height.rawValue
          let blocks = try heights.map { height in
            let encoded = try whole.chain.encodedBlock(at: Height(height))
            return (block: try Block(encoded), encoded: encoded)
          }
          let range = CheckedRange(blocks: blocks, finalization: certificate.certificate)
          #expect(try chain.agrees(with: range))
          _ = try chain.log.append(chain.run(filling: range))
        } else if chain.head.header.height < whole.chain.head.header.height {
          try follow(chain)
        } else {
          return
        }
      }
      Issue.record("does not come to an end: \(chain.log.condition)")
    }

    /// Commits the next blocks of the whole chain.
    private func follow(_ chain: Chain) throws {
      let next = chain.head.header.height.next
      let certificate = try #require(try whole.chain.certificate(covering: next))
      var hashes: [BlockHash] = []
      for height in next.rawValue...certificate.height.rawValue {
        let encoded = try whole.chain.encodedBlock(at: Height(height))
        let block = try Block(encoded)
        chain.store(block, encoded: encoded)
        hashes.append(block.header.hash)
      }
      _ = try chain.commit(hashes, finalization: certificate.certificate)
      try chain.writeLog()
    }

    /// Fills and compares everything.
    func expectHealed(_ chain: Chain, _ what: String) throws {
      try fill(chain)
      #expect(chain.head == whole.chain.head, "\(what)")
      #expect(try store.rows() == whole.store.rows(), "\(what)")
      #expect(chain.log.condition.isWhole, "\(what)")
      let damages = try BlockLog.verify(on: disk, ChainDriver.configuration(whole.network))
      #expect(damages == [], "\(what)")
      for path in whole.disk.files where path.name.hasSuffix(".blocks") {
        #expect(disk.content(path) == whole.disk.content(path), "\(what), \(path)")
      }
    }
  }

  @Test("goes on from its index with a hole below it, and reads all but that")
  func holeBelowHead() throws {
    let pair = try Pair(seed: 50)
    let path = pair.segments[1]
    pair.disk.flip(path, at: 10)
    let first = try #require(UInt64(path.name.prefix(20)))
    let last = try #require(UInt64(pair.segments[2].name.prefix(20)))
    pair.disk.replace(path, with: nil)
    let chain = try pair.open()
    #expect(chain.head == pair.whole.chain.head)
    #expect(chain.opening.rebuilt == nil)
    let hole = Height(first)..<Height(last)
    #expect(chain.opening.holes == [LogHole(segment: Height(first), heights: hole)])
    for height in 1...UInt64(Self.blockCount) {
      if hole.contains(Height(height)) {
        #expect(throws: ChainError.storage(.missingBlocks(hole))) {
          _ = try chain.encodedBlock(at: Height(height))
        }
        let known = try chain.hash(at: Height(height))
        #expect(known == pair.whole.blocks[Int(height) - 1].header.hash)
      } else {
        let bytes = try chain.encodedBlock(at: Height(height))
        #expect(try bytes == pair.whole.chain.encodedBlock(at: Height(height)))
      }
    }
    try pair.expectHealed(chain, "hole below the head")
  }

  @Test("goes on from its index when the end of its log is gone")
  func endGone() throws {
    for count in 1...2 {
      let pair = try Pair(seed: 51)
      for path in pair.segments.suffix(count) {
        pair.disk.replace(path, with: nil)
        let sidecar = DiskPath("certificates/\(path.name.prefix(20)).certificates")
        pair.disk.replace(sidecar, with: nil)
      }
      let chain = try pair.open()
      #expect(chain.head == pair.whole.chain.head)
      #expect(chain.headFinalization == pair.whole.chain.headFinalization)
      #expect(chain.opening.rebuilt == nil)
      #expect(chain.opening.holes.last?.heights.upperBound == Height(UInt64(Self.blockCount) + 1))
      #expect(chain.unlogged == nil)
      try pair.expectHealed(chain, "\(count) segments gone")
    }
  }

  @Test("goes on before the hole when its index is gone as well, and uses what is behind it")
  func holeWithoutIndex() throws {
    let pair = try Pair(seed: 52)
    let path = pair.segments[1]
    pair.disk.replace(path, with: nil)
    pair.store.clear()
    let chain = try pair.open()
    let first = try #require(UInt64(path.name.prefix(20)))
    #expect(chain.opening.rebuilt == .missing)
    #expect(chain.head.header.height < Height(first))
    #expect(chain.head.header.height.rawValue + 3 >= first)
    let isBehind = try chain.isBehindLog
    #expect(!isBehind, "the hole comes first")
    try pair.expectHealed(chain, "hole and no index")
  }

  @Test("finds damage where it reads, and makes it a hole")
  func foundByReading() throws {
    let pair = try Pair(seed: 53)
    pair.disk.flip(pair.segments[0], at: 300)
    let chain = try pair.open()
    #expect(chain.opening.holes == [])
    #expect(throws: ChainError.storage(.missingBlocks(Height(1)..<Height(2)))) {
      _ = try chain.encodedBlock(at: Height(1))
    }
    #expect(chain.log.takeFindings().map(\.height) == [Height(1)])
    #expect(chain.log.takeFindings() == [])
    #expect(chain.holes.map(\.heights) == [Height(1)..<Height(2)])
    try pair.expectHealed(chain, "found by reading")
  }

  @Test("finds damage by looking through its log")
  func foundByScrub() throws {
    let pair = try Pair(seed: 54)
    pair.disk.flip(pair.segments[1], at: 400)
    let chain = try pair.open()
    var next: Height? = Height(1)
    var count = 0
    while let height = next {
      next = try chain.log.scrub(at: height)
      count += 1
    }
    #expect(count == pair.segments.count - 1 || count == pair.segments.count)
    #expect(chain.log.takeFindings().count > 0)
    #expect(!chain.log.condition.isWhole)
    try pair.expectHealed(chain, "found by scrubbing")
  }

  @Test("refuses damage when it has no peers")
  func refused() throws {
    let pair = try Pair(seed: 55)
    let path = pair.segments[1]
    pair.disk.replace(path, with: nil)
    let first = try #require(UInt64(path.name.prefix(20)))
    #expect(throws: ChainError.storage(.missingSegment(firstHeight: Height(first)))) {
      _ = try Chain.open(
        pair.whole.network.genesis, on: pair.disk, ChainDriver.configuration(pair.whole.network),
        index: .memory(pair.store))
    }
  }

  @Test("heals whatever is damaged, and whatever the index knows")
  func random() throws {
    let pair = try Pair(seed: 56)
    for seed in UInt64(1)...60 { try damageAndHeal(pair.copy(), seed) }
  }

  private func damageAndHeal(_ pair: Pair, _ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0...random.next() % 4 { damage(pair.disk, &random) }
    switch random.next() % 4 {
    case 0: pair.store.clear()
    case 1: try damageIndex(pair.store)
    default: break
    }
    let chain: Chain
    do {
      chain = try pair.open()
    } catch {
      Issue.record("seed \(seed): \(error)")
      return
    }
    var next: Height? = Height(1)
    while let height = next { next = try chain.log.scrub(at: height) }
    try pair.expectHealed(chain, "seed \(seed)")
  }

  private func damage(_ disk: SimulatedDisk, _ random: inout SplitMix64) {
    let files = disk.files.filter {
      $0.parent == DiskPath("blocks") || $0.parent == DiskPath("certificates")
    }
    guard !files.isEmpty else { return }
    let path = files[Int(random.next() % UInt64(files.count))]
    let content = disk.content(path) ?? []
    switch random.next() % 3 {
    case 0: disk.replace(path, with: nil)
    case 1:
      disk.replace(
        path, with: Array(content.prefix(Int(random.next() % UInt64(content.count + 1)))))
    default:
      guard !content.isEmpty else { return }
      disk.flip(path, at: Int(random.next() % UInt64(content.count)))
    }
  }

  private func damageIndex(_ store: MemoryStateStore) throws {
    var batch = StateBatch()
    batch.put(IndexSchema.state(StateID.policy.key), [1, 2, 3])
    let position = try #require(try store.position())
    try store.apply(batch, at: position)
  }

  @Test("loses nothing when the power goes while it opens and heals")
  func powerCut() throws {
    let damaged = try Pair(seed: 57)
    let segments = damaged.segments
    damaged.disk.replace(segments[0], with: nil)
    damaged.disk.flip(segments[segments.count - 1], at: 300)
    let reference = damaged.copy()
    let count: Int
    do {
      try reference.fill(try reference.open())
      count = reference.disk.operationCount
      try reference.expectHealed(try reference.open(), "without a power cut")
    }
    #expect(count > 50)
    for index in stride(from: 0, to: count, by: 2) {
      let pair = damaged.copy()
      pair.disk.inject(.powerCut(perMille: 500), at: index)
      do {
        try pair.fill(try pair.open())
      } catch is ChainError {
        pair.disk.restart(.some(seed: UInt64(index)))
      }
      do {
        try pair.expectHealed(try pair.open(), "operation \(index)")
      } catch {
        Issue.record("operation \(index): \(error)")
      }
    }
  }
}
