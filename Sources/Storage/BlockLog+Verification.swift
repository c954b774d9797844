import Ledger

extension BlockLog {
  /// Reads every byte of a log and returns all damage, in the order of the files; alters nothing,
  /// so it also serves a copy on a read-only disk.
  ///
  /// An unfinished write at the very end is no damage.
  ///
  /// - Throws: `.missingSegment`, `.foreignNetwork`, `.newerFormat` and what the disk throws.
  package static func verify(
    on disk: any Disk, _ configuration: Configuration
  ) throws(StorageError) -> [Damage] {
    let inventory: BlockLogInventory
    var damages: [Damage] = []
    do {
      inventory = try BlockLogInventory(disk, configuration)
    } catch .damaged(let damage) {
      return [damage] + (try damagesInSegments(on: disk, configuration, except: damage))
    }
    for (index, header) in inventory.sealed.enumerated() {
      let check = try SealedSegmentCheck(header, disk, configuration)
      damages += check.damages
      let following = inventory.sealed[(index + 1)...].first ?? inventory.open.first
      if let following, check.nextHeight != following.number, check.damages.isEmpty {
        throw .missingSegment(firstHeight: Height(check.nextHeight))
      }
    }
    guard !inventory.open.isEmpty else { return damages }
    do {
      _ = try BlockLogTail(inventory, disk, configuration)
    } catch .damaged(let damage) {
      damages.append(damage)
    }
    return damages
  }

  /// What is wrong with each segment alone, when headers or seals already are not right.
  private static func damagesInSegments(
    on disk: any Disk, _ configuration: Configuration, except known: Damage
  ) throws(StorageError) -> [Damage] {
    let names = try attempt { () throws(DiskError) in try disk.list(LogLayout.blocks) }
    var damages: [Damage] = []
    for height in LogLayout.numbers(in: names, suffix: "blocks") {
      do {
        let header = try BlockLogInventory.headers(of: height, disk, configuration.network)
        guard try Seal.read(of: LogLayout.blocks(from: height), disk) != nil else { continue }
        damages += try SealedSegmentCheck(header, disk, configuration).damages
      } catch .damaged(let damage) {
        damages.append(damage)
      }
    }
    return damages.filter { $0 != known }
  }
}
