import Cryptography
import Ledger
import SimulatedMachine
import Storage
import TestSupport
import Testing

@Suite("A block log")
struct BlockLogTests {
  private let configuration = StorageSample.configuration

  @Test("gives back what was appended, before and after it was opened again")
  func readsBack() throws {
    let disk = SimulatedDisk()
    try BlockLog.create(on: disk, configuration)
    var log = try BlockLog.open(on: disk, configuration)
    let lastHeight = log.lastHeight
    #expect(lastHeight == nil)
    try log.append(StorageSample.entries(1...1), from: Height(1))
    try log.append(StorageSample.entries(2...11), from: Height(2))
    try log.append(StorageSample.entries(12...14), from: Height(12))
    try expectBlocks(&log, 1...14)

    disk.restart(.synced)
    var reopened = try BlockLog.open(on: disk, configuration)
    try expectBlocks(&reopened, 1...14)
    let cuts = reopened.cuts
    #expect(cuts.isEmpty)
    #expect(try BlockLog.verify(on: disk, configuration) == [])
  }

  private func expectBlocks(_ log: inout BlockLog, _ heights: ClosedRange<UInt64>) throws {
    let nextHeight = log.nextHeight.rawValue
    #expect(nextHeight == heights.upperBound + 1)
    for height in heights {
      let block = try log.block(at: Height(height))
      #expect(block == StorageSample.block(height))
      let certificate = try log.certificate(covering: Height(height))
      #expect(certificate.map { $0.height.rawValue >= height } == true)
      #expect(
        certificate?.bytes == certificate.map { StorageSample.certificate($0.height.rawValue) })
    }
    let (below, above) = (
      try log.block(at: Height(heights.lowerBound - 1)),
      try log.block(at: Height(heights.upperBound + 1))
    )
    #expect(below == nil)
    #expect(above == nil)
  }

  @Test("finds the certificate of a later block where a block has none")
  func coveringCertificate() throws {
    let disk = SimulatedDisk()
    try BlockLog.create(on: disk, configuration)
    var log = try BlockLog.open(on: disk, configuration)
    try log.append(StorageSample.entries(1...20), from: Height(1))
    for height in 1...20 as ClosedRange<UInt64> {
      let next = min((height + 2) / 3 * 3, 20)
      let certificate = try log.certificate(covering: Height(height))
      #expect(certificate?.height == Height(next))
    }
    let certificate = try log.certificate(covering: Height(21))
    #expect(certificate == nil)
  }

  @Test("has the same sealed segments however the blocks were grouped")
  func byteIdentity() throws {
    let one = try StorageSample.disk(blocks: 30)
    for size in [2, 3, 7, 30] as [UInt64] {
      let other = SimulatedDisk()
      try BlockLog.create(on: other, configuration)
      var log = try BlockLog.open(on: other, configuration)
      while log.nextHeight.rawValue <= 30 {
        let heights = log.nextHeight.rawValue...min(log.nextHeight.rawValue + size - 1, 30)
        try log.append(StorageSample.entries(heights), from: Height(heights.lowerBound))
      }
      let segments = one.files.filter { $0.parent == DiskPath("blocks") }
      #expect(segments.count > 10)
      #expect(segments == other.files.filter { $0.parent == DiskPath("blocks") })
      for path in segments { #expect(one.content(path) == other.content(path)) }
    }
  }

  @Test("reads in order from any height, in batches of any size", arguments: [1, 100, 100_000])
  func reader(byteCount: Int) throws {
    let disk = try StorageSample.disk(blocks: 20)
    let log = try BlockLog.open(on: disk, configuration)
    for start in 0...22 as ClosedRange<UInt64> {
      var reader = log.reader(from: Height(start))
      var heights: [UInt64] = []
      while case let batch = try reader.nextBatch(byteCount: byteCount), !batch.isEmpty {
        for block in batch { #expect(block.bytes == StorageSample.block(block.height.rawValue)) }
        heights += batch.map(\.height.rawValue)
      }
      #expect(heights == Array(max(start, 1)..<max(21, start)))
    }
  }

  @Test("refuses a block that is not the next")
  func outOfOrder() throws {
    let disk = try StorageSample.disk(blocks: 2)
    var log = try BlockLog.open(on: disk, configuration)
    #expect(failure(appending: 4...4, to: &log) == .outOfOrder(nextHeight: Height(3)))
  }

  @Test("resumes after a full disk with nothing lost")
  func fullDisk() throws {
    let disk = try StorageSample.disk(blocks: 5)
    var log = try BlockLog.open(on: disk, configuration)
    let used = disk.files.reduce(0) { $0 + (disk.content($1)?.count ?? 0) }
    for room in 0..<900 {
      disk.setCapacity(used + room)
      guard let error = failure(appending: log.nextHeight.rawValue...9, to: &log) else { break }
      guard case .disk(let cause) = error else { throw error }
      #expect(cause.reason == .noSpace)
    }
    try expectBlocks(&log, 1...9)
    disk.setCapacity(nil)
    disk.restart(.synced)
    var reopened = try BlockLog.open(on: disk, configuration)
    try expectBlocks(&reopened, 1...9)
    #expect(try BlockLog.verify(on: disk, configuration) == [])
  }

  @Test("stops for good after a failed sync")
  func failedSync() throws {
    let disk = try StorageSample.disk(blocks: 5)
    var log = try BlockLog.open(on: disk, configuration)
    let before = disk.operationCount
    // Write and sync of the block, write and sync of the certificate.
    disk.inject(.fail(.io), at: before + 3)
    let path = DiskPath("certificates/00000000000000000004.certificates")
    let syncFailure = DiskError(.sync, path, .io)
    #expect(failure(appending: 6...6, to: &log) == .disk(syncFailure))
    let nextHeight = log.nextHeight.rawValue
    #expect(nextHeight == 6)
    let count = disk.operationCount
    for _ in 0..<2 {
      #expect(failure(appending: 6...6, to: &log) == .stopped(syncFailure))
    }
    #expect(disk.operationCount == count)
  }

  @Test("writes again what a failed sync may have dropped")
  func droppedByFailedSync() throws {
    let disk = try StorageSample.disk(blocks: 5)
    do {
      var log = try BlockLog.open(on: disk, configuration)
      disk.inject(.fail(.io), at: disk.operationCount + 3)
      #expect(failure(appending: 6...6, to: &log) != nil)
    }
    disk.restart(.everything)
    let found = try BlockLog.open(on: disk, configuration).nextHeight
    disk.restart(.synced)
    let foundAgain = try BlockLog.open(on: disk, configuration).nextHeight
    #expect(found == foundAgain)
  }

  @Test("names a missing segment")
  func missingSegment() throws {
    let disk = try StorageSample.disk(blocks: 20)
    let names = disk.files.filter { $0.name.hasSuffix(".blocks") }
    for path in names {
      let copy = disk.copy()
      copy.replace(path, with: nil)
      let height = try #require(UInt64(path.name.prefix(20)))
      #expect(throws: StorageError.missingSegment(firstHeight: Height(height)), "\(path)") {
        _ = try BlockLog.open(on: copy, configuration)
      }
      #expect(throws: StorageError.missingSegment(firstHeight: Height(height)), "\(path)") {
        _ = try BlockLog.verify(on: copy, configuration)
      }
    }
  }

  @Test("names a missing sidecar, and a missing seal before a sealed segment")
  func missingSidecar() throws {
    let disk = try StorageSample.disk(blocks: 20)
    for path in disk.files where path.name.hasSuffix(".certificates") {
      let copy = disk.copy()
      copy.replace(path, with: nil)
      #expect(throws: StorageError.damaged(Damage(.missing, in: path, at: 0..<0)), "\(path)") {
        _ = try BlockLog.open(on: copy, configuration)
      }
    }
    let seal = DiskPath("blocks/00000000000000000001.sha256")
    disk.replace(seal, with: nil)
    #expect(throws: StorageError.damaged(Damage(.missing, in: seal, at: 0..<0))) {
      _ = try BlockLog.open(on: disk, configuration)
    }
  }

  @Test("refuses the log of another network")
  func foreignNetwork() throws {
    let disk = try StorageSample.disk(blocks: 2)
    let path = DiskPath("certificates/00000000000000000001.certificates")
    let expected = StorageError.foreignNetwork(path, StorageSample.network)
    #expect(throws: expected) {
      _ = try BlockLog.open(on: disk, BlockLog.Configuration(network: .zero))
    }
  }

  @Test("refuses a newer format")
  func newerFormat() throws {
    let disk = try StorageSample.disk(blocks: 2)
    let path = DiskPath("blocks/00000000000000000001.blocks")
    var bytes = try disk.bytes(path.text)
    bytes.replaceSubrange(16..<18, with: Array("2\n".utf8))
    let checksum = CRC32C.of(Array(bytes.prefix(112)))
    bytes.replaceSubrange(112..<116, with: withUnsafeBytes(of: checksum.littleEndian) { Array($0) })
    disk.replace(path, with: bytes)
    #expect(throws: StorageError.newerFormat(path, version: "2")) {
      _ = try BlockLog.open(on: disk, configuration)
    }
  }

  private func failure(
    appending heights: ClosedRange<UInt64>, to log: inout BlockLog
  ) -> StorageError? {
    do {
      try log.append(StorageSample.entries(heights), from: Height(heights.lowerBound))
      return nil
    } catch {
      return error
    }
  }
}
