import Cryptography
import Ledger
import SimulatedMachine
import Storage
import TestSupport
import Testing

@Suite("A damaged block log that may fetch blocks")
struct LogRepairTests {
  private static let blockCount: UInt64 = 9

  private static func disk() throws -> SimulatedDisk {
    try StorageSample.disk(blocks: blockCount)
  }

  /// The segments of a log that was never damaged.
  private static func expectedSegments() throws -> [[UInt8]] {
    let disk = try disk()
    var log = try BlockLog.open(on: disk, StorageSample.configuration)
    try log.append(StorageSample.entries(blockCount + 1...blockCount + 2), from: log.nextHeight)
    return StorageWorkload.segments(of: disk)
  }

  /// Damages a copy of `disk`, heals it, and compares what comes of it.
  @discardableResult
  private func heal(
    _ disk: SimulatedDisk, _ expected: [[UInt8]], _ what: String
  ) -> LogHealing? {
    var healing = LogHealing(disk, blockCount: Self.blockCount)
    do {
      try healing.run()
    } catch {
      Issue.record("\(what): \(error)")
      return nil
    }
    #expect(StorageWorkload.segments(of: disk) == expected, "\(what)")
    return healing
  }

  @Test(
    "heals any flipped byte, and fetches no more than a segment", arguments: [0xFF, 1] as [UInt8])
  func flippedByte(_ mask: UInt8) throws {
    let (disk, expected) = (try Self.disk(), try Self.expectedSegments())
    for path in disk.files {
      for offset in try disk.bytes(path.text).indices {
        let copy = disk.copy()
        copy.flip(path, at: offset, mask: mask)
        let healing = heal(copy, expected, "\(path), byte \(offset)")
        #expect(healing.map { $0.fetched.count <= 4 } ?? true, "\(path), byte \(offset)")
      }
    }
  }

  @Test("fetches one block for a byte flipped in it")
  func oneBlock() throws {
    let (disk, expected) = (try Self.disk(), try Self.expectedSegments())
    for path in disk.files.filter({ $0.name.hasSuffix(".blocks") }) {
      let copy = disk.copy()
      copy.flip(path, at: 140)
      let healing = try #require(heal(copy, expected, "\(path)"))
      let first = try #require(UInt64(path.name.prefix(20)))
      #expect(healing.fetched == [first])
      let hole = Height(first)..<Height(first + 1)
      #expect(healing.holes == [LogHole(segment: Height(first), heights: hole)])
    }
  }

  @Test("heals a file that was cut short anywhere")
  func truncated() throws {
    let (disk, expected) = (try Self.disk(), try Self.expectedSegments())
    for path in disk.files {
      let content = try disk.bytes(path.text)
      for count in content.indices {
        let copy = disk.copy()
        copy.replace(path, with: Array(content.prefix(count)))
        heal(copy, expected, "\(path) to \(count)")
      }
    }
  }

  @Test("heals whichever files are gone")
  func deleted() throws {
    let (disk, expected) = (try Self.disk(), try Self.expectedSegments())
    let files = disk.files
    var sets = Set(files.indices.flatMap { one in files.indices.map { 1 << one | 1 << $0 } })
    var random = SplitMix64(seed: 1)
    for _ in 0..<200 { sets.insert(Int(random.next() % (1 << UInt64(files.count)))) }
    sets.insert(1 << files.count - 1)
    for set in sets.sorted() {
      let copy = disk.copy()
      let gone = files.indices.filter { set >> $0 & 1 == 1 }
      for index in gone { copy.replace(files[index], with: nil) }
      heal(copy, expected, "\(gone.map { files[$0].text })")
    }
  }

  @Test("heals much damage at once", arguments: UInt64(1)...300)
  func random(seed: UInt64) throws {
    let (disk, expected) = (try Self.disk(), try Self.expectedSegments())
    var random = SplitMix64(seed: seed)
    for _ in 0...random.next() % 5 { damage(disk, &random) }
    heal(disk, expected, "seed \(seed)")
  }

  private func damage(_ disk: SimulatedDisk, _ random: inout SplitMix64) {
    let files = disk.files
    guard !files.isEmpty else { return }
    let path = files[Int(random.next() % UInt64(files.count))]
    let content = disk.content(path) ?? []
    switch random.next() % 4 {
    case 0: disk.replace(path, with: nil)
    case 1:
      disk.replace(
        path, with: Array(content.prefix(Int(random.next() % UInt64(content.count + 1)))))
    default:
      guard !content.isEmpty else { return }
      let offset = Int(random.next() % UInt64(content.count))
      disk.flip(path, at: offset, mask: UInt8(truncatingIfNeeded: random.next() | 1))
    }
  }

