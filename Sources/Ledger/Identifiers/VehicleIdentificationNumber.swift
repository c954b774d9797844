/// A vehicle's identification number (ISO 3779, GB 16735, 49 CFR 565): 17 of `0-9A-HJ-NPR-Z`.
///
/// A number whose check digit is wrong can be made, since a registry may attest an exception; who
/// admits none calls `requireCheckDigit()`.
package struct VehicleIdentificationNumber: CanonicalText {
  package static let length = 17

  private let storage: InlineASCII

  /// Throws `vinLength`, `vinCharacter`, or `vinDegenerate` for one character 17 times, which
  /// passes the check sum.
  package init(_ text: String) throws(RefusalCode) {
    var text = text
    let checked: Result<InlineASCII, RefusalCode> = text.withUTF8 { bytes in
      // A length in characters: a stray letter of another script is no matter of length.
      guard bytes.count(where: { $0 & 0xC0 != 0x80 }) == Self.length else {
        return .failure(.vinLength)
      }
      guard bytes.allSatisfy({ Self.value(of: $0) != nil }) else { return .failure(.vinCharacter) }
      guard bytes.contains(where: { $0 != bytes[0] }) else { return .failure(.vinDegenerate) }
      return .success(InlineASCII(bytes))
    }
    storage = try checked.get()
  }

  package var text: String { storage.text }

  package static func < (left: Self, right: Self) -> Bool { left.storage < right.storage }

  // MARK: Check digit

  package enum CheckDigit: Hashable, Sendable {
    case valid
    case invalid
    /// Not the right character, but the maker's region does not use position 9 as a check digit.
    case notApplicable
  }

  /// Compares position 9 with the sum over all others (49 CFR 565.15(c)).
  package var checkDigit: CheckDigit {
    if storage[8] == expectedCheckCharacter { return .valid }
    return isCheckDigitMandatory ? .invalid : .notApplicable
  }

  /// Throws `vinCheckDigit` if the check digit is `invalid`.
  package func requireCheckDigit() throws(RefusalCode) {
    guard checkDigit != .invalid else { throw .vinCheckDigit }
  }

  /// North American (1 to 5) and Chinese (L) numbers.
  private var isCheckDigitMandatory: Bool {
    switch storage[0] {
    case UInt8(ascii: "1")...UInt8(ascii: "5"), UInt8(ascii: "L"): true
    default: false
    }
  }

  private var expectedCheckCharacter: UInt8 {
    var sum = 0
    for index in 0..<Self.length {
      sum += Self.weights[index] * (Self.value(of: storage[index]) ?? 0)
    }
    let remainder = sum % 11
    return remainder == 10 ? UInt8(ascii: "X") : UInt8(ascii: "0") + UInt8(remainder)
  }

  private static let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]

  /// The value a character adds; `nil` for what no number holds, I, O and Q among it.
  private static func value(of character: UInt8) -> Int? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character.digitValue
    case UInt8(ascii: "A")...UInt8(ascii: "H"): Int(character - UInt8(ascii: "A")) + 1
    case UInt8(ascii: "J")...UInt8(ascii: "N"): Int(character - UInt8(ascii: "J")) + 1
    case UInt8(ascii: "P"): 7
    case UInt8(ascii: "R"): 9
    case UInt8(ascii: "S")...UInt8(ascii: "Z"): Int(character - UInt8(ascii: "S")) + 2
    default: nil
    }
  }
}
