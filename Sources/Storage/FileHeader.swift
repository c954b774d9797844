import Cryptography

/// What every file of the block log and the journal begins with:
///
///     magic     32 bytes: "hypothec blocks 1\n", "hypothec certificates 1\n" or
///               "hypothec journal 1\n", zeros after it; the number is the format's version
///     network   32 bytes: the network id
///     number    u64: first height of a segment or of its certificates, generation of a journal
///     link      segments only: u64 first height of the segment before (all ones if none),
///               32 bytes SHA-256 of that segment's file (zeros if none)
///     checksum  u32: CRC-32C of all the bytes before
///
/// Integers are little-endian. A header never is torn: the file gets its name after its header was
/// synced.
struct FileHeader: Hashable, Sendable {
  enum Kind: String, Sendable {
    case blocks, certificates, journal

    var byteCount: Int { self == .blocks ? 116 : 76 }
  }

  /// The segment that comes before.
  struct Link: Hashable, Sendable {
    let firstHeight: UInt64
    let digest: Digest
  }

  static let magicByteCount = 32

  let kind: Kind
  let network: Digest
  let number: UInt64
  let link: Link?

  init(_ kind: Kind, network: Digest, number: UInt64, link: Link? = nil) {
    self.kind = kind
    self.network = network
    self.number = number
    self.link = link
  }

  var bytes: [UInt8] {
    var bytes = FileHeader.magic(kind)
    bytes += network.bytes
    bytes.appendLittleEndian(number)
    if kind == .blocks {
      bytes.appendLittleEndian(link?.firstHeight ?? .max)
      bytes += (link?.digest ?? .zero).bytes
    }
    bytes.appendLittleEndian(CRC32C.of(bytes))
    return bytes
  }

  private static func magic(_ kind: Kind) -> [UInt8] {
    let text = Array("hypothec \(kind.rawValue) 1\n".utf8)
    return text + [UInt8](repeating: 0, count: magicByteCount - text.count)
  }

  /// Reads the header of `file` and compares it with what must be there.
  ///
  /// - Throws: `.newerFormat`, `.foreignNetwork` and `.damaged`; and what the disk throws.
  static func read(
    _ kind: Kind, number: UInt64, of network: Digest, from file: any DiskFile
  ) throws(StorageError) -> FileHeader {
    let bytes = try attempt { () throws(DiskError) in try file.read(kind.byteCount, at: 0) }
    try checkVersion(kind, bytes, file)
    let range = 0..<UInt64(bytes.count)
    guard bytes.count == kind.byteCount else {
      throw .damaged(Damage(.truncated, in: file.path, at: range))
    }
    guard hasValidChecksum(bytes), bytes.prefix(magicByteCount).elementsEqual(magic(kind)) else {
      throw .damaged(Damage(.header, in: file.path, at: range))
    }
    let header = FileHeader(kind, validated: bytes)
    guard header.network == network else { throw .foreignNetwork(file.path, header.network) }
    guard header.number == number else {
      throw .damaged(Damage(.order, in: file.path, at: range))
    }
    return header
  }

  private init(_ kind: Kind, validated bytes: [UInt8]) {
    let network = bytes[32..<64].withUnsafeBytes { Digest($0) }
    var link: Link?
    if kind == .blocks {
      let firstHeight = bytes.littleEndian(at: 72, as: UInt64.self)
      let digest = bytes[80..<112].withUnsafeBytes { Digest($0) }
      if firstHeight != .max { link = Link(firstHeight: firstHeight, digest: digest) }
    }
    self.init(
      kind, network: network, number: bytes.littleEndian(at: 64, as: UInt64.self), link: link)
  }

  /// Tells a newer version from a damaged digit: with the digit put right the checksum of the
  /// latter matches.
  private static func checkVersion(
    _ kind: Kind, _ bytes: [UInt8], _ file: any DiskFile
  ) throws(StorageError) {
    let start = Array("hypothec \(kind.rawValue) ".utf8)
    guard bytes.starts(with: start) else { return }
    let version = bytes[start.count...].prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }
    let isNumber = version.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard isNumber, !version.isEmpty, version.count < 10, version != [UInt8(ascii: "1")] else {
      return
    }
    let corrected = magic(kind) + bytes.dropFirst(magicByteCount)
    guard corrected.count != kind.byteCount || !hasValidChecksum(corrected) else { return }
    throw .newerFormat(file.path, version: String(decoding: version, as: UTF8.self))
  }

  private static func hasValidChecksum(_ bytes: [UInt8]) -> Bool {
    let checksum = bytes.littleEndian(at: bytes.count - 4, as: UInt32.self)
    return CRC32C.of(Array(bytes.dropLast(4))) == checksum
  }
}
