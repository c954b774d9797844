import Consensus
import Ledger
import Node
import SimulatedMachine

/// Proposes two blocks in one view: those with even numbers hear of one, the others of the other, and
/// some of both.
struct EquivocatingLeader: Liar {
  func say(_ message: PeerMessage, to peer: Int, _ mind: inout Mind) -> [PeerMessage] {
    guard case .proposal(let compact) = message,
      compact.proposal.header.proposer == mind.member,
      let other = mind.sibling(of: compact.proposal, dropping: 1)
    else { return [message] }
    if mind.random.chance(percent: 20) { return [message, .proposal(other)] }
    return peer.isMultiple(of: 2) ? [message] : [.proposal(other)]
  }
}
