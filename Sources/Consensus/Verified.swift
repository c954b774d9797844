import Ledger

/// A message whose every signature was verified under the keys of its epoch's validators.
///
/// Only the verifier makes these (in the node: the code that checked the signatures; in a
/// simulation: the network that knows who signed). The machine never sees an unverified signature
/// and never verifies one:
///
/// - `Vote`: `signature` is that of validator `signer` of `ballot.epoch` under the ballot.
/// - `Certificate`: `Certificate.isValid` holds.
/// - `Proposal`: the leader's vote and every certificate of the justification are verified.
///
/// A message of an epoch whose validators the host does not know yet cannot be verified: the host
/// drops it without remembering it as seen, and anti-entropy brings it again.
package struct Verified<Message: Sendable>: Sendable {
  package let message: Message

  /// Only the verifier calls this.
  package init(byVerifier message: Message) { self.message = message }
}

extension Verified: Equatable where Message: Equatable {}
