import Ledger
import Node
import SimulatedMachine

/// Lets each of its votes go to a few peers only, and never passes on others'.
struct VoteWithholder: Liar {
  func say(_ message: PeerMessage, to peer: Int, _ mind: inout Mind) -> [PeerMessage] {
    switch message {
    case .vote(let vote):
      vote.signer == mind.index && mind.random.chance(percent: 30) ? [message] : []
    case .certificate: []
    default: [message]
    }
  }
}
