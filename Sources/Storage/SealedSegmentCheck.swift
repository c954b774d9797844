import Cryptography

/// Reads all bytes of a sealed segment, its sidecar and both seals, and says what is not right.
struct SealedSegmentCheck {
  private(set) var damages: [Damage] = []
  private(set) var nextHeight: UInt64
  /// The highest height with a certificate.
  private(set) var lastCertified: UInt64?

  init(
    _ header: FileHeader, _ disk: any Disk, _ configuration: BlockLog.Configuration
  ) throws(StorageError) {
    let first = header.number
    nextHeight = first
    let (blocks, certificates) = try attempt { () throws(DiskError) in
      (
        try disk.open(LogLayout.blocks(from: first), .read),
        try disk.open(LogLayout.certificates(from: first), .read)
      )
    }
    try checkBlocks(blocks, configuration.maximumBlockByteCount)
    try checkSeal(of: blocks, disk)
    try checkCertificates(certificates, first)
    try checkSeal(of: certificates, disk)
  }

  /// Goes on behind a record whose bytes are damaged, as long as its length leads to another.
  private mutating func checkBlocks(
    _ file: any DiskFile, _ maximumBlock: Int
  ) throws(StorageError) {
    var reader = try RecordReader(
      file, from: UInt64(FileHeader.Kind.blocks.byteCount), maximumPayload: maximumBlock)
    while true {
      switch try reader.next() {
      case .end: return
      case .record: nextHeight += 1
      case .defect(let defect):
        damages.append(
          Damage(defect.kind, in: file.path, at: defect.byteRange, height: nextHeight))
        guard defect.kind == .checksum else { return }
        nextHeight += 1
        reader.skip(to: defect.byteRange.upperBound)
      }
    }
  }

  private mutating func checkCertificates(
    _ file: any DiskFile, _ firstHeight: UInt64
  ) throws(StorageError) {
    let scan = try CertificateScan(file, firstHeight: firstHeight)
    lastCertified = scan.entries.last?.height
    switch scan.tail {
    case .end: break
    case .torn:
      damages.append(Damage(.truncated, in: file.path, at: scan.end..<scan.fileEnd))
    case .damaged(let defect):
      damages.append(Damage(defect.kind, in: file.path, at: defect.byteRange))
    }
    guard let last = scan.entries.last, last.height >= nextHeight else { return }
    damages.append(
      Damage(.order, in: file.path, at: last.offset..<scan.end, height: last.height))
  }

  /// If all records are whole and the digest differs, either whole records were removed at the end
  /// or the seal is damaged, which cannot be told here: both are named.
  private mutating func checkSeal(
    of file: any DiskFile, _ disk: any Disk
  ) throws(StorageError) {
    let byteCount = try attempt { () throws(DiskError) in try file.byteCount() }
    do {
      guard let sealed = try Seal.read(of: file.path, disk) else {
        damages.append(Damage(.missing, in: Seal.path(of: file.path), at: 0..<0))
        return
      }
      var hasher = try Seal.digest(file, byteCount: byteCount)
      guard hasher.finish() != sealed, !damages.contains(where: { $0.file == file.path })
      else { return }
      damages.append(Damage(.digest, in: file.path, at: 0..<byteCount))
      damages.append(Damage(.digest, in: Seal.path(of: file.path), at: 0..<64))
    } catch .damaged(let damage) {
      damages.append(damage)
    }
  }
}
