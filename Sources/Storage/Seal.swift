import Cryptography

/// The line that `sha256sum` writes for a file: 64 hexadecimal digits, two spaces, the file's name.
///
/// `sha256sum -c *.sha256` in the directory checks all sealed files.
enum Seal {
  static func line(_ digest: Digest, name: String) -> [UInt8] {
    Array("\(digest)  \(name)\n".utf8)
  }

  /// Where the seal of `file` lies: beside it, under its name without what comes after the dot.
  static func path(of file: DiskPath) -> DiskPath {
    let stem = file.name.prefix { $0 != "." }
    return file.parent.appending("\(stem).sha256")
  }

  /// The digest in the seal of `file`, or `nil` if there is no seal.
  static func read(of file: DiskPath, _ disk: any Disk) throws(StorageError) -> Digest? {
    let path = path(of: file)
    let bytes: [UInt8]
    do {
      bytes = try disk.readAll(path)
    } catch  where error.reason == .notFound {
      return nil
    } catch {
      throw .disk(error)
    }
    let digest = Digest(hexadecimal: String(decoding: bytes.prefix(64), as: UTF8.self))
    guard let digest, bytes == line(digest, name: file.name) else {
      throw .damaged(Damage(.seal, in: path, at: 0..<UInt64(bytes.count)))
    }
    return digest
  }

  /// Writes the seals of a segment, that of the certificates first: a segment whose blocks are sealed
  /// is sealed.
  static func write(
    blocks: Digest, certificates: Digest, from height: UInt64, _ disk: any Disk
  ) throws(StorageError) {
    try attempt { () throws(DiskError) in
      let sidecar = LogLayout.certificates(from: height)
      try disk.createAtomically(path(of: sidecar), line(certificates, name: sidecar.name))
      try disk.syncDirectory(LogLayout.certificates)
      let segment = LogLayout.blocks(from: height)
      try disk.createAtomically(path(of: segment), line(blocks, name: segment.name))
      try disk.syncDirectory(LogLayout.blocks)
    }
  }

  /// SHA-256 of the first `byteCount` bytes of a file.
  static func digest(
    _ file: any DiskFile, byteCount: UInt64
  ) throws(StorageError) -> SHA256 {
    var hasher = SHA256()
    var offset: UInt64 = 0
    while offset < byteCount {
      let (start, count) = (offset, Int(min(1 << 20, byteCount - offset)))
      let piece = try attempt { () throws(DiskError) in try file.read(count, at: start) }
      guard !piece.isEmpty else { break }
      hasher.update(piece)
      offset += UInt64(piece.count)
    }
    return hasher
  }
}
