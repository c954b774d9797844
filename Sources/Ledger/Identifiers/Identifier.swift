/// A name that members choose: pledge and valuation ids, references, case numbers, model ids and
/// versions. 1 to 64 of `A-Z a-z 0-9 . _ : / -`.
package struct Identifier: CanonicalText {
  package static let limit = 64

  package let text: String

  /// Throws `fieldTooLong`, `identifierInvalid` or `personalDataSuspected`.
  package init(_ text: String) throws(RefusalCode) {
    guard text.utf8.count <= Self.limit else { throw .fieldTooLong }
    guard !text.isEmpty, text.utf8.allSatisfy(Self.isAllowed) else { throw .identifierInvalid }
    guard !PersonalData.isSuspected(in: text) else { throw .personalDataSuspected }
    self.text = text
  }

  package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "/"): true
    case UInt8(ascii: "-"): true
    default: byte.isASCIIDigit || byte.isASCIIUpperCaseLetter || byte.isASCIILowerCaseLetter
    }
  }
}
