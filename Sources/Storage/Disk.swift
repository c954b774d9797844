/// All file access of the block log, the journal and the data directory.
///
/// A disk is one directory tree. Production has `PosixDisk`; tests and the simulator have a disk
/// that fails on demand and forgets what was not synced. What callers may rely on is no more than
/// what POSIX and ext4 or XFS give:
/// - written bytes survive a power cut only after `DiskFile.sync()`,
/// - a created, renamed or removed name survives only after `syncDirectory(_:)` of its directory,
/// - a rename is atomic,
/// - after a failed sync nothing is known about the bytes written since the last good one, and
///   syncing again may claim success without having written them: the failure is final.
package protocol Disk: AnyObject, Sendable {
  /// Creates a directory (mode 0700). Its parent exists.
  func createDirectory(_ path: DiskPath) throws(DiskError)
  func open(_ path: DiskPath, _ mode: DiskOpenMode) throws(DiskError) -> any DiskFile
  /// The names in a directory, in the order of their bytes.
  func list(_ directory: DiskPath) throws(DiskError) -> [String]
  /// Renames a file within its directory, replacing what has the name already.
  func rename(_ path: DiskPath, to name: String) throws(DiskError)
  /// Removes a file.
  func remove(_ path: DiskPath) throws(DiskError)
  func syncDirectory(_ path: DiskPath) throws(DiskError)
  /// Takes the lock on a file, which is created if need be and then holds this process's id. The
  /// lock is held as long as the value lives, at most as long as the process.
  func lock(_ path: DiskPath) throws(DiskError) -> any DiskLock
  /// Bytes that this process may still write.
  func freeByteCount() throws(DiskError) -> UInt64
}

package enum DiskOpenMode: Hashable, Sendable {
  /// An existing file, to read.
  case read
  /// An existing file, to read and write.
  case readWrite
  /// An empty file (mode 0600), new or in place of what has the name.
  case createEmpty
}

/// An open file; closed when the last reference goes.
package protocol DiskFile: AnyObject, Sendable {
  var path: DiskPath { get }
  func byteCount() throws(DiskError) -> UInt64
  /// Fills `buffer` from `offset` on and returns how many bytes there were: fewer than the buffer
  /// holds only at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(DiskError) -> Int
  /// Writes all of `bytes` at `offset`. When it throws, any part may have been written.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(DiskError)
  func truncate(to byteCount: UInt64) throws(DiskError)
  /// Returns when the content is on stable storage (fdatasync).
  func sync() throws(DiskError)
}

/// A held lock; released when the last reference goes.
package protocol DiskLock: AnyObject, Sendable {}

extension DiskFile {
  package func write(_ bytes: [UInt8], at offset: UInt64) throws(DiskError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(DiskError) in
      try write(UnsafeRawBufferPointer(bytes), at: offset)
    }
  }

  /// Up to `count` bytes from `offset` on; fewer only at the end of the file.
  package func read(_ count: Int, at offset: UInt64) throws(DiskError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let read = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(DiskError) in
      try self.read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
    bytes.removeLast(count - read)
    return bytes
  }
}

extension Disk {
  /// The content of a small file.
  func readAll(_ path: DiskPath) throws(DiskError) -> [UInt8] {
    let file = try open(path, .read)
    return try file.read(Int(try file.byteCount()), at: 0)
  }

  func createDirectoryIfAbsent(_ path: DiskPath) throws(DiskError) {
    do {
      try createDirectory(path)
    } catch {
      guard error.reason == .exists else { throw error }
    }
  }

  /// Creates a file whole or not at all: writes `<name>.new`, syncs it and renames it. The name
  /// survives a power cut once the directory has been synced, which is the caller's.
  func createAtomically(_ path: DiskPath, _ bytes: [UInt8]) throws(DiskError) {
    let temporary = path.parent.appending(path.name + temporarySuffix)
    let file = try open(temporary, .createEmpty)
    try file.write(bytes, at: 0)
    try file.sync()
    try rename(temporary, to: path.name)
  }
}

/// What files end in until they are whole; leftovers are removed at the next start.
let temporarySuffix = ".new"
