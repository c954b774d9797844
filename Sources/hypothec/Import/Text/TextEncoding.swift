/// How the characters of a file are written.
enum TextEncoding: String, CaseIterable, Sendable {
  case utf8 = "utf-8"
  case gb18030 = "gb18030"
  case utf16LittleEndian = "utf-16le"
  case utf16BigEndian = "utf-16be"

  /// The name that iconv(3) knows.
  var systemName: String {
    switch self {
    case .utf8: "UTF-8"
    case .gb18030: "GB18030"
    case .utf16LittleEndian: "UTF-16LE"
    case .utf16BigEndian: "UTF-16BE"
    }
  }

  /// How many bytes are passed over after bytes that mean nothing.
  var unitByteCount: Int {
    switch self {
    case .utf8, .gb18030: 1
    case .utf16LittleEndian, .utf16BigEndian: 2
    }
  }
}

/// What stands before the first character of a file, if anything does.
enum ByteOrderMark {
  static func encoding(of bytes: [UInt8]) -> TextEncoding? {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return .utf8 }
    if bytes.starts(with: [0xFF, 0xFE]) { return .utf16LittleEndian }
    if bytes.starts(with: [0xFE, 0xFF]) { return .utf16BigEndian }
    if bytes.starts(with: [0x84, 0x31, 0x95, 0x33]) { return .gb18030 }
    return nil
  }
}

/// Tells the encoding of a file that does not say it, from all of its bytes.
///
/// Bytes that hold for UTF-8 are UTF-8: text in another encoding that does so by accident is short.
/// A file that fails is GB18030, unless nearly all of its longer sequences are UTF-8: then it is
/// UTF-8 with some damage, and the damaged rows are refused one by one.
struct EncodingDetector {
  /// How many good sequences of UTF-8 outweigh one bad byte.
  private static let weight: UInt64 = 10
  private static let sampleByteCount = 4096

  private var sample: [UInt8] = []
  private var sequences: UInt64 = 0
  private var errors: UInt64 = 0
  /// Continuation bytes that are due, and the bounds of the next one.
  private var due = 0
  private var bounds: ClosedRange<UInt8> = 0x80...0xBF

  mutating func take(_ bytes: [UInt8]) {
    if sample.count < Self.sampleByteCount {
      sample += bytes.prefix(Self.sampleByteCount - sample.count)
    }
    for byte in bytes where due > 0 || byte >= 0x80 { take(byte) }
  }

  /// The encoding of all bytes that were taken.
  var encoding: TextEncoding {
    if let marked = ByteOrderMark.encoding(of: sample) { return marked }
    if let wide = wideEncoding { return wide }
    let total = errors + (due > 0 ? 1 : 0)
    return total == 0 || sequences / Self.weight > total ? .utf8 : .gb18030
  }

  /// The table of well-formed sequences (The Unicode Standard, table 3-7).
  private mutating func take(_ byte: UInt8) {
    if due > 0 {
      guard bounds.contains(byte) else {
        errors += 1
        due = 0
        if byte >= 0x80 { begin(byte) }
        return
      }
      due -= 1
      bounds = 0x80...0xBF
      if due == 0 { sequences += 1 }
    } else {
      begin(byte)
    }
  }

  private mutating func begin(_ byte: UInt8) {
    bounds = 0x80...0xBF
    switch byte {
    case 0xC2...0xDF: due = 1
    case 0xE0: (due, bounds) = (2, 0xA0...0xBF)
    case 0xED: (due, bounds) = (2, 0x80...0x9F)
    case 0xE1...0xEF: due = 2
    case 0xF0: (due, bounds) = (3, 0x90...0xBF)
    case 0xF4: (due, bounds) = (3, 0x80...0x8F)
    case 0xF1...0xF3: due = 3
    default: errors += 1
    }
  }

  /// UTF-16 without a mark: commas, digits and line ends have a zero byte on the same side.
  private var wideEncoding: TextEncoding? {
    var zeros = [0, 0]
    for (index, byte) in sample.enumerated() where byte == 0 { zeros[index % 2] += 1 }
    let threshold = sample.count / 2 / 5
    guard threshold > 0 else { return nil }
    if zeros[1] > threshold, zeros[0] * 10 < zeros[1] { return .utf16LittleEndian }
    if zeros[0] > threshold, zeros[1] * 10 < zeros[0] { return .utf16BigEndian }
    return nil
  }
}
