import Consensus
import Ledger
import Node

/// Proposes on the last final block, whatever was notarized since, as if nobody had: without the
/// nullifications that it would need. So that there is more to skip, nobody hears of its FINALIZEs.
struct IllegalSkipper: Liar {
  func say(_ message: PeerMessage, to peer: Int, _ mind: inout Mind) -> [PeerMessage] {
    switch message {
    case .vote(let vote)
    where vote.signer == mind.index && vote.ballot.subject.kind == .finalize:
      []
    case .certificate(let certificate) where certificate.ballot.subject.kind == .finalize: []
    case .proposal(let compact) where compact.proposal.header.proposer == mind.member:
      [skipping(compact, &mind).map { .proposal($0) } ?? message]
    default: [message]
    }
  }

  private func skipping(_ compact: CompactProposal, _ mind: inout Mind) -> CompactProposal? {
    let header = compact.proposal.header
    let head = mind.replica.chain.head.header
    guard let block = mind.replica.chain.block(header.hash), head.epoch == header.epoch,
      head.hash != header.parent
    else { return nil }
    return mind.build(
      on: head.hash, parentView: head.view, inView: header.view, at: header.time,
      block.transactions, justification: [])
  }
}
