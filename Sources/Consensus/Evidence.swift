import Ledger

/// Two votes of one validator in one view that no honest node signs both (CONSENSUS section 2,
/// "Evidence"). Whoever holds the validator's key can check it.
package struct Evidence: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// E1: two NOTARIZE votes for different blocks.
    case twoNotarizations
    /// E2: NULLIFY and FINALIZE.
    case nullifiedAndFinalized
    /// E3: NOTARIZE for one block and FINALIZE for another.
    case finalizedAnother
    /// E4: two FINALIZE votes for different blocks.
    case twoFinalizations
  }

  package let kind: Kind
  package let first: Vote
  package let second: Vote

  /// `nil` unless the votes contradict each other.
  package init?(_ first: Vote, _ second: Vote) {
    guard first.signer == second.signer, first.ballot.epoch == second.ballot.epoch,
      first.ballot.view == second.ballot.view,
      let kind = Evidence.contradiction(first.ballot.subject, second.ballot.subject)
    else { return nil }
    self.kind = kind
    self.first = first
    self.second = second
  }

  private static func contradiction(_ first: VoteSubject, _ second: VoteSubject) -> Kind? {
    switch (first, second) {
    case (.notarize(let first), .notarize(let second)):
      first == second ? nil : .twoNotarizations
    case (.finalize(let first), .finalize(let second)):
      first == second ? nil : .twoFinalizations
    case (.notarize(let first), .finalize(let second)),
      (.finalize(let second), .notarize(let first)):
      first == second ? nil : .finalizedAnother
    case (.nullify, .finalize), (.finalize, .nullify): .nullifiedAndFinalized
    case (.nullify, .nullify), (.nullify, .notarize), (.notarize, .nullify): nil
    }
  }
}
