import Cryptography

/// A file being written under another name, which then takes the place of the old one.
struct StagedFile {
  private static let bufferByteCount = 1 << 20

  let target: DiskPath
  private let disk: any Disk
  private let file: any DiskFile
  private var buffer: [UInt8]
  private var writtenByteCount: UInt64 = 0
  private var hasher = SHA256()

  init(replacing target: DiskPath, with header: [UInt8], _ disk: any Disk) throws(StorageError) {
    self.target = target
    self.disk = disk
    file = try attempt { () throws(DiskError) in
      try disk.open(StagedFile.path(for: target), .createEmpty)
    }
    buffer = header
    hasher.update(header)
  }

  private static func path(for target: DiskPath) -> DiskPath {
    target.parent.appending(target.name + ".repair" + temporarySuffix)
  }

  var byteCount: UInt64 { writtenByteCount + UInt64(buffer.count) }

  var digest: Digest {
    var hasher = hasher
    return hasher.finish()
  }

  mutating func append(_ parts: [UInt8]...) throws(StorageError) {
    var record: [UInt8] = []
    Record.append(parts, to: &record)
    hasher.update(record)
    buffer += record
    if buffer.count >= StagedFile.bufferByteCount { try flush() }
  }

  private mutating func flush() throws(StorageError) {
    let (bytes, offset) = (buffer, writtenByteCount)
    try attempt { () throws(DiskError) in try file.write(bytes, at: offset) }
    writtenByteCount += UInt64(bytes.count)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Puts the file in its place; it is durable when this returns.
  ///
  /// - Throws: `.disk`, after which the old file or the new one has the name.
  mutating func replaceTarget() throws(StorageError) {
    try flush()
    try attempt { () throws(DiskError) in
      try file.sync()
      try disk.rename(StagedFile.path(for: target), to: target.name)
      try disk.syncDirectory(target.parent)
    }
  }

  /// Removes what was written. If the disk does not even let that, the next start does it.
  func abandon() {
    do throws(DiskError) {
      try disk.remove(StagedFile.path(for: target))
    } catch {
      return
    }
  }
}
