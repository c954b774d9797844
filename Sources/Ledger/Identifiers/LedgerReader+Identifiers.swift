import Cryptography

extension LedgerReader {
  package mutating func vin() throws(LedgerError) -> VehicleIdentificationNumber {
    try canonicalText()
  }

  package mutating func unifiedSocialCreditCode() throws(LedgerError) -> UnifiedSocialCreditCode {
    try canonicalText()
  }

  package mutating func legalEntityIdentifier() throws(LedgerError) -> LegalEntityIdentifier {
    try canonicalText()
  }

  package mutating func currency() throws(LedgerError) -> Currency { try canonicalText() }

  package mutating func identifier() throws(LedgerError) -> Identifier { try canonicalText() }

  package mutating func memberID() throws(LedgerError) -> MemberID { try canonicalText() }

  package mutating func descriptiveText() throws(LedgerError) -> DescriptiveText {
    try canonicalText()
  }

  package mutating func region() throws(LedgerError) -> Region { try canonicalText() }

  /// `[minor units, currency]`. Refuses zero; a negative number is malformed.
  package mutating func money() throws(LedgerError) -> Money {
    try array(count: 2)
    let minorUnits = Int64(try unsigned(through: UInt64(Int64.max)))
    let currency = try currency()
    do {
      return try Money(minorUnits: minorUnits, currency: currency)
    } catch {
      throw .refused(error)
    }
  }

  /// Days since 1970-01-01. Refuses days outside 1900...9999 with `valueOutOfRange`.
  package mutating func calendarDate() throws(LedgerError) -> CalendarDate {
    guard let days = Int32(exactly: try integer()), let date = CalendarDate(daysSinceEpoch: days)
    else { throw .refused(.valueOutOfRange) }
    return date
  }

  /// A byte string of exactly 32 bytes.
  package mutating func documentHash() throws(LedgerError) -> DocumentHash {
    DocumentHash(try digest())
  }

  /// `[1, code]` or `[2, code]`. Refuses a sole trader with `soleTraderDisclosed`.
  package mutating func legalEntity() throws(LedgerError) -> LegalEntity {
    try array(count: 2)
    let start = offset
    switch try unsigned() {
    case LegalEntityForm.uscc:
      let code = try unifiedSocialCreditCode()
      do { return try LegalEntity(code) } catch { throw .refused(error) }
    case LegalEntityForm.lei: return .lei(try legalEntityIdentifier())
    default: throw invalidValue(at: start)
    }
  }

  // MARK: Disclosable values

  package mutating func party() throws(LedgerError) -> Party {
    try disclosable { reader throws(LedgerError) in try reader.legalEntity() }
  }

  package mutating func document() throws(LedgerError) -> Disclosable<DocumentHash> {
    try disclosable { reader throws(LedgerError) in try reader.documentHash() }
  }

  package mutating func disclosableIdentifier() throws(LedgerError) -> Disclosable<Identifier> {
    try disclosable { reader throws(LedgerError) in try reader.identifier() }
  }

  package mutating func disclosableMoney() throws(LedgerError) -> Disclosable<Money> {
    try disclosable { reader throws(LedgerError) in try reader.money() }
  }

  private mutating func disclosable<Value>(
    _ value: (inout LedgerReader) throws(LedgerError) -> Value
  ) throws(LedgerError) -> Disclosable<Value> {
    try array(count: 2)
    let start = offset
    switch try unsigned() {
    case DisclosableForm.disclosed: return .disclosed(try value(&self))
    case DisclosableForm.committed: return .committed(Commitment(digest: try digest()))
    default: throw invalidValue(at: start)
    }
  }

  /// A text is taken whole, then refused for what it is: a code of 19 characters is no malformed
  /// CBOR. The limit only keeps the copy small.
  private mutating func canonicalText<Value: CanonicalText>() throws(LedgerError) -> Value {
    let text = try text(limit: 256)
    do { return try Value(text) } catch { throw .refused(error) }
  }
}
