import Consensus
import Ledger
import Node
import SimulatedMachine

/// Signs for each block that it hears of that it is the view's only one and that it is final, and
/// gives the view up as well. Now and then it shows a certificate that it has signed alone, for
/// everybody.
struct DoubleVoter: Liar {
  private var answered: Set<Ballot> = []

  mutating func hear(_ message: PeerMessage, _ mind: inout Mind) -> [Lie] {
    switch message {
    case .proposal(let compact): vote(about: compact.proposal.leaderVote.ballot, &mind)
    case .vote(let vote): self.vote(about: vote.ballot, &mind)
    case .certificate(let certificate): vote(about: certificate.ballot, &mind)
    default: []
    }
  }

  private mutating func vote(about ballot: Ballot, _ mind: inout Mind) -> [Lie] {
    guard let block = ballot.subject.block, ballot.epoch == mind.replica.validators.epoch,
      let index = mind.index,
      answered.insert(Ballot(epoch: ballot.epoch, view: ballot.view, subject: .notarize(block)))
        .inserted
    else { return [] }
    var lies: [Lie] = []
    for subject in [VoteSubject.notarize(block), .finalize(block), .nullify] {
      let ballot = Ballot(epoch: ballot.epoch, view: ballot.view, subject: subject)
      lies += mind.scatter(.vote(mind.vote(ballot, signer: index)), percent: 50)
    }
    if mind.random.chance(percent: 5) {
      let ballot = Ballot(epoch: ballot.epoch, view: ballot.view, subject: .nullify)
      lies += mind.scatter(.certificate(forged(ballot, mind, signer: index)), percent: 50)
    }
    return lies
  }

  /// A quorum of signatures, all of them this validator's own.
  private func forged(_ ballot: Ballot, _ mind: Mind, signer: ValidatorIndex) -> Certificate {
    let signature = mind.vote(ballot, signer: signer).signature
    return Certificate(
      ballot: ballot,
      signatures: (0..<mind.replica.validators.quorum).map { index in
        CertificateSignature(signer: ValidatorIndex(UInt8(index)), signature: signature)
      })
  }
}
