import Ledger
import SimulatedMachine
import Storage
import TestSupport
import Testing

/// Inverts every byte of every file, one at a time.
@Suite("Storage with a flipped byte")
struct StorageDamageTests {
  private let configuration = StorageSample.configuration
  private static let blockCount: UInt64 = 8

  @Test("the block log names file and bytes, and never loses a block", arguments: [0xFF, 1, 0])
  func blockLog(_ mask: UInt8) throws {
    let disk = try StorageSample.disk(blocks: Self.blockCount)
    let files = disk.files
    #expect(files.filter { $0.name.hasSuffix(".sha256") }.count >= 4)
    for path in files {
      let content = try disk.bytes(path.text)
      for offset in content.indices {
        // Mask 0 stands for the one that leaves a zero.
        let bits = mask == 0 ? content[offset] : mask
        guard bits != 0 else { continue }
        let copy = disk.copy()
        copy.flip(path, at: offset, mask: bits)
        let damages = try BlockLog.verify(on: copy, configuration)
        let isNamed = damages.contains {
          $0.file == path && $0.byteRange.contains(UInt64(offset))
        }
        #expect(isNamed, "\(path), byte \(offset), mask \(bits): \(damages)")
        try expectNothingLost(copy, "\(path), byte \(offset), mask \(bits)")
      }
    }
  }

  /// Opening either names the damage or finds all blocks; reading one likewise.
  private func expectNothingLost(_ disk: SimulatedDisk, _ what: String) throws {
    let before = disk.files.map { disk.content($0) }
    do {
      try expectAllBlocks(disk, what)
    } catch StorageError.damaged {
      #expect(disk.files.map { disk.content($0) } == before, "\(what) was altered")
    }
  }

  private func expectAllBlocks(_ disk: SimulatedDisk, _ what: String) throws {
    var log = try BlockLog.open(on: disk, configuration)
    let (next, cuts) = (log.nextHeight.rawValue, log.cuts)
    #expect(next == Self.blockCount + 1 && cuts.isEmpty, "\(what): \(next), \(cuts)")
    for height in 1..<next { try expectBlock(&log, height, what) }
  }

  private func expectBlock(_ log: inout BlockLog, _ height: UInt64, _ what: String) throws {
    do {
      let block = try log.block(at: Height(height))
      #expect(block == StorageSample.block(height), "\(what)")
    } catch {
      guard case .damaged = error else { throw error }
    }
  }

  @Test("the block log names a file that was cut short anywhere but at its very end")
  func truncated() throws {
    let disk = try StorageSample.disk(blocks: Self.blockCount)
    for path in disk.files {
      let content = try disk.bytes(path.text)
      for count in content.indices {
        let copy = disk.copy()
        copy.replace(path, with: Array(content.prefix(count)))
        let damages = try BlockLog.verify(on: copy, configuration)
        let isLastSidecar = path == disk.files.last { $0.name.hasSuffix(".certificates") }
        // There it cannot be told from a write that never was finished.
        guard !isLastSidecar || count < 76 else { continue }
        #expect(damages.contains { $0.file == path }, "\(path) to \(count): \(damages)")
      }
    }
  }

  @Test("the journal is mended from its other copy", arguments: ["a", "b"])
  func journal(_ copyName: String) throws {
    let disk = try journalDisk()
    let path = DiskPath("journal/00000000000000000001.\(copyName)")
    let content = try disk.bytes(path.text)
    for offset in content.indices {
      let copy = disk.copy()
      copy.flip(path, at: offset)
      var journal = try Journal.open(on: copy, network: StorageSample.network)
      let (records, healed) = (journal.takeRecords(), journal.healed)
      #expect(records == Self.journalRecords)
      // A longer length in the last record of the second copy looks like an unfinished write.
      let isLastLength = copyName == "b" && offset >= content.count - 61
      let isNamed = healed.contains {
        $0.file == path && $0.byteRange.contains(UInt64(offset))
      }
      #expect(isLastLength || isNamed, "byte \(offset): \(healed)")
      #expect(copy.content(path) == content)
    }
    for count in content.indices {
      let copy = disk.copy()
      copy.replace(path, with: Array(content.prefix(count)))
      var journal = try Journal.open(on: copy, network: StorageSample.network)
      #expect(journal.takeRecords() == Self.journalRecords)
      #expect(copy.content(path) == content)
    }
  }

  @Test("the journal refuses when a record is whole in neither copy")
  func journalLost() throws {
    let disk = try journalDisk()
    let paths = ["a", "b"].map { DiskPath("journal/00000000000000000001.\($0)") }
    let content = try disk.bytes(paths[0].text)
    for offset in content.indices {
      let copy = disk.copy()
      for path in paths { copy.flip(path, at: offset) }
      guard case .damaged(let damage)? = failureOpeningJournal(copy) else {
        Issue.record("opened with byte \(offset) flipped in both")
        continue
      }
      #expect(paths.contains(damage.file))
      #expect(damage.byteRange.contains(UInt64(offset)))
      #expect(copy.content(paths[0]) == copy.content(paths[1]))
    }
  }

  private func failureOpeningJournal(_ disk: SimulatedDisk) -> StorageError? {
    do {
      _ = try Journal.open(on: disk, network: StorageSample.network)
      return nil
    } catch {
      return error
    }
  }

  @Test("the journal is mended when a copy is missing, and refuses when both are")
  func journalMissing() throws {
    let disk = try journalDisk()
    let paths = ["a", "b"].map { DiskPath("journal/00000000000000000001.\($0)") }
    for path in paths {
      let copy = disk.copy()
      copy.replace(path, with: nil)
      var journal = try Journal.open(on: copy, network: StorageSample.network)
      let (records, healed) = (journal.takeRecords(), journal.healed)
      #expect(records == Self.journalRecords)
      #expect(healed == [Damage(.missing, in: path, at: 0..<0)])
      #expect(copy.content(path) == disk.content(path))
    }
    for path in paths { disk.replace(path, with: nil) }
    let damage = Damage(.missing, in: DiskPath("journal"), at: 0..<0)
    #expect(throws: StorageError.damaged(damage)) {
      _ = try Journal.open(on: disk, network: StorageSample.network)
    }
  }

  private static let journalRecords = (0..<4).map { StorageSample.record($0) }

  /// A journal that was compacted once and appended to afterwards.
  private func journalDisk() throws -> SimulatedDisk {
    let disk = SimulatedDisk()
    try Journal.create(on: disk, network: StorageSample.network)
    var journal = try Journal.open(on: disk, network: StorageSample.network)
    try journal.compact(keeping: Array(Self.journalRecords.prefix(2)))
    for record in Self.journalRecords.dropFirst(2) {
      journal.append(record)
      try journal.sync()
    }
    return disk
  }
}
