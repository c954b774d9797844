import CBOR
import Testing

@testable import Ledger

@Suite("Legal entity")
struct LegalEntityTests {
  @Test("reads a code of either kind")
  func kinds() throws {
    let company = try UnifiedSocialCreditCode("91110000600037341L")
    #expect(try LegalEntity("91110000600037341L") == .uscc(company))
    let lei = try LegalEntityIdentifier("5493001KJTIIGC8Y1R12")
    #expect(try LegalEntity("5493001KJTIIGC8Y1R12") == .lei(lei))
    #expect(LegalEntity.uscc(company) < .lei(lei))
    #expect(!company.isSoleTrader)
  }

  @Test(
    "refuses a text that is no code",
    arguments: [
      ("", RefusalCode.usccInvalid),
      ("91110000600037341M", .usccInvalid),
      ("91110000600037341l", .usccInvalid),
      ("9111000060003734１L", .usccInvalid),
      ("911A0000600037341L", .usccInvalid),
      ("213800KUD8LXJWSQ9D15", .leiInvalid),
      ("213800kud8lajwsq9d15", .leiInvalid),
    ])
  func refusals(text: String, code: RefusalCode) {
    #expect(throws: code) { try LegalEntity(text) }
  }

  @Test("refuses to name a sole trader, in text and in bytes")
  func soleTrader() throws {
    let code = try Self.soleTraderCode()
    #expect(code.isSoleTrader)
    #expect(throws: RefusalCode.soleTraderDisclosed) { try LegalEntity(code.text) }
    var encoder = CBOREncoder()
    encoder.array(2)
    encoder.unsigned(0)
    encoder.array(2)
    encoder.unsigned(1)
    encoder.text(code.text)
    var reader = LedgerReader(encoder.bytes)
    #expect(throws: LedgerError.refused(.soleTraderDisclosed)) { try reader.party() }
  }

  @Test("never writes a sole trader's code")
  func soleTraderExit() async {
    await #expect(processExitsWith: .failure) {
      var encoder = CBOREncoder()
      encoder.legalEntity(.uscc(try LegalEntityTests.soleTraderCode()))
    }
  }

  @Test("catches every single substitution in a unified social credit code")
  func usccSubstitutions() {
    // 31 is prime and no weight is a multiple of it.
    let code = Array("91110000600037341L")
    for index in code.indices {
      for character in "0123456789ABCDEFGHJKLMNPQRTUWXY" where character != code[index] {
        var changed = code
        changed[index] = character
        #expect(UnifiedSocialCreditCode.check(String(changed)) != .valid, "\(String(changed))")
      }
    }
  }

  @Test("catches every letter for a letter and digit for a digit in a legal entity identifier")
  func leiSubstitutions() {
    // 97 is prime and larger than any difference between two of a kind.
    let code = Array("5493001KJTIIGC8Y1R12")
    for index in code.indices {
      let others = code[index].isNumber ? "0123456789" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
      for character in others where character != code[index] {
        var changed = code
        changed[index] = character
        let check = LegalEntityIdentifier.check(String(changed))
        #expect(check == .wrongCheckCharacter, "\(String(changed))")
      }
    }
  }

  static func soleTraderCode() throws -> UnifiedSocialCreditCode {
    for check in "0123456789ABCDEFGHJKLMNPQRTUWXY" {
      let text = "92330100799655058" + String(check)
      if UnifiedSocialCreditCode.check(text) == .valid { return try UnifiedSocialCreditCode(text) }
    }
    throw RefusalCode.usccInvalid
  }
}
