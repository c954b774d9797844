/// A member's name in its network: 1 to 32 of `a-z 0-9 -`, a letter first.
package struct MemberID: CanonicalText {
  package static let limit = 32

  package let text: String

  /// Throws `identifierInvalid`.
  package init(_ text: String) throws(RefusalCode) {
    guard let first = text.utf8.first, first.isASCIILowerCaseLetter,
      text.utf8.count <= Self.limit, text.utf8.allSatisfy(Self.isAllowed)
    else { throw .identifierInvalid }
    self.text = text
  }

  package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    byte.isASCIILowerCaseLetter || byte.isASCIIDigit || byte == UInt8(ascii: "-")
  }
}
