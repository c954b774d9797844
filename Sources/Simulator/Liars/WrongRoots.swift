import Consensus
import Ledger
import Node

/// Proposes blocks whose header names a state root that they do not lead to.
struct WrongRoots: Liar {
  func say(_ message: PeerMessage, to peer: Int, _ mind: inout Mind) -> [PeerMessage] {
    guard case .proposal(let compact) = message,
      compact.proposal.header.proposer == mind.member,
      let block = mind.replica.chain.block(compact.proposal.header.hash)
    else { return [message] }
    let right = compact.proposal.header
    let wrong = BlockHeader(
      network: right.network, epoch: right.epoch, view: right.view, parentView: right.parentView,
      height: right.height, time: right.time, proposer: right.proposer, parent: right.parent,
      transactionsRoot: right.transactionsRoot, outcomesRoot: right.outcomesRoot,
      transactionCount: right.transactionCount, operationCount: right.operationCount,
      stateRoot: right.historyRoot, historyRoot: right.historyRoot,
      nextValidators: right.nextValidators)
    let lie = mind.compact(
      wrong, transactions: block.transactions, block.outcomes,
      justification: compact.proposal.justification)
    return lie.map { [.proposal($0)] } ?? [message]
  }
}
