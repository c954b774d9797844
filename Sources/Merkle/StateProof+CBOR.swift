import CBOR
import Cryptography

/// `{1: depth, 2: bitmap, 3: [* sibling], 4: terminal, ? 5: other key, ? 6: other value hash}`.
///
/// `bitmap` has one bit for each level, the first level in the most significant bit of the first
/// byte, and zero bits up to a whole number of bytes; a set bit stands for a sibling in the list.
/// The keys 5 and 6 are there if and only if the terminal is `other`.
extension StateProof {
  private enum TerminalCode {
    static let entry: UInt64 = 0
    static let empty: UInt64 = 1
    static let other: UInt64 = 2
  }

  package func encode(to encoder: inout CBOREncoder) {
    var bitmap = [UInt8](repeating: 0, count: (siblings.count + 7) / 8)
    for (level, sibling) in siblings.enumerated() where sibling != nil {
      bitmap[level / 8] |= 0x80 >> UInt8(level % 8)
    }
    let present = siblings.compactMap { $0 }
    if case .other = terminal { encoder.map(6) } else { encoder.map(4) }
    encoder.unsigned(1)
    encoder.unsigned(UInt64(siblings.count))
    encoder.unsigned(2)
    encoder.byteString(bitmap)
    encoder.unsigned(3)
    encoder.array(present.count)
    for sibling in present { encoder.digest(sibling) }
    encoder.unsigned(4)
    encode(terminal, to: &encoder)
  }

  private func encode(_ terminal: Terminal, to encoder: inout CBOREncoder) {
    switch terminal {
    case .entry: encoder.unsigned(TerminalCode.entry)
    case .empty: encoder.unsigned(TerminalCode.empty)
    case .other(let entry):
      encoder.unsigned(TerminalCode.other)
      encoder.unsigned(5)
      encoder.digest(entry.key)
      encoder.unsigned(6)
      encoder.digest(entry.valueHash)
    }
  }

  /// Reads the encoding and refuses all but the one that `encode` writes; the shape that a proof
  /// must have beyond that is the verifier's matter.
  package init(from decoder: inout CBORDecoder) throws(CBORError) {
    var map = try decoder.map(limit: 6)
    try decoder.require(1, in: &map)
    let depth = Int(try decoder.unsigned(through: UInt64(Digest.bitCount)))
    try decoder.require(2, in: &map)
    let present = try Self.levels(from: &decoder, depth: depth)
    try decoder.require(3, in: &map)
    try decoder.array(count: present.count { $0 })
    siblings = []
    siblings.reserveCapacity(depth)
    for isPresent in present { siblings.append(isPresent ? try decoder.digest() : nil) }
    try decoder.require(4, in: &map)
    terminal = try Self.terminal(from: &decoder, in: &map)
    try decoder.end(map)
  }

  /// For each of `depth` levels, whether its sibling is present.
  private static func levels(
    from decoder: inout CBORDecoder, depth: Int
  ) throws(CBORError) -> [Bool] {
    let start = decoder.offset
    let bitmap = try decoder.byteString(limit: (depth + 7) / 8)
    guard bitmap.count == (depth + 7) / 8 else { throw .invalidValue(offset: start) }
    let bits = (0..<(8 * bitmap.count)).map { bitmap[$0 / 8] & 0x80 >> UInt8($0 % 8) != 0 }
    guard !bits[depth...].contains(true) else { throw .invalidValue(offset: start) }
    return Array(bits[..<depth])
  }

  private static func terminal(
    from decoder: inout CBORDecoder, in map: inout CBORDecoder.MapCursor
  ) throws(CBORError) -> Terminal {
    switch try decoder.unsigned(through: TerminalCode.other) {
    case TerminalCode.entry: return .entry
    case TerminalCode.empty: return .empty
    default:
      try decoder.require(5, in: &map)
      let key = try decoder.digest()
      try decoder.require(6, in: &map)
      return .other(MapEntry(key: key, valueHash: try decoder.digest()))
    }
  }
}
