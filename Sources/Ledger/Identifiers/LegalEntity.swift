/// A company or other body that is named in the clear.
///
/// A sole trader is a natural person and is only ever committed to; `init` and the reader refuse
/// its code.
package enum LegalEntity: Hashable, Sendable {
  case uscc(UnifiedSocialCreditCode)
  case lei(LegalEntityIdentifier)

  /// Throws `soleTraderDisclosed` for a sole trader's code.
  package init(_ code: UnifiedSocialCreditCode) throws(RefusalCode) {
    guard !code.isSoleTrader else { throw .soleTraderDisclosed }
    self = .uscc(code)
  }

  /// A text of 20 characters is taken for a legal entity identifier, any other for a unified social
  /// credit code. Throws `leiInvalid`, `usccInvalid` or `soleTraderDisclosed`.
  package init(_ text: String) throws(RefusalCode) {
    if text.unicodeScalars.count == LegalEntityIdentifier.length {
      self = .lei(try LegalEntityIdentifier(text))
    } else {
      try self.init(try UnifiedSocialCreditCode(text))
    }
  }

  package var text: String {
    switch self {
    case .uscc(let code): code.text
    case .lei(let code): code.text
    }
  }
}

extension LegalEntity: Comparable, CustomStringConvertible {
  package var description: String { text }

  /// Unified social credit codes before legal entity identifiers.
  package static func < (left: LegalEntity, right: LegalEntity) -> Bool {
    switch (left, right) {
    case (.uscc(let left), .uscc(let right)): left < right
    case (.lei(let left), .lei(let right)): left < right
    case (.uscc, .lei): true
    case (.lei, .uscc): false
    }
  }
}
