import Consensus
import Cryptography
import Ledger
import Node

/// What honest nodes have seen validators sign, alone or in certificates: enough to say of every fork
/// who made it.
///
/// Two chains that part have each a final block that the other lacks, in views v and, at the same time
/// or later, w. Whoever made the later one went past v by a certificate that no honest signer of the
/// finalization of v is in: a nullification, or a notarization of another block. Two quorums share
/// f + 1 signers at least; each of them has contradicted itself, and its two votes show it.
struct ForkEvidence {
  /// A validator and two votes of its own that contradict each other, both verified.
  struct Accusation {
    let member: MemberID
    let evidence: Evidence
  }

  private struct Voter: Hashable, Comparable {
    let epoch: Epoch
    let view: View
    let signer: ValidatorIndex

    static func < (left: Voter, right: Voter) -> Bool {
      (left.epoch, left.view, left.signer) < (right.epoch, right.view, right.signer)
    }
  }

  private let network: NetworkID
  private var validators: [Epoch: ValidatorSet]
  private var votes: [Voter: [Vote]] = [:]

  init(_ membership: SimulatedMembership) {
    network = membership.network
    let first = membership.genesis.validators
    validators = [first.epoch: first]
  }

  mutating func see(_ observation: Observation) {
    switch observation {
    case .sent(let node, let message), .heard(let node, _, let message):
      if let set = node.replica?.validators { validators[set.epoch] = set }
      see(message)
    default: break
    }
  }

  private mutating func see(_ message: PeerMessage) {
    switch message {
    case .vote(let vote): keep(vote)
    case .certificate(let certificate): keep(certificate)
    case .proposal(let compact):
      keep(compact.proposal.leaderVote)
      for certificate in compact.proposal.justification { keep(certificate) }
    default: break
    }
  }

  private mutating func keep(_ certificate: Certificate) {
    for signature in certificate.signatures {
      keep(
        Vote(
          ballot: certificate.ballot, signer: signature.signer, signature: signature.signature))
    }
  }

  private mutating func keep(_ vote: Vote) {
    let voter = Voter(epoch: vote.ballot.epoch, view: vote.ballot.view, signer: vote.signer)
    if votes[voter]?.contains(vote) != true { votes[voter, default: []].append(vote) }
  }

  /// Who has contradicted itself, each once, ascending by name.
  var accusations: [Accusation] {
    var accused: [MemberID: Evidence] = [:]
    for (voter, votes) in votes.sorted(by: { $0.key < $1.key }) where votes.count > 1 {
      guard let set = validators[voter.epoch], voter.signer.rawValue < set.count else { continue }
      let validator = set[voter.signer]
      guard accused[validator.member] == nil else { continue }
      let signed = votes.filter { vote in
        Verifier(validator.consensusKey).isValid(
          signature: vote.signature, message: vote.ballot.toBeSigned(network: network))
      }
      accused[validator.member] = signed.contradiction
    }
    return accused.sorted { $0.key < $1.key }.map { Accusation(member: $0.key, evidence: $0.value) }
  }
}

extension [Vote] {
  /// The first two that contradict each other.
  fileprivate var contradiction: Evidence? {
    for (index, first) in enumerated() {
      for second in self[(index + 1)...] {
        if let evidence = Evidence(first, second) { return evidence }
      }
    }
    return nil
  }
}
