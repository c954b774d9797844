import Ledger
import Node
import SimulatedMachine

/// Lets each of its votes go to a few peers only, however often they are sent, and never passes on
/// others'.
struct VoteWithholder: Liar {
  func say(_ message: PeerMessage, to peer: Int, _ mind: inout Mind) -> [PeerMessage] {
    switch message {
    case .vote(let vote):
      vote.signer == mind.index && isFor(peer, vote) ? [message] : []
    case .certificate: []
    default: [message]
    }
  }

  /// Three of ten peers, others for each vote: a signature is as good as a die.
  private func isFor(_ peer: Int, _ vote: Vote) -> Bool {
    guard !vote.signature.isEmpty else { return false }
    return vote.signature[peer % vote.signature.count] < 77
  }
}
