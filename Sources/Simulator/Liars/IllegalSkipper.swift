import Consensus
import Ledger
import Node

/// Proposes on the last final block, whatever was notarized since, as if nobody had: without the
/// nullifications that it would need.
struct IllegalSkipper: Liar {
  func say(_ message: PeerMessage, to peer: Int, _ mind: inout Mind) -> [PeerMessage] {
    guard case .proposal(let compact) = message,
      compact.proposal.header.proposer == mind.member
    else { return [message] }
    let header = compact.proposal.header
    let head = mind.replica.chain.head.header
    guard let block = mind.replica.chain.block(header.hash), head.epoch == header.epoch,
      head.hash != header.parent,
      let other = mind.build(
        on: head.hash, parentView: head.view, inView: header.view, at: header.time,
        block.transactions, justification: [])
    else { return [message] }
    return [.proposal(other)]
  }
}
