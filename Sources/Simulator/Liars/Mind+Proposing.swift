import Consensus
import Ledger
import Node

extension Mind {
  /// Another block in the place of one that the replica proposed: on the same parent, a millisecond
  /// later, without its last transactions.
  func sibling(of proposal: Proposal, dropping count: Int) -> CompactProposal? {
    guard let block = replica.chain.block(proposal.header.hash) else { return nil }
    let header = proposal.header
    return build(
      on: header.parent, parentView: header.parentView, inView: header.view,
      at: header.time.advanced(byMilliseconds: 1),
      Array(block.transactions.dropLast(count)), justification: proposal.justification)
  }

  /// A block in a view of this validator's, as valid as its parent lets it be.
  func build(
    on parent: BlockHash, parentView: View, inView view: View, at time: Timestamp,
    _ transactions: [Transaction], justification: [Certificate]
  ) -> CompactProposal? {
    do {
      let built = try replica.chain.build(
        BlockProposal(
          epoch: replica.validators.epoch, view: view, parentView: parentView, parent: parent,
          time: time, proposer: member),
        from: transactions)
      return compact(
        built.block.header, transactions: built.block.transactions, built.block.outcomes,
        justification: justification)
    } catch {
      // The parent is not executed here.
      return nil
    }
  }

  /// A proposal of any header, with this validator's vote.
  func compact(
    _ header: BlockHeader, transactions: [Transaction], _ outcomes: [Outcome],
    justification: [Certificate]
  ) -> CompactProposal? {
    guard let index else { return nil }
    let ballot = Ballot(
      epoch: header.epoch, view: header.view,
      subject: .notarize(BlockReference(parentView: header.parentView, hash: header.hash)))
    return CompactProposal(
      proposal: Proposal(
        header: header, leaderVote: vote(ballot, signer: index), justification: justification),
      leaves: transactions.map(\.leaf), outcomes: outcomes)
  }
}