  @Test("loses nothing when the power goes while it heals", arguments: [1, 2, 3] as [UInt64])
  func powerCut(seed: UInt64) throws {
    let (disk, expected) = (try Self.disk(), try Self.expectedSegments())
    let segments = disk.files.filter { $0.name.hasSuffix(".blocks") }
    disk.flip(segments[0], at: 140)
    disk.replace(segments[1], with: nil)
    disk.flip(disk.files.last { $0.name.hasSuffix(".certificates") }!, at: 90)
    disk.flip(segments[segments.count - 1], at: 130)
    let reference = disk.copy()
    heal(reference, expected, "without a power cut")
    #expect(reference.operationCount > 100)
    for index in 0..<reference.operationCount {
      let copy = disk.copy()
      copy.inject(.powerCut(perMille: 500), at: index)
      var healing = LogHealing(copy, blockCount: Self.blockCount)
      do {
        try healing.run()
        Issue.record("operation \(index) did not fail")
      } catch is StorageError {
        copy.restart(.some(seed: seed &+ UInt64(index)))
      }
      heal(copy, expected, "operation \(index)")
    }
  }

  @Test("goes on when there is room again, wherever there was none")
  func noSpace() throws {
    let (disk, expected) = (try Self.disk(), try Self.expectedSegments())
    let segments = disk.files.filter { $0.name.hasSuffix(".blocks") }
    disk.flip(segments[0], at: 140)
    disk.replace(segments[1], with: nil)
    let reference = disk.copy()
    heal(reference, expected, "without a fault")
    for index in 0..<reference.operationCount {
      let copy = disk.copy()
      copy.inject(.failPartly(perMille: 400, .noSpace), at: index)
      var healing = LogHealing(copy, blockCount: Self.blockCount)
      do {
        try healing.run()
      } catch StorageError.disk(let error) where error.reason == .noSpace {
        copy.removeFaults()
        heal(copy, expected, "operation \(index)")
      } catch StorageError.stopped {
        copy.removeFaults()
        heal(copy, expected, "operation \(index)")
      }
    }
  }

  @Test("takes a place that the disk cannot read for damage")
  func unreadable() throws {
    let (disk, expected) = (try Self.disk(), try Self.expectedSegments())
    let reference = disk.copy()
    heal(reference, expected, "without a fault")
    for index in 0..<reference.operationCount {
      let copy = disk.copy()
      copy.inject(.fail(.io), at: index)
      var healing = LogHealing(copy, blockCount: Self.blockCount)
      do {
        try healing.run()
        #expect(StorageWorkload.segments(of: copy) == expected, "operation \(index)")
      } catch StorageError.disk(let error) {
        // Reads while the node runs are the caller's; a disk that cannot write is nobody's to mend.
        #expect(error.reason == .io)
        copy.removeFaults()
        copy.restart(.everything)
        heal(copy, expected, "operation \(index), \(error)")
      } catch StorageError.stopped {
        copy.restart(.everything)
        heal(copy, expected, "operation \(index)")
      }
    }
  }

  @Test("knows at the next start what was found damaged, and forgets it when that is mended")
  func mark() throws {
    let disk = try Self.disk()
    let path = try #require(disk.files.first { $0.name.hasSuffix(".blocks") })
    let mark = DiskPath("blocks/00000000000000000001.damaged")
    disk.flip(path, at: 140)
    let damage: Damage
    do {
      var log = try BlockLog.open(on: disk, StorageSample.configuration, damage: .leaveHoles)
      #expect(LogCondition(log).isWhole, "nothing of it was read")
      let error = #expect(throws: StorageError.self) { _ = try log.block(at: Height(1)) }
      damage = try #require(error?.damage)
      try log.quarantine(damage)
      #expect(!LogCondition(log).isWhole)
    }
    #expect(disk.content(mark) == Array("\(damage)\n".utf8))
    disk.restart(.synced)
    var log = try BlockLog.open(on: disk, StorageSample.configuration, damage: .leaveHoles)
    #expect(LogCondition(log).nextWanted == Height(1))
    #expect(LogCondition(log).canGrow)
    try log.append(StorageSample.entries(10...10), from: Height(10))
    try log.fill(StorageSample.entries(1...1), from: Height(1))
    #expect(LogCondition(log).isWhole)
    #expect(disk.content(mark) == nil)
    #expect(try BlockLog.verify(on: disk, StorageSample.configuration) == [])
  }

