import Testing

@testable import Ledger

@Suite("Identifier vectors")
struct IdentifierVectorTests {
  @Test("give the expected result", arguments: IdentifierVector.all)
  func result(_ vector: IdentifierVector) {
    #expect(Self.verdict(on: vector.kind, vector.value) == vector.expected)
  }

  @Test(
    "are those of the shared file",
    .enabled(
      if: SharedData.isPresent("identifier_test_vectors.csv"),
      "shared/data/identifier_test_vectors.csv is not beside the package"))
  func sharedFile() throws {
    let rows = try #require(SharedData.rows(of: "identifier_test_vectors.csv"))
    let vectors = try rows.map { row in
      let fields = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      try #require(fields.count == 3, "\(row)")
      return IdentifierVector(
        try #require(IdentifierVector.Kind(rawValue: fields[0])), fields[1], fields[2])
    }
    #expect(vectors == IdentifierVector.all)
    for vector in vectors {
      #expect(Self.verdict(on: vector.kind, vector.value) == vector.expected, "\(vector)")
    }
  }

  static func verdict(on kind: IdentifierVector.Kind, _ text: String) -> String {
    switch kind {
    case .vin: vinVerdict(text)
    case .uscc: codeVerdict("USCC", UnifiedSocialCreditCode.check(text))
    case .lei: codeVerdict("LEI", LegalEntityIdentifier.check(text))
    case .plate: plateVerdict(text)
    }
  }

  private static func vinVerdict(_ text: String) -> String {
    do {
      let vin = try VehicleIdentificationNumber(text)
      try vin.requireCheckDigit()
      return vin.checkDigit == .notApplicable ? "OK_CHECK_NOT_APPLICABLE" : "OK"
    } catch {
      return error.name
    }
  }

  private static func codeVerdict(_ kind: String, _ check: CodeCheck) -> String {
    switch check {
    case .valid: "OK"
    case .wrongLength: "\(kind)_LENGTH"
    case .wrongCharacter: "\(kind)_CHARACTER"
    case .wrongCheckCharacter: "\(kind)_CHECK"
    }
  }

  private static func plateVerdict(_ text: String) -> String {
    do {
      return try LicensePlate(text).kind == .regular ? "OK_REGULAR" : "OK_NEV"
    } catch {
      return error == .plateInvalid ? "PLATE_FORMAT" : error.name
    }
  }
}
