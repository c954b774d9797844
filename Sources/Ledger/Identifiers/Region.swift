/// Where a vehicle is at home: a Chinese division (GB/T 2260, six digits) or a subdivision of any
/// country (ISO 3166-2, `[A-Z]{2}-[A-Z0-9]{1,3}`).
///
/// Divisions come and go, so only the province of a GB/T 2260 code is compared with a list.
package struct Region: CanonicalText {
  private let storage: InlineASCII

  /// Throws `regionInvalid`.
  package init(_ text: String) throws(RefusalCode) {
    let bytes = Array(text.utf8)
    guard Self.isDivision(bytes) || Self.isSubdivision(bytes) else { throw .regionInvalid }
    storage = InlineASCII(bytes)
  }

  package var text: String { storage.text }

  package static func < (left: Self, right: Self) -> Bool { left.storage < right.storage }

  private static func isDivision(_ bytes: [UInt8]) -> Bool {
    guard bytes.count == 6, bytes.allSatisfy(\.isASCIIDigit) else { return false }
    switch bytes[0].digitValue * 10 + bytes[1].digitValue {
    case 11...15, 21...23, 31...37, 41...46, 50...54, 61...65, 71, 81, 82: return true
    default: return false
    }
  }

  private static func isSubdivision(_ bytes: [UInt8]) -> Bool {
    (4...6).contains(bytes.count) && bytes[..<2].allSatisfy(\.isASCIIUpperCaseLetter)
      && bytes[2] == UInt8(ascii: "-")
      && bytes[3...].allSatisfy { $0.isASCIIUpperCaseLetter || $0.isASCIIDigit }
  }
}
