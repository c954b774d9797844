import Consensus
import Cryptography
import Ledger
import TestSupport
import Testing

@testable import Node

/// A leader whose block nobody could pass on.
@Suite("Replicas whose leader proposes too large a block")
struct OversizedProposalTests {
  /// Transactions with more bytes than a body may have. Their signatures are wrong, so that they are
  /// in no block later.
  private func tooMuch(_ network: ReplicaNetwork) -> [Transaction] {
    var transactions: [Transaction] = []
    var byteCount = 0
    while byteCount <= Block.bodyByteLimit {
      let first = 1_000 * (1 + transactions.count)
      let large = network.registration(of: first..<first + 900, by: 0)
      transactions.append(TestNetwork.forged(large, network: network.genesis.network))
      byteCount += large.bytes.count
    }
    return transactions
  }

  private func proposal(
    _ compact: CompactProposal, of transactions: [Transaction], in network: ReplicaNetwork
  ) throws -> CompactProposal {
    let honest = compact.proposal.header
    let outcomes = Array(repeating: Outcome.accepted, count: transactions.count)
    let header = BlockHeader(
      network: honest.network, epoch: honest.epoch, view: honest.view,
      parentView: honest.parentView, height: honest.height, time: honest.time,
      proposer: honest.proposer, parent: honest.parent,
      transactionsRoot: Block.transactionsRoot(of: transactions),
      outcomesRoot: Block.outcomesRoot(of: outcomes, transactions: transactions),
      transactionCount: UInt64(transactions.count),
      operationCount: Block.operationCount(of: transactions), stateRoot: honest.stateRoot,
      historyRoot: honest.historyRoot, nextValidators: nil)
    return try network.proposal(
      of: header, like: compact.proposal, leaves: transactions.map(\.leaf), outcomes: outcomes)
  }

  @Test("never put it together, and go on without it")
  func tooLarge() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    let transactions = tooMuch(network)
    let leaves = Set(transactions.map(\.leaf))
    // The first leader tells each of the three others its lie; the next ones are honest.
    var (lieCount, bodyCount) = (0, 0)
    network.rewrite = { _, _, message in
      guard case .proposal(let compact) = message, lieCount < 3,
        let lie = try? proposal(compact, of: transactions, in: network)
      else { return message }
      lieCount += 1
      return .proposal(lie)
    }
    network.filter = { from, to, message in
      guard case .bodyWanted(_, let wanted) = message, leaves.isSuperset(of: wanted) else {
        return true
      }
      bodyCount += 1
      try? network.show(.transactions(transactions.map(\.bytes)), from: to, to: from)
      return false
    }
    let sent = try network.submit(network.registration(1, by: 0), to: 0)
    let isFinal = try network.run(milliseconds: 20_000) {
      network.isAccepted(sent, at: 0) && network.isEven
    }
    #expect(isFinal, "heights \(network.heights)")
    #expect(lieCount == 3)
    #expect(bodyCount >= 3)
    // None had a whole block to judge.
    for index in 0..<4 { #expect(network.logged("block-invalid", by: index).isEmpty) }
    #expect(network.nodes.allSatisfy { $0?.cuts.isEmpty ?? false })
    try network.checkAgreement()
  }
}
