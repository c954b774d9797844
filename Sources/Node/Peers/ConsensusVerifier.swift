import Consensus
import Cryptography
import Ledger

/// Verifies what validators say, under the keys of the present epoch.
///
/// A signature that the machine has is not verified again: `isKnown` says of a vote whether the
/// machine has just that one.
struct ConsensusVerifier {
  private let network: NetworkID
  private var keys: PreparedKeys

  init(network: NetworkID, memo: SignatureMemo? = nil) {
    self.network = network
    keys = PreparedKeys(limit: 2 * ValidatorSet.limit, memo: memo)
  }

  mutating func isValid(_ vote: Vote, _ validators: ValidatorSet) -> Bool {
    guard vote.ballot.epoch == validators.epoch, vote.signer.rawValue < validators.count else {
      return false
    }
    return isSigned(vote, vote.ballot.toBeSigned(network: network), validators)
  }

  mutating func isValid(
    _ certificate: Certificate, _ validators: ValidatorSet, isKnown: (Vote) -> Bool
  ) -> Bool {
    guard certificate.isQuorum(of: validators) else { return false }
    let ballot = certificate.ballot
    let message = ballot.toBeSigned(network: network)
    return certificate.signatures.allSatisfy { signature in
      let vote = Vote(ballot: ballot, signer: signature.signer, signature: signature.signature)
      return isKnown(vote) || isSigned(vote, message, validators)
    }
  }

  /// - Precondition: the signer is one of `validators`.
  private mutating func isSigned(
    _ vote: Vote, _ message: [UInt8], _ validators: ValidatorSet
  ) -> Bool {
    keys.verifier(of: validators[vote.signer].consensusKey)
      .isValid(signature: vote.signature, message: message)
  }

  mutating func takeWantedTables() -> [PublicKey] { keys.takeWanted() }
  mutating func install(_ verifier: Verifier) { keys.install(verifier) }
}
