import Cryptography
import Ledger
import SimulatedMachine
import Storage
import TestSupport

/// Blocks, certificates and votes to store, the same at every run.
enum StorageSample {
  /// 00 01 02 ... 1f
  static let network = Digest(
    words: (
      0x0001_0203_0405_0607, 0x0809_0a0b_0c0d_0e0f, 0x1011_1213_1415_1617, 0x1819_1a1b_1c1d_1e1f
    ))
  /// Three or four blocks a segment.
  static let configuration = BlockLog.Configuration(
    network: network, segmentByteCount: 300, maximumBlockByteCount: 4096)

  /// 40 to 79 bytes.
  static func block(_ height: UInt64) -> [UInt8] {
    bytes(seed: height, count: 40 + Int(height * 7 % 40))
  }

  static func certificate(_ height: UInt64) -> [UInt8] {
    bytes(seed: height + 1000, count: 30 + Int(height % 5))
  }

  static func record(_ number: UInt64) -> Journal.Record {
    Journal.Record(kind: UInt8(number % 3), bytes: bytes(seed: number + 2000, count: 10))
  }

  /// Blocks of which only the last and every third have certificates of their own.
  static func entries(_ heights: ClosedRange<UInt64>) -> [BlockLog.Entry] {
    heights.map { height in
      let isCertified = height == heights.upperBound || height.isMultiple(of: 3)
      return BlockLog.Entry(
        block: block(height), certificate: isCertified ? certificate(height) : nil)
    }
  }

  static func bytes(seed: UInt64, count: Int) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  /// A disk with a log of `count` blocks, one append each.
  static func disk(blocks count: UInt64) throws -> SimulatedDisk {
    let disk = SimulatedDisk()
    try BlockLog.create(on: disk, configuration)
    var log = try BlockLog.open(on: disk, configuration)
    for height in 1...count {
      try log.append(entries(height...height), from: Height(height))
    }
    return disk
  }
}

extension SimulatedDisk {
  func bytes(_ path: String) throws -> [UInt8] {
    guard let content = content(DiskPath(path)) else { throw MissingFile(path: path) }
    return content
  }
}

struct MissingFile: Error {
  let path: String
}
