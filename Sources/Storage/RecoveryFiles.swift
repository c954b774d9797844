/// The recovery records of a data directory: `recovery/<20 digits of the height>.recovery`, the record's
/// bytes and nothing else, whose signatures cover them.
package enum RecoveryFiles {
  private static let directory = DiskPath("recovery")
  private static let suffix = "recovery"
  /// No directory has as many by far.
  package static let countLimit = 1_024

  package struct File: Sendable {
    package let path: DiskPath
    package let bytes: [UInt8]
  }

  /// The files in the order of their heights; none if there is no such directory.
  ///
  /// - Parameter byteLimit: of a file; one that is longer is damaged.
  package static func all(
    on disk: any Disk, byteLimit: Int
  ) throws(StorageError) -> [File] {
    let names: [String]
    do throws(DiskError) {
      names = try disk.list(directory)
    } catch {
      guard error.reason == .notFound else { throw .disk(error) }
      return []
    }
    var files: [File] = []
    for height in LogLayout.numbers(in: names, suffix: suffix).prefix(countLimit) {
      files.append(try read(path(height), disk, byteLimit))
    }
    return files
  }

  private static func read(
    _ path: DiskPath, _ disk: any Disk, _ byteLimit: Int
  ) throws(StorageError) -> File {
    let file = try attempt { () throws(DiskError) in try disk.open(path, .read) }
    let byteCount = try attempt { () throws(DiskError) in try file.byteCount() }
    guard byteCount <= UInt64(byteLimit) else {
      throw .damaged(Damage(.surplus, in: path, at: UInt64(byteLimit)..<byteCount))
    }
    let bytes = try attempt { () throws(DiskError) in try file.read(Int(byteCount), at: 0) }
    return File(path: path, bytes: bytes)
  }

  /// Keeps a record; when this returns it is durable. One of the same height is replaced, whole or not
  /// at all.
  package static func keep(
    _ bytes: [UInt8], height: UInt64, on disk: any Disk
  ) throws(StorageError) {
    try attempt { () throws(DiskError) in
      try disk.createDirectoryIfAbsent(directory)
      try disk.syncDirectory(.root)
      try disk.createAtomically(path(height), bytes)
      try disk.syncDirectory(directory)
    }
  }

  private static func path(_ height: UInt64) -> DiskPath {
    directory.appending("\(LogLayout.digits(height)).\(suffix)")
  }
}
