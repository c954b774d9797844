import Cryptography

/// The directory in which a node keeps its data; held by one process at a time.
///
///     format         "hypothec data 1\nnetwork <64 hexadecimal digits>\n"
///     lock           locked by the process that works here; its process id
///     blocks/        the block log: segments and their seals
///     certificates/  the block log: certificates and their seals
///     journal/       the node's own votes
///     index/         RocksDB, derived from the block log
///
/// **Creation** is whole or not at all. `format.new` is written and made durable first, then
/// everything else, and last `format.new` becomes `format`, which is the commit point. A directory
/// with `format.new` and without `format` was never finished: creating it again starts by removing
/// what lies in these directories. One with files in them and neither is refused.
package struct DataDirectory: ~Copyable {
  package static let indexName = "index"
  private static let formatPath = DiskPath("format")
  private static let unfinishedPath = DiskPath("format" + temporarySuffix)
  private static let lockPath = DiskPath("lock")
  private static let owned = [LogLayout.blocks, LogLayout.certificates, JournalFiles.directory]

  package let disk: any Disk
  package let network: Digest
  private let lock: any DiskLock

  /// Opens an existing directory and locks it.
  ///
  /// - Parameter network: the network that it must belong to; any if `nil`.
  /// - Throws: `.inUse`, `.notADataDirectory`, `.foreignNetwork`, `.newerFormat`, `.damaged` and
  ///   what the disk throws, `.readOnly` and `.accessDenied` among it.
  package static func open(
    on disk: any Disk, network: Digest? = nil
  ) throws(StorageError) -> DataDirectory {
    let lock = try takeLock(disk)
    guard let found = try readFormat(disk) else { throw .notADataDirectory }
    if let network, network != found { throw .foreignNetwork(formatPath, found) }
    // The creation may have died between giving `format` its name and making that durable.
    try attempt { () throws(DiskError) in try disk.syncDirectory(.root) }
    return DataDirectory(disk: disk, network: found, lock: lock)
  }

  /// Sets up a directory that exists and locks it: an empty block log and an empty journal.
  ///
  /// - Throws: `.alreadyADataDirectory` if it was set up before or holds files of one.
  package static func create(
    on disk: any Disk, _ log: BlockLog.Configuration
  ) throws(StorageError) -> DataDirectory {
    let lock = try takeLock(disk)
    guard try readFormat(disk) == nil else { throw .alreadyADataDirectory }
    try removeUnfinished(disk)
    try attempt { () throws(DiskError) in
      let file = try disk.open(unfinishedPath, .createEmpty)
      try file.write(format(log.network), at: 0)
      try file.sync()
      try disk.syncDirectory(.root)
    }
    try BlockLog.create(on: disk, log)
    try Journal.create(on: disk, network: log.network)
    try attempt { () throws(DiskError) in
      try disk.rename(unfinishedPath, to: formatPath.name)
      try disk.syncDirectory(.root)
    }
    return DataDirectory(disk: disk, network: log.network, lock: lock)
  }

  private static func takeLock(_ disk: any Disk) throws(StorageError) -> any DiskLock {
    do {
      return try disk.lock(lockPath)
    } catch {
      guard case .locked(let processIdentifier) = error.reason else { throw .disk(error) }
      throw .inUse(processIdentifier: processIdentifier)
    }
  }

  private static func format(_ network: Digest) -> [UInt8] {
    Array("hypothec data 1\nnetwork \(network)\n".utf8)
  }

  /// The network in `format`, `nil` if there is no such file.
  private static func readFormat(_ disk: any Disk) throws(StorageError) -> Digest? {
    let bytes: [UInt8]
    do {
      bytes = try disk.readAll(formatPath)
    } catch  where error.reason == .notFound {
      return nil
    } catch {
      throw .disk(error)
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let prefix = "hypothec data "
    if let first = lines.first, first.hasPrefix(prefix), first != prefix + "1",
      let version = UInt32(first.dropFirst(prefix.count))
    {
      throw .newerFormat(formatPath, version: String(version))
    }
    let network = lines.dropFirst().first.flatMap { Digest(hexadecimal: String($0.suffix(64))) }
    guard let network, bytes == format(network) else {
      throw .damaged(Damage(.header, in: formatPath, at: 0..<UInt64(bytes.count)))
    }
    return network
  }

  /// Removes what an unfinished creation left; refuses files that no creation left.
  private static func removeUnfinished(_ disk: any Disk) throws(StorageError) {
    let names = try attempt { () throws(DiskError) in try disk.list(.root) }
    for directory in owned where names.contains(directory.name) {
      let files = try attempt { () throws(DiskError) in try disk.list(directory) }
      guard files.isEmpty || names.contains(unfinishedPath.name) else {
        throw .alreadyADataDirectory
      }
      try attempt { () throws(DiskError) in
        for name in files { try disk.remove(directory.appending(name)) }
      }
    }
  }
}
