/// A legal entity identifier (ISO 17442): 18 of `0-9A-Z` and two check digits.
package struct LegalEntityIdentifier: CanonicalText {
  package static let length = 20

  private let storage: InlineASCII

  /// Throws `leiInvalid`; `check` says why.
  package init(_ text: String) throws(RefusalCode) {
    guard Self.check(text) == .valid else { throw .leiInvalid }
    storage = InlineASCII(text.utf8)
  }

  package var text: String { storage.text }

  package static func < (left: Self, right: Self) -> Bool { left.storage < right.storage }

  /// Read as a number, a letter standing for 10 to 35, the code is 1 modulo 97 (ISO 7064).
  package static func check(_ text: String) -> CodeCheck {
    let bytes = Array(text.utf8)
    guard text.unicodeScalars.count == length else { return .wrongLength }
    guard bytes.suffix(2).allSatisfy(\.isASCIIDigit) else { return .wrongCharacter }
    var remainder = 0
    for byte in bytes {
      if byte.isASCIIDigit {
        remainder = (remainder * 10 + byte.digitValue) % 97
      } else if byte.isASCIIUpperCaseLetter {
        remainder = (remainder * 100 + Int(byte - UInt8(ascii: "A")) + 10) % 97
      } else {
        return .wrongCharacter
      }
    }
    return remainder == 1 ? .valid : .wrongCheckCharacter
  }
}
