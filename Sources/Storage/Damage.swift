import Ledger

/// Bytes on the disk that are not what was stored, and where.
package struct Damage: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    case header = "the file header is damaged"
    case checksum = "the checksum of a record does not match"
    case length = "a record has an impossible length"
    case truncated = "the file ends too early"
    case surplus = "the file goes on after its end"
    case order = "a record is not the one that belongs here"
    case digest = "the content does not match its SHA-256"
    case seal = "this is not a sha256sum line for the file it should name"
    case missing = "the file is missing"
    case unreadable = "the disk cannot read it"
  }

  package let file: DiskPath
  /// Where in the file; empty if all of the file is missing.
  package let byteRange: Range<UInt64>
  /// The block that cannot be trusted for it, if it is a single one.
  package let height: Height?
  package let kind: Kind

  package init(
    _ kind: Kind, in file: DiskPath, at byteRange: Range<UInt64>, height: Height? = nil
  ) {
    self.file = file
    self.byteRange = byteRange
    self.height = height
    self.kind = kind
  }

  init(_ kind: Kind, in file: DiskPath, at byteRange: Range<UInt64>, height: UInt64) {
    self.init(kind, in: file, at: byteRange, height: Height(height))
  }
}

extension Damage: CustomStringConvertible {
  package var description: String {
    let place = "\(file), bytes \(byteRange.lowerBound)..<\(byteRange.upperBound)"
    return height.map { "\(place), height \($0.rawValue): \(kind.rawValue)" }
      ?? "\(place): \(kind.rawValue)"
  }
}

/// Bytes that recovery removed: a write that never was acknowledged.
package struct Cut: Hashable, Sendable {
  package let file: DiskPath
  package let byteRange: Range<UInt64>
}
