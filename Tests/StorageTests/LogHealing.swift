import Ledger
import SimulatedMachine
import Storage
import TestSupport

/// A node whose log is damaged and that can fetch any block: opens, looks at everything, fills what is
/// missing, grows, and ends with the log that it would have had.
struct LogHealing {
  struct Violation: Error, CustomStringConvertible {
    let description: String
  }

  let disk: SimulatedDisk
  /// All blocks that the log had, but for two that it may have been given since.
  private(set) var blockCount: UInt64
  private let lastHeight: UInt64
  var configuration = StorageSample.configuration
  /// Heights that were asked for.
  private(set) var fetched: [UInt64] = []
  private(set) var holes: [LogHole] = []

  init(_ disk: SimulatedDisk, blockCount: UInt64) {
    self.disk = disk
    self.blockCount = blockCount
    lastHeight = blockCount + 2
  }

  mutating func run() throws {
    var log = try BlockLog.open(on: disk, configuration, damage: .leaveHoles)
    log.declareMissing(through: Height(blockCount))
    blockCount = min(max(blockCount, log.nextHeight.rawValue - 1), lastHeight)
    try readAll(&log)
    holes = log.holes
    try checkReads(&log)
    try fill(&log)
    try checkWhole(&log)
    if blockCount < lastHeight {
      try log.append(
        StorageSample.entries(blockCount + 1...lastHeight), from: log.nextHeight)
    }
    let damages = try BlockLog.verify(on: disk, configuration)
    guard damages.isEmpty else { throw Violation(description: "\(damages)") }
  }

  /// Looks at everything, as a node does in its quiet hours and when it is asked for blocks.
  private func readAll(_ log: inout BlockLog) throws {
    var next: Height? = Height(1)
    while let height = next {
      let (segment, following) = log.scrub(at: height)
      if let damage = try segment?.run().first { try log.quarantine(damage) }
      next = following
    }
    for height in 1...blockCount {
      for _ in 0..<4 {
        do {
          _ = try log.block(at: Height(height))
          _ = try log.certificate(covering: Height(height))
          break
        } catch StorageError.damaged(let damage) {
          try log.quarantine(damage)
        } catch StorageError.missingBlocks {
          break
        }
      }
    }
  }

  /// Every block is the right one, or lies in a hole.
  private func checkReads(_ log: inout BlockLog) throws {
    guard log.nextHeight == Height(blockCount + 1) else {
      throw Violation(description: "the next height is \(log.nextHeight.rawValue)")
    }
    for height in 1...blockCount {
      do {
        guard try log.block(at: Height(height)) == StorageSample.block(height) else {
          throw Violation(description: "another block at height \(height)")
        }
      } catch StorageError.missingBlocks(let range) {
        guard range.contains(Height(height)), isInHole(height, log.holes) else {
          throw Violation(description: "height \(height) is missing in \(range)")
        }
      }
    }
    guard log.holes.isEmpty != (log.nextWanted != nil) else {
      throw Violation(description: "\(log.holes), but \(String(describing: log.nextWanted))")
    }
  }

  private func isInHole(_ height: UInt64, _ holes: [LogHole]) -> Bool {
    holes.contains { $0.heights.contains(Height(height)) }
  }

  private mutating func fill(_ log: inout BlockLog) throws {
    while let wanted = log.nextWanted {
      guard wanted.rawValue <= blockCount, fetched.count < 1_000 else {
        throw Violation(description: "wants \(wanted.rawValue) after \(fetched)")
      }
      fetched.append(wanted.rawValue)
      let entry = BlockLog.Entry(
        block: StorageSample.block(wanted.rawValue),
        certificate: StorageSample.certificate(wanted.rawValue))
      try log.fill([entry], from: wanted)
    }
  }

  private func checkWhole(_ log: inout BlockLog) throws {
    guard log.isWhole, log.holes.isEmpty, log.canGrow else {
      throw Violation(description: "not whole: \(log.holes)")
    }
    for height in 1...blockCount {
      guard try log.block(at: Height(height)) == StorageSample.block(height) else {
        throw Violation(description: "another block at height \(height)")
      }
      guard let certificate = try log.certificate(covering: Height(height)),
        certificate.bytes == StorageSample.certificate(certificate.height.rawValue)
      else { throw Violation(description: "no certificate for height \(height)") }
    }
  }
}