  @Test("reads up to a hole and behind it, and says where it is")
  func reading() throws {
    let disk = try Self.disk()
    disk.replace(DiskPath("blocks/00000000000000000004.blocks"), with: nil)
    var log = try BlockLog.open(on: disk, StorageSample.configuration, damage: .leaveHoles)
    let holes = log.holes
    let hole = try #require(holes.first)
    let (low, high) = (hole.heights.lowerBound, hole.heights.upperBound)
    #expect(holes.count == 1 && hole.segment == low && low == Height(4))
    let firstMissing = [1, 5, high.rawValue].map { log.firstMissing(from: Height($0)) }
    #expect(firstMissing == [low, Height(5), Height(10)])
    var reader = log.reader(from: Height(1))
    #expect(try reader.nextBatch(byteCount: 1 << 20).map(\.height.rawValue) == [1, 2, 3])
    #expect(throws: StorageError.missingBlocks(hole.heights)) {
      _ = try reader.nextBatch(byteCount: 1 << 20)
    }
    var behind = log.reader(from: high)
    #expect(try behind.next()?.bytes == StorageSample.block(high.rawValue))
    #expect(throws: StorageError.missingBlocks(hole.heights)) { _ = try log.block(at: low) }
    let lastCertified = try log.lastCertified(below: low)
    #expect(lastCertified == Height(3))
    #expect(throws: StorageError.outOfOrder(nextHeight: low)) {
      try log.fill(StorageSample.entries(5...5), from: Height(5))
    }
    #expect(throws: StorageError.missingSegment(firstHeight: low)) {
      _ = try BlockLog.open(on: disk, StorageSample.configuration)
    }
  }

  @Test("takes no blocks behind a hole where it grows, until that is filled")
  func holeAtEnd() throws {
    let disk = try Self.disk()
    let last = try #require(disk.files.last { $0.name.hasSuffix(".blocks") })
    let first = try #require(UInt64(last.name.prefix(20)))
    disk.flip(last, at: 130)
    var log = try BlockLog.open(on: disk, StorageSample.configuration, damage: .leaveHoles)
    #expect(!LogCondition(log).canGrow)
    #expect(throws: StorageError.missingBlocks(Height(first)..<Height(10))) {
      try log.append(StorageSample.entries(10...10), from: Height(10))
    }
    // Passed over are what is there, and what comes behind the end.
    try log.fill(StorageSample.entries(first...11), from: Height(first))
    let condition = LogCondition(log)
    #expect(condition.canGrow && condition.isWhole && condition.nextHeight == Height(10))
    try log.append(StorageSample.entries(10...10), from: Height(10))
  }

  @Test("names the segment that blocks which were all given do not make")
  func contradicted() throws {
    let disk = try Self.disk()
    let path = DiskPath("blocks/00000000000000000001.blocks")
    disk.replace(path, with: nil)
    var log = try BlockLog.open(on: disk, StorageSample.configuration, damage: .leaveHoles)
    for height in UInt64(1)...2 {
      try log.fill(StorageSample.entries(height...height), from: Height(height))
    }
    let wrong = BlockLog.Entry(
      block: Array(StorageSample.block(3).reversed()), certificate: [1])
    let error = #expect(throws: StorageError.self) { try log.fill([wrong], from: Height(3)) }
    #expect(error?.damage?.kind == .digest && error?.damage?.file == path)
    #expect(LogCondition(log).nextWanted == Height(1), "it begins anew")
    try log.fill(StorageSample.entries(1...3), from: Height(1))
    #expect(LogCondition(log).isWhole)
  }

  @Test("asks for all of a segment whose whole records are not those that were there")
  func forged() throws {
    let (disk, expected) = (try Self.disk(), try Self.expectedSegments())
    let path = DiskPath("blocks/00000000000000000001.blocks")
    let other = try StorageSample.disk(blocks: 9)
    // Another first block, with a right checksum.
    var bytes = try other.bytes(path.text)
    var record: [UInt8] = []
    let block = Array(StorageSample.block(1).reversed())
    record += withUnsafeBytes(of: UInt32(block.count).littleEndian) { Array($0) }
    record += withUnsafeBytes(of: CRC32C.of(record + block).littleEndian) { Array($0) }
    record += block
    bytes.replaceSubrange(116..<116 + record.count, with: record)
    disk.replace(path, with: bytes)
    disk.replace(DiskPath("blocks/00000000000000000001.sha256"), with: nil)
    let healing = try #require(heal(disk, expected, "forged"))
    #expect(healing.fetched == [1, 2, 3])
  }

  @Test("finds what recovery finds when nothing is damaged", arguments: UInt64(0)..<150)
  func sameAsRecovery(index: UInt64) throws {
    let disk = SimulatedDisk()
    var workload = StorageWorkload(disk)
    disk.inject(.powerCut(perMille: 500), at: Int(index) + 10)
    #expect(throws: StorageError.self) { try workload.run() }
    disk.restart(.some(seed: index))
    let nextHeight: Height
    do {
      nextHeight = try BlockLog.open(on: disk.copy(), StorageSample.configuration).nextHeight
    } catch {
      return
    }
    // A mark makes it look at everything.
    disk.replace(DiskPath("blocks/00000000000000000001.damaged"), with: [])
    let log = try BlockLog.open(on: disk, StorageSample.configuration, damage: .leaveHoles)
    #expect(LogCondition(log).isWhole)
    #expect(LogCondition(log).nextHeight == nextHeight)
    #expect(disk.content(DiskPath("blocks/00000000000000000001.damaged")) == nil)
    try workload.run()
  }
}

/// What `#expect` cannot look at in a log, which cannot be copied.
private struct LogCondition {
  let isWhole: Bool
  let canGrow: Bool
  let nextWanted: Height?
  let nextHeight: Height

  init(_ log: borrowing BlockLog) {
    isWhole = log.isWhole
    canGrow = log.canGrow
    nextWanted = log.nextWanted
    nextHeight = log.nextHeight
  }
}

extension StorageError {
  fileprivate var damage: Damage? {
    guard case .damaged(let damage) = self else { return nil }
    return damage
  }
}
