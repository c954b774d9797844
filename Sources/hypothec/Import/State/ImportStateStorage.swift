import CommandInterface
import Documents
@preconcurrency import Glibc

/// Where a state's bytes are. A protocol because tests stop it at every step.
protocol ImportStateStorage: AnyObject {
  var byteCount: Int { get throws(Problem) }
  /// At most `count` bytes from `offset` on; fewer only at the end.
  func read(at offset: Int, count: Int) throws(Problem) -> [UInt8]
  func append(_ bytes: [UInt8]) throws(Problem)
  /// What was appended survives a power cut when this returns.
  func sync() throws(Problem)
  /// Keeps the first `byteCount` bytes.
  func truncate(to byteCount: Int) throws(Problem)
}

/// A file that this process alone has open.
final class ImportStateFile: ImportStateStorage {
  private let path: String
  private let descriptor: Int32

  /// Opens or creates the file. Throws IMPORT_RUNNING if another import has it.
  init(_ path: String) throws(Problem) {
    self.path = path
    let isNew = !LocalFile.exists(path)
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .cannotWrite(path, errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .importRunning(path) }
    if isNew { try syncDirectory() }
  }

  deinit { close(descriptor) }

  var byteCount: Int {
    get throws(Problem) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw .cannotRead(path, errno) }
      return Int(status.st_size)
    }
  }

  func read(at offset: Int, count: Int) throws(Problem) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let moved = bytes.withUnsafeMutableBytes { buffer in
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        return pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
      }
      if moved == 0 { return Array(bytes[..<filled]) }
      if moved > 0 {
        filled += moved
      } else if errno != EINTR {
        throw .cannotRead(path, errno)
      }
    }
    return bytes
  }

  func append(_ bytes: [UInt8]) throws(Problem) {
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        offset += count
      } else if errno != EINTR {
        throw .cannotWrite(path, errno)
      }
    }
  }

  func sync() throws(Problem) {
    guard fdatasync(descriptor) == 0 else { throw .cannotWrite(path, errno) }
  }

  func truncate(to byteCount: Int) throws(Problem) {
    guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw .cannotWrite(path, errno) }
  }

  /// Makes the file's name survive a power cut.
  private func syncDirectory() throws(Problem) {
    let directory = open(LocalPath.directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw .cannotWrite(path, errno) }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw .cannotWrite(path, errno) }
  }
}
