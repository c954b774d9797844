extension VehicleIdentificationNumber {
  /// What people type, in the form that a node admits: full-width forms as ASCII, upper case,
  /// without white space and hyphens. The result may still be refused.
  package static func canonical(from text: String) -> String {
    TypedText.compacted(text)
  }

  /// What numbers that are easily taken for this one have in common.
  package var similarityKey: SimilarityKey {
    guard let key = SimilarityKey(of: text) else {
      preconditionFailure("a number has six letters or digits at its end")
    }
    return key
  }

  /// The last six characters, letters that are read as digits folded to them: I L to 1, Z to 2,
  /// H Y to 4, S to 5, C G to 6, B to 8, O to 0.
  package struct SimilarityKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    package static let length = 6

    package let text: String

    /// The key of anything searched for, whether a vehicle's number or not; `nil` if its canonical
    /// form does not end in six ASCII letters or digits.
    package init?(of searched: String) {
      let tail = TypedText.compacted(searched).utf8.suffix(Self.length)
      guard tail.count == Self.length else { return nil }
      guard tail.allSatisfy({ $0.isASCIIDigit || $0.isASCIIUpperCaseLetter }) else { return nil }
      text = String(decoding: tail.map(Self.folded), as: UTF8.self)
    }

    package var description: String { text }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    private static func folded(_ character: UInt8) -> UInt8 {
      switch character {
      case UInt8(ascii: "I"), UInt8(ascii: "L"): UInt8(ascii: "1")
      case UInt8(ascii: "Z"): UInt8(ascii: "2")
      case UInt8(ascii: "H"), UInt8(ascii: "Y"): UInt8(ascii: "4")
      case UInt8(ascii: "S"): UInt8(ascii: "5")
      case UInt8(ascii: "C"), UInt8(ascii: "G"): UInt8(ascii: "6")
      case UInt8(ascii: "B"): UInt8(ascii: "8")
      case UInt8(ascii: "O"): UInt8(ascii: "0")
      default: character
      }
    }
  }
}
