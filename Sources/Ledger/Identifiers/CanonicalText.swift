/// A value whose only form on the ledger is one text.
///
/// The text is checked, never repaired: a node refuses what is not canonical, and the client brings
/// what people type to canonical form before it signs. Equality and order are those of the UTF-8
/// bytes, never Unicode's canonical equivalence.
package protocol CanonicalText: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Throws the refusal that a node would give.
  init(_ text: String) throws(RefusalCode)

  var text: String { get }
}

extension CanonicalText {
  package var description: String { text }
}

/// At most 20 bytes of ASCII held in place, zero bytes after the last.
///
/// Ordering is that of the bytes, since none of them is zero.
struct InlineASCII: Hashable, Sendable {
  static let capacity = 20

  private let high, middle: UInt64
  private let low: UInt32

  /// - Precondition: at most 20 bytes, none of them zero.
  init(_ bytes: some Collection<UInt8>) {
    precondition(bytes.count <= InlineASCII.capacity, "the text fits its storage")
    var high: UInt64 = 0
    var middle: UInt64 = 0
    var low: UInt32 = 0
    for (index, byte) in bytes.enumerated() {
      switch index {
      case 0..<8: high |= UInt64(byte) << UInt64(56 - 8 * index)
      case 8..<16: middle |= UInt64(byte) << UInt64(120 - 8 * index)
      default: low |= UInt32(byte) << UInt32(152 - 8 * index)
      }
    }
    (self.high, self.middle, self.low) = (high, middle, low)
  }

  /// The byte at `index`, 0..<20; zero after the last.
  subscript(index: Int) -> UInt8 {
    switch index {
    case 0..<8: UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index))
    case 8..<16: UInt8(truncatingIfNeeded: middle >> UInt64(120 - 8 * index))
    default: UInt8(truncatingIfNeeded: low >> UInt32(152 - 8 * index))
    }
  }

  var text: String {
    String(unsafeUninitializedCapacity: InlineASCII.capacity) { buffer in
      var count = 0
      while count < InlineASCII.capacity, self[count] != 0 {
        buffer[count] = self[count]
        count += 1
      }
      return count
    }
  }
}

extension InlineASCII: Comparable {
  static func < (left: InlineASCII, right: InlineASCII) -> Bool {
    if left.high != right.high { return left.high < right.high }
    if left.middle != right.middle { return left.middle < right.middle }
    return left.low < right.low
  }
}

extension UInt8 {
  /// 0 to 9.
  var isASCIIDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
  /// A to Z.
  var isASCIIUpperCaseLetter: Bool { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") }
  /// a to z.
  var isASCIILowerCaseLetter: Bool { self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z") }

  /// The digit's value.
  /// - Precondition: an ASCII digit.
  var digitValue: Int {
    precondition(isASCIIDigit, "only a digit has a digit's value")
    return Int(self - UInt8(ascii: "0"))
  }
}
