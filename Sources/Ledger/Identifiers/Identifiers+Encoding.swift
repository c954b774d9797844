import CBOR
import Cryptography

// The CBOR of identifiers (docs/formats/identifiers.md). Texts are text strings; money is
// `[minor units, currency]`; a legal entity `[1, uscc]` or `[2, lei]`; a disclosable value
// `[0, value]` or `[1, 32 bytes]`; a date is the number of days since 1970-01-01.

extension CBOREncoder {
  package mutating func vin(_ vin: VehicleIdentificationNumber) { text(vin.text) }
  package mutating func currency(_ currency: Currency) { text(currency.text) }
  package mutating func identifier(_ identifier: Identifier) { text(identifier.text) }
  package mutating func memberID(_ member: MemberID) { text(member.text) }
  package mutating func descriptiveText(_ description: DescriptiveText) { text(description.text) }
  package mutating func region(_ region: Region) { text(region.text) }
  package mutating func documentHash(_ hash: DocumentHash) { digest(hash.digest) }
  package mutating func calendarDate(_ date: CalendarDate) { integer(Int64(date.daysSinceEpoch)) }

  package mutating func unifiedSocialCreditCode(_ code: UnifiedSocialCreditCode) {
    text(code.text)
  }

  package mutating func legalEntityIdentifier(_ code: LegalEntityIdentifier) {
    text(code.text)
  }

  package mutating func money(_ money: Money) {
    array(2)
    integer(money.minorUnits)
    currency(money.currency)
  }

  /// - Precondition: not a sole trader, whose code `LegalEntity.init` refuses: what is written in
  ///   the clear cannot be taken back.
  package mutating func legalEntity(_ entity: LegalEntity) {
    array(2)
    switch entity {
    case .uscc(let code):
      precondition(!code.isSoleTrader, "a sole trader is committed to, never named")
      unsigned(LegalEntityForm.uscc)
      unifiedSocialCreditCode(code)
    case .lei(let code):
      unsigned(LegalEntityForm.lei)
      legalEntityIdentifier(code)
    }
  }

  // MARK: Disclosable values

  package mutating func party(_ party: Party) {
    disclosable(party) { $0.legalEntity($1) }
  }

  package mutating func document(_ document: Disclosable<DocumentHash>) {
    disclosable(document) { $0.documentHash($1) }
  }

  package mutating func disclosableIdentifier(_ identifier: Disclosable<Identifier>) {
    disclosable(identifier) { $0.identifier($1) }
  }

  package mutating func disclosableMoney(_ money: Disclosable<Money>) {
    disclosable(money) { $0.money($1) }
  }

  private mutating func disclosable<Value>(
    _ disclosable: Disclosable<Value>, _ encode: (inout CBOREncoder, Value) -> Void
  ) {
    array(2)
    switch disclosable {
    case .disclosed(let value):
      unsigned(DisclosableForm.disclosed)
      encode(&self, value)
    case .committed(let commitment):
      unsigned(DisclosableForm.committed)
      self.commitment(commitment)
    }
  }
}

/// The number before a legal entity's code.
enum LegalEntityForm {
  static let uscc: UInt64 = 1
  static let lei: UInt64 = 2
}

/// The number before a disclosable value.
enum DisclosableForm {
  static let disclosed: UInt64 = 0
  static let committed: UInt64 = 1
}
