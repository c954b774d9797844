import Consensus
import Ledger
import Node

extension PeerMessage {
  /// In a few words, for a trace.
  var words: String {
    switch self {
    case .proposal(let compact):
      "proposal of block \(compact.proposal.header.height.rawValue) \(compact.proposal.header.hash.short)"
        + " in view \(compact.proposal.leaderVote.ballot.view.rawValue)"
    case .vote(let vote): "vote of \(vote.signer.rawValue): \(vote.ballot.words)"
    case .certificate(let certificate): "certificate: \(certificate.ballot.words)"
    case .status(let status):
      "status: epoch \(status.consensus.epoch.rawValue) view \(status.consensus.view.rawValue) "
        + "height \(status.consensus.finalizedHeight.rawValue)"
    case .certificatesWanted(let request):
      "wants certificates of views \(request.views.lowerBound.rawValue) to "
        + "\(request.views.upperBound.rawValue)"
    case .bodyWanted(let hash, let leaves): "wants \(leaves.count) transactions of \(hash.short)"
    case .blockWanted(let hash, let height): "wants block \(hash.short) above \(height.rawValue)"
    case .rangeWanted(let height): "wants blocks from \(height.rawValue)"
    case .transactions(let transactions): "\(transactions.count) transactions"
    case .announcement(let tags): "announces \(tags.count) transactions"
    case .transactionsWanted(let tags): "wants \(tags.count) announced transactions"
    case .block(let bytes): "a block of \(bytes.count) bytes"
    case .range(let range): "\(range.blocks.count) blocks from \(range.first.rawValue)"
    case .mempoolDigest: "mempool digest"
    case .mempoolTags(_, let tags): "\(tags.count) tags of its mempool"
    case .prune: "prune"
    case .recovery: "recovery record"
    case .topology(let reports): "\(reports.count) reports of links"
    }
  }
}

extension Ballot {
  fileprivate var words: String {
    let view = "epoch \(epoch.rawValue) view \(view.rawValue)"
    return switch subject {
    case .notarize(let block): "NOTARIZE \(block.hash.short), \(view)"
    case .nullify: "NULLIFY, \(view)"
    case .finalize(let block): "FINALIZE \(block.hash.short), \(view)"
    }
  }
}

extension BlockHash {
  fileprivate var short: String { String("\(self)".prefix(8)) }
}
