import Consensus
import Cryptography
import Ledger

/// Verifies what validators say, under the keys of the present epoch.
///
/// A signature that the machine has is not verified again: `isKnown` says of a vote whether the
/// machine has just that one.
struct ConsensusVerifier {
  private let network: NetworkID
  private var keys = PreparedKeys(limit: 2 * ValidatorSet.limit)

  init(network: NetworkID) { self.network = network }

  mutating func isValid(_ vote: Vote, _ validators: ValidatorSet) -> Bool {
    guard vote.ballot.epoch == validators.epoch, Int(vote.signer.rawValue) < validators.count else {
      return false
    }
    let verifier = keys.verifier(of: validators[vote.signer].consensusKey)
    return verifier.isValid(
      signature: vote.signature, message: vote.ballot.toBeSigned(network: network))
  }

  mutating func isValid(
    _ certificate: Certificate, _ validators: ValidatorSet, isKnown: (Vote) -> Bool
  ) -> Bool {
    let ballot = certificate.ballot
    guard ballot.epoch == validators.epoch, certificate.signatures.count >= validators.quorum,
      certificate.signatures.allSatisfy({ Int($0.signer.rawValue) < validators.count })
    else { return false }
    return certificate.signatures.allSatisfy { signature in
      let vote = Vote(ballot: ballot, signer: signature.signer, signature: signature.signature)
      return isKnown(vote) || isValid(vote, validators)
    }
  }

  mutating func takeWantedTables() -> [PublicKey] { keys.takeWanted() }
  mutating func install(_ verifier: Verifier) { keys.install(verifier) }
}
