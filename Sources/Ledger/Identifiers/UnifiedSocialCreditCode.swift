/// A Chinese organisation's unified social credit code (GB 32100-2015): 18 characters.
package struct UnifiedSocialCreditCode: CanonicalText {
  package static let length = 18

  private let storage: InlineASCII

  /// Throws `usccInvalid`; `check` says why.
  package init(_ text: String) throws(RefusalCode) {
    guard Self.check(text) == .valid else { throw .usccInvalid }
    storage = InlineASCII(text.utf8)
  }

  package var text: String { storage.text }

  /// Whether the code is a sole trader's (it starts with 92), who is a natural person and is never
  /// named on the ledger.
  package var isSoleTrader: Bool {
    storage[0] == UInt8(ascii: "9") && storage[1] == UInt8(ascii: "2")
  }

  package static func < (left: Self, right: Self) -> Bool { left.storage < right.storage }

  /// Characters first: 31 of them, digits at positions 3 to 8 (the administrative division); then
  /// the check character, (31 - sum mod 31) mod 31.
  package static func check(_ text: String) -> CodeCheck {
    let bytes = Array(text.utf8)
    guard text.unicodeScalars.count == length else { return .wrongLength }
    guard bytes[2..<8].allSatisfy(\.isASCIIDigit) else { return .wrongCharacter }
    var values: [Int] = []
    for byte in bytes {
      guard let value = alphabet.firstIndex(of: byte) else { return .wrongCharacter }
      values.append(value)
    }
    let sum = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
    return values[17] == (31 - sum % 31) % 31 ? .valid : .wrongCheckCharacter
  }

  /// No I, O, S, V, Z.
  private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)
  private static let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
}
