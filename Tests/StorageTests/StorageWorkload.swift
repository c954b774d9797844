import Ledger
import SimulatedMachine
import Storage
import TestSupport

/// A node's storage life: it sets up a directory, votes, commits blocks, compacts its journal; it
/// may be stopped anywhere and goes on from what it finds. Keeps book of what it was told is
/// safe, and checks that against what it finds.
struct StorageWorkload {
  struct Violation: Error, CustomStringConvertible {
    let description: String
  }

  static let lastHeight: UInt64 = 13
  /// How many blocks are appended at once, in turn: one, and more than fill a segment or two.
  private static let groups: [UInt64] = [1, 2, 7, 1]

  private let disk: SimulatedDisk
  private let configuration = StorageSample.configuration
  private var wasCreated = false
  private var acknowledgedHeight: UInt64 = 0
  private var submittedHeight: UInt64 = 0
  /// What the journal held when it last said so, and what it may hold if an operation was begun.
  private var journalRecords: [Journal.Record] = []
  private var journalMay: [[Journal.Record]] = [[]]
  private var voteCount: UInt64 = 0
  /// Whether an operation found no room and was tried again.
  private(set) var hasSeenFullDisk = false

  init(_ disk: SimulatedDisk) {
    self.disk = disk
  }

  /// Opens what there is, checks it, and goes on to the end.
  ///
  /// - Throws: `StorageError` where storage gave up; `Violation` where it broke its word.
  mutating func run() throws {
    let directory = try openOrCreate()
    var log = try BlockLog.open(on: directory.disk, configuration)
    var journal = try Journal.open(on: directory.disk, network: StorageSample.network)
    try check(&log)
    try check(&journal)
    while log.nextHeight.rawValue <= Self.lastHeight {
      try vote(&journal)
      try append(&log)
      if voteCount.isMultiple(of: 3) { try compact(&journal) }
    }
  }

  private mutating func openOrCreate() throws -> DataDirectory {
    guard !wasCreated, disk.content(DiskPath("format")) == nil else {
      return try DataDirectory.open(on: disk, network: StorageSample.network)
    }
    let directory = try DataDirectory.create(on: disk, configuration)
    wasCreated = true
    return directory
  }

  private mutating func vote(_ journal: inout Journal) throws {
    let records = [StorageSample.record(voteCount), StorageSample.record(voteCount + 1)]
    voteCount += 2
    for record in records { journal.append(record) }
    let before = journalRecords
    journalMay = (0...records.count).map { before + records.prefix($0) }
    do {
      try journal.sync()
    } catch {
      try checkTransient(error)
      try journal.sync()
    }
    journalRecords = before + records
    journalMay = [journalRecords]
  }

  private mutating func compact(_ journal: inout Journal) throws {
    let kept = Array(journalRecords.suffix(2))
    journalMay = [journalRecords, kept]
    do {
      try journal.compact(keeping: kept)
    } catch {
      try checkTransient(error)
      try journal.compact(keeping: kept)
    }
    journalRecords = kept
    journalMay = [kept]
  }

  private mutating func append(_ log: inout BlockLog) throws {
    let first = log.nextHeight.rawValue
    let group = Self.groups[Int(first) % Self.groups.count]
    let last = min(first + group - 1, Self.lastHeight)
    submittedHeight = max(submittedHeight, last)
    do {
      try log.append(StorageSample.entries(first...last), from: log.nextHeight)
    } catch {
      try checkTransient(error)
      let next = log.nextHeight.rawValue
      if next <= last {
        try log.append(StorageSample.entries(next...last), from: log.nextHeight)
      }
    }
    acknowledgedHeight = last
  }

  /// Throws the error on unless the same call may succeed once there is room again.
  private mutating func checkTransient(_ error: StorageError) throws {
    guard case .disk(let cause) = error, cause.reason == .noSpace else { throw error }
    hasSeenFullDisk = true
  }

  private mutating func check(_ log: inout BlockLog) throws {
    let next = log.nextHeight.rawValue
    guard next > acknowledgedHeight, next <= max(submittedHeight, acknowledgedHeight) + 1 else {
      throw Violation(
        description: "\(next - 1) blocks; \(acknowledgedHeight)...\(submittedHeight) expected")
    }
    acknowledgedHeight = next - 1
    for height in 1..<next {
      guard try log.block(at: Height(height)) == StorageSample.block(height) else {
        throw Violation(description: "another block at height \(height)")
      }
      let certificate = try log.certificate(covering: Height(height))
      guard let certificate,
        certificate.bytes == StorageSample.certificate(certificate.height.rawValue)
      else { throw Violation(description: "no certificate for height \(height)") }
    }
  }

  private mutating func check(_ journal: inout Journal) throws {
    let records = journal.takeRecords()
    guard journalMay.contains(records) else {
      throw Violation(description: "\(records.count) records of \(journalMay.map(\.count))")
    }
    journalRecords = records
    journalMay = [records]
  }

  /// The files that must be the same in every run that came to the end.
  static func segments(of disk: SimulatedDisk) -> [[UInt8]] {
    disk.files.filter { $0.parent == DiskPath("blocks") }.compactMap { disk.content($0) }
  }
}
