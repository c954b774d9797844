import Cryptography
import Ledger

/// The words that clients use, all of them well-formed.
enum Words {
  static let person = Party.committed(Commitment(digest: SHA256.hash(Array("a person".utf8))))
  static let make = made { () throws(RefusalCode) in try DescriptiveText("BYD") }
  static let model = made { () throws(RefusalCode) in try DescriptiveText("Han EV") }
  static let region = made { () throws(RefusalCode) in try Region("440300") }
  static let start = made { () throws(RefusalCode) in try CalendarDate("2026-09-01") }
  static let maturity = made { () throws(RefusalCode) in try CalendarDate("2029-09-01") }

  static func identifier(_ text: String) -> Identifier {
    made { () throws(RefusalCode) in try Identifier(text) }
  }

  static func vin(_ text: String) -> VehicleIdentificationNumber {
    made { () throws(RefusalCode) in try VehicleIdentificationNumber(text) }
  }

  static func document(_ name: String) -> Document {
    .disclosed(DocumentHash(SHA256.hash(Array(name.utf8))))
  }

  static func money(_ minorUnits: Int64) -> Money {
    made { () throws(RefusalCode) in
      try Money(minorUnits: minorUnits, currency: try Currency("CNY"))
    }
  }

  private static func made<Value>(_ make: () throws(RefusalCode) -> Value) -> Value {
    do {
      return try make()
    } catch {
      preconditionFailure("the simulator's own words are well-formed: \(error)")
    }
  }
}
