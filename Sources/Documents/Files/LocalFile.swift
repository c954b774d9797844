import CommandInterface
@preconcurrency import Glibc

/// Files that the command line itself reads and writes: keys, network files, drafts, lists. The
/// node's own data are Storage's.
package enum LocalFile {
  /// What may become of a name that exists.
  package enum Existing: Sendable {
    /// It stays as it is, and writing is refused.
    case kept
    /// It is replaced, whole or not at all.
    case replaced
  }

  /// Who may read a file that is written.
  package enum Audience: mode_t, Sendable {
    case owner = 0o600
    case everybody = 0o644
  }

  package static let byteLimit = 64 * 1024 * 1024
  private static let chunkByteCount = 64 * 1024

  // MARK: Reading

  /// All bytes of a file, or of standard input for `-`. Throws FILE_TOO_LARGE beyond `limit` bytes.
  package static func read(_ path: FilePath, limit: Int = byteLimit) throws(Problem) -> [UInt8] {
    switch path {
    case .path(let path): return try read(path, limit: limit)
    case .standardStream:
      var bytes: [UInt8] = []
      try read(descriptor: 0, "-") { chunk throws(Problem) in
        try append(chunk, to: &bytes, "-", limit)
      }
      return bytes
    }
  }

  package static func read(_ path: String, limit: Int = byteLimit) throws(Problem) -> [UInt8] {
    var bytes: [UInt8] = []
    try read(path) { chunk throws(Problem) in try append(chunk, to: &bytes, path, limit) }
    return bytes
  }

  /// Calls `take` with one part of the file after the other.
  package static func read(
    _ path: String, _ take: ([UInt8]) throws(Problem) -> Void
  ) throws(Problem) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotRead(path, errno) }
    defer { close(descriptor) }
    try read(descriptor: descriptor, path, take)
  }

  private static func read(
    descriptor: Int32, _ path: String, _ take: ([UInt8]) throws(Problem) -> Void
  ) throws(Problem) {
    var buffer = [UInt8](repeating: 0, count: chunkByteCount)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return }
      if count > 0 {
        try take(Array(buffer[..<count]))
      } else if errno != EINTR {
        throw .cannotRead(path, errno)
      }
    }
  }

  private static func append(
    _ chunk: [UInt8], to bytes: inout [UInt8], _ path: String, _ limit: Int
  ) throws(Problem) {
    bytes += chunk
    if bytes.count > limit { throw .fileTooLarge(path, limit: limit) }
  }

  // MARK: Writing

  /// Writes a file that is whole and on the disk when this returns.
  package static func write(
    _ bytes: [UInt8], to path: String, _ audience: Audience, _ existing: Existing
  ) throws(Problem) {
    switch existing {
    case .kept:
      let descriptor = open(
        path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, audience.rawValue)
      guard descriptor >= 0 else {
        throw errno == EEXIST ? .fileExists(path) : .cannotWrite(path, errno)
      }
      do throws(Problem) {
        try write(bytes, descriptor, path)
      } catch {
        unlink(path)
        throw error
      }
    case .replaced:
      let temporary = "\(path).new"
      unlink(temporary)
      try write(bytes, to: temporary, audience, .kept)
      guard rename(temporary, path) == 0 else {
        let errorNumber = errno
        unlink(temporary)
        throw .cannotWrite(path, errorNumber)
      }
    }
    syncDirectory(of: path)
  }

  private static func write(
    _ bytes: [UInt8], _ descriptor: Int32, _ path: String
  ) throws(Problem) {
    defer { close(descriptor) }
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        let rest = UnsafeRawBufferPointer(rebasing: buffer[offset...])
        return Glibc.write(descriptor, rest.baseAddress, rest.count)
      }
      if count >= 0 {
        offset += count
      } else if errno != EINTR {
        throw .cannotWrite(path, errno)
      }
    }
    guard fsync(descriptor) == 0 else { throw .cannotWrite(path, errno) }
  }

  /// Makes the name survive a power cut, as far as the file system can.
  private static func syncDirectory(of path: String) {
    let descriptor = open(LocalPath.directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  // MARK: Names

  /// Creates a directory that only its owner enters; one that exists is left as it is.
  package static func createDirectory(_ path: String) throws(Problem) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .cannotWrite(path, errno) }
  }

  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether there is certainly no such file; one that may not be looked for may be there.
  package static func isMissing(_ path: String) -> Bool {
    access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)
  }

  /// `nil` if there is no such file.
  package static func status(_ path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
  }
}

/// Paths as texts.
package enum LocalPath {
  package static func joined(_ directory: String, _ name: String) -> String {
    if name.hasPrefix("/") { return name }
    return directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
  }

  package static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The same file as seen from anywhere: for what is written into configuration files.
  package static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard getcwd(&buffer, buffer.count) != nil else { return path }
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    return joined(String(decoding: bytes, as: UTF8.self), relative)
  }
}

extension LocalFile {
  /// Creates a directory and those above it that are missing, for their owner alone.
  package static func createDirectories(_ path: String) throws(Problem) {
    if exists(path) { return }
    let parent = LocalPath.directory(of: path)
    if parent != path { try createDirectories(parent) }
    try createDirectory(path)
  }
}
