@preconcurrency import Glibc

/// A directory of the file system.
///
/// Every access goes through the descriptor of the root, so that a directory that is renamed or
/// mounted over meanwhile stays the same directory.
package final class PosixDisk: Disk {
  private let root: FileDescriptor

  /// - Throws: `DiskError` on `open`, `.notFound` if there is no such directory.
  package init(root path: String) throws(DiskError) {
    let number = retrying { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard number >= 0 else { throw DiskError(.open, DiskPath(path), .current) }
    root = FileDescriptor(number: number)
  }

  /// Creates the directory itself (mode 0700); an existing one is left as it is.
  package static func createRoot(_ path: String) throws(DiskError) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw DiskError(.createDirectory, DiskPath(path), .current)
    }
  }

  package func createDirectory(_ path: DiskPath) throws(DiskError) {
    guard mkdirat(root.number, path.text, 0o700) == 0 else {
      throw DiskError(.createDirectory, path, .current)
    }
  }

  package func open(_ path: DiskPath, _ mode: DiskOpenMode) throws(DiskError) -> any DiskFile {
    let flags =
      switch mode {
      case .read: O_RDONLY
      case .readWrite: O_RDWR
      case .createEmpty: O_RDWR | O_CREAT | O_TRUNC
      }
    return PosixFile(path, try descriptor(path, flags, .open))
  }

  package func list(_ directory: DiskPath) throws(DiskError) -> [String] {
    let number = try descriptor(directory, O_RDONLY | O_DIRECTORY, .list).release()
    guard let stream = fdopendir(number) else {
      close(number)
      throw DiskError(.list, directory, .current)
    }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        // Safety: d_name is a NUL-terminated string inside the entry, valid until the next call.
        String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if name != ".", name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw DiskError(.list, directory, .current) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  package func rename(_ path: DiskPath, to name: String) throws(DiskError) {
    let target = path.parent.appending(name).text
    guard renameat(root.number, path.text, root.number, target) == 0 else {
      throw DiskError(.rename, path, .current)
    }
  }

  package func remove(_ path: DiskPath) throws(DiskError) {
    guard unlinkat(root.number, path.text, 0) == 0 else {
      throw DiskError(.remove, path, .current)
    }
  }

  package func syncDirectory(_ path: DiskPath) throws(DiskError) {
    let directory = try descriptor(path, O_RDONLY | O_DIRECTORY, .syncDirectory)
    guard fsync(directory.number) == 0 else { throw DiskError(.syncDirectory, path, .current) }
  }

  package func lock(_ path: DiskPath) throws(DiskError) -> any DiskLock {
    let file = PosixFile(path, try descriptor(path, O_RDWR | O_CREAT, .lock))
    guard retrying({ flock(file.descriptor.number, LOCK_EX | LOCK_NB) }) == 0 else {
      guard errno == EWOULDBLOCK else { throw DiskError(.lock, path, .current) }
      let digits = try file.read(20, at: 0).prefix { $0 != UInt8(ascii: "\n") }
      let owner = Int32(String(decoding: digits, as: UTF8.self))
      throw DiskError(.lock, path, .locked(processIdentifier: owner))
    }
    try file.truncate(to: 0)
    try file.write(Array("\(getpid())\n".utf8), at: 0)
    return file
  }

  package func freeByteCount() throws(DiskError) -> UInt64 {
    var status = statvfs()
    guard fstatvfs(root.number, &status) == 0 else { throw DiskError(.freeSpace, .root, .current) }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize)
  }

  private func descriptor(
    _ path: DiskPath, _ flags: Int32, _ operation: DiskError.Operation
  ) throws(DiskError) -> FileDescriptor {
    let number = retrying { openat(root.number, path.description, flags | O_CLOEXEC, 0o600) }
    guard number >= 0 else { throw DiskError(operation, path, .current) }
    return FileDescriptor(number: number)
  }
}

/// An open descriptor, closed at the end of its life.
struct FileDescriptor: ~Copyable, Sendable {
  let number: Int32

  /// Hands the descriptor over to a caller that will close it.
  consuming func release() -> Int32 {
    let number = number
    discard self
    return number
  }

  deinit {
    close(number)
  }
}

/// Calls a system function again as long as a signal interrupts it.
func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}

extension DiskError.Reason {
  /// The reason that `errno` gives.
  static var current: Self {
    switch errno {
    case ENOSPC, EDQUOT, EFBIG: .noSpace
    case EIO: .io
    case EROFS: .readOnly
    case ENOENT: .notFound
    case EEXIST: .exists
    case EACCES, EPERM: .accessDenied
    case EMFILE, ENFILE: .tooManyOpenFiles
    case ENOTDIR: .notADirectory
    default: .other(code: errno)
    }
  }
}
