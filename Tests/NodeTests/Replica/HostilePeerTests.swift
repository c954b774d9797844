import Consensus
import Cryptography
import Ledger
import Merkle
import SimulatedMachine
import TestSupport
import Testing

@testable import Node

@Suite("A replica with a hostile peer")
struct HostilePeerTests {
  /// Lets no vote through, so that what is submitted stays in the mempools.
  private func withoutVotes(_ network: ReplicaNetwork) {
    network.filter = { _, _, message in
      if case .vote = message { false } else { true }
    }
  }

  private func transactions(
    to index: Int, in network: ReplicaNetwork, _ question: () throws -> Void
  ) throws -> [[[UInt8]]] {
    var answers: [[[UInt8]]] = []
    network.filter = { _, to, message in
      if to == index, case .transactions(let transactions) = message {
        answers.append(transactions)
      }
      return false
    }
    try question()
    try network.run(milliseconds: 5)
    return answers
  }

  @Test("gives each transaction of a body once, however often it is asked for in one question")
  func repeatedLeaf() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    withoutVotes(network)
    let transaction = network.registration(1, by: 0)
    try network.submit(transaction, to: 0)
    try network.run(milliseconds: 20)
    let leaves = Array(repeating: transaction.leaf, count: PeerLimits.transactionLimit)
    let answers = try transactions(to: 1, in: network) {
      try network.show(.bodyWanted(BlockHash(SHA256.hash([1])), leaves), from: 1, to: 0)
    }
    #expect(answers == [[transaction.bytes]])
  }

  @Test("gives no more of its mempool in one answer than a body may hold")
  func wholeMempool() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    withoutVotes(network)
    let large = (0..<300).map { network.registration(of: 64 * $0..<64 * ($0 + 1), by: 0) }
    #expect(large.reduce(0) { $0 + $1.bytes.count } > Block.bodyByteLimit + 65_536)
    for transaction in large { try network.submit(transaction, to: 0) }
    try network.run(milliseconds: 50)
    let answers = try transactions(to: 1, in: network) {
      try network.show(
        .bodyWanted(BlockHash(SHA256.hash([1])), large.map(\.leaf)), from: 1, to: 0)
    }
    #expect(answers.count == 1)
    let byteCount = answers.joined().reduce(0) { $0 + $1.count }
    #expect((Block.bodyByteLimit * 9 / 10...Block.bodyByteLimit).contains(byteCount))
  }

  @Test("keeps few messages of an epoch to come for each link, and drops them with the link")
  func earlyMessages() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    let epoch = network[0].replica.machine.epoch.next
    for number in 0..<1_000 {
      let ballot = Ballot(epoch: epoch, view: View(1 + UInt64(number % 7)), subject: .nullify)
      let vote = Vote(
        ballot: ballot, signer: ValidatorIndex(UInt8(number % 4)),
        signature: Array(repeating: 1, count: 64))
      try network.show(.vote(vote), from: 1, to: 0)
    }
    #expect(network[0].replica.early.count == PeerLimits.earlyMessageCount)
    let honest = Vote(
      ballot: Ballot(epoch: epoch, view: View(1), subject: .nullify), signer: ValidatorIndex(2),
      signature: Array(repeating: 2, count: 64))
    try network.show(.vote(honest), from: 2, to: 0)
    #expect(network[0].replica.early.count == PeerLimits.earlyMessageCount + 1)
    try network.cut(0, 1)
    #expect(network[0].replica.early.map { $0.0 } == [.vote(honest)])
  }

  @Test("fetches a block whose outcomes were altered on the way, and cuts off nobody for them")
  func alteredOutcomes() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    var alteredCount = 0
    network.rewrite = { _, to, message in
      guard to == 3, case .proposal(let compact) = message, !compact.outcomes.isEmpty else {
        return message
      }
      alteredCount += 1
      return .proposal(
        CompactProposal(
          proposal: compact.proposal, leaves: compact.leaves,
          outcomes: compact.outcomes.map { _ in
            .refused(Refusal(code: .vehicleUnknown, operationIndex: 0))
          }))
    }
    for number in 0..<8 { try network.register(number, at: number % 3) }
    #expect(alteredCount > 0)
    #expect(try network.run(milliseconds: 5_000) { network.isEven }, "heights \(network.heights)")
    #expect(network.nodes.allSatisfy { $0?.cuts.isEmpty ?? false })
    try network.checkAgreement()
  }

  @Test("blames nobody for a forged transaction that a leader proposed, and goes on without it")
  func forgedTransaction() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    let honest = network.registration(1, by: 0)
    let forged = TestNetwork.forged(honest, network: network.genesis.network)
    // The first leader tells each of the three others its lie; the next ones are honest.
    var lieCount = 0
    var honestVote: Vote?
    network.rewrite = { _, _, message in
      guard case .proposal(let compact) = message, lieCount < 3,
        let lie = try? proposal(compact, of: forged, in: network)
      else { return message }
      lieCount += 1
      honestVote = compact.proposal.leaderVote
      return .proposal(lie)
    }
    network.filter = { from, to, message in
      if case .bodyWanted(_, let leaves) = message, leaves == [forged.leaf] {
        if let honestVote { try? network.show(.vote(honestVote), from: to, to: from) }
        try? network.show(.transactions([forged.bytes]), from: to, to: from)
        return false
      }
      return true
    }
    let sent = try network.submit(honest, to: 0)
    let isFinal = try network.run(milliseconds: 20_000) {
      network.isAccepted(sent, at: 0) && network.isEven
    }
    #expect(isFinal, "heights \(network.heights)")
    #expect(lieCount == 3)
    // Its vote for what it really proposed came out too. The line has both votes, for anybody to verify.
    let evidence = (0..<4).flatMap { network.logged("contradicting-votes", by: $0) }
    let event = try #require(evidence.first)
    let votes = try event.fields.filter { ["first", "second"].contains($0.name) }.map { field in
      guard case .text(let text) = field.value else { throw CancellationError() }
      return try Vote(try #require(Hexadecimal.decode(text)))
    }
    try #require(votes.count == 2)
    #expect(Evidence(votes[0], votes[1])?.kind == .twoNotarizations)
    #expect(
      event.fields.first
        == LogField("member", network.members[Int(votes[0].signer.rawValue)].id.text))
    for vote in votes {
      let key = network.consensusKeys[Int(vote.signer.rawValue)].publicKey
      #expect(
        Verifier(key).isValid(
          signature: vote.signature,
          message: vote.ballot.toBeSigned(network: network.genesis.network)))
    }
    #expect(network.nodes.allSatisfy { $0?.cuts.isEmpty ?? false })
    try network.checkAgreement()
  }

  /// What a leader would say that proposed another transaction instead.
  private func proposal(
    _ compact: CompactProposal, of transaction: Transaction, in network: ReplicaNetwork
  ) throws -> CompactProposal {
    let honest = compact.proposal.header
    let header = BlockHeader(
      network: honest.network, epoch: honest.epoch, view: honest.view,
      parentView: honest.parentView, height: honest.height, time: honest.time,
      proposer: honest.proposer, parent: honest.parent,
      transactionsRoot: Block.transactionsRoot(of: [transaction]),
      outcomesRoot: honest.outcomesRoot, transactionCount: 1,
      operationCount: honest.operationCount, stateRoot: honest.stateRoot,
      historyRoot: honest.historyRoot, nextValidators: nil)
    return try network.proposal(
      of: header, like: compact.proposal, leaves: [transaction.leaf], outcomes: compact.outcomes)
  }

  @Test("hears while it catches up that it was set back, and does not vote")
  func setBackWhileCatchingUp() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    for number in 0..<3 { try network.register(number, at: 1) }
    let copy = network[3].disk.copy()
    for number in 3..<60 { try network.register(number, at: 1) }
    // It gives a view up together with node 2 alone, which is no quorum; then it goes.
    for (one, other) in [(0, 2), (0, 3), (1, 2), (1, 3)] { try network.cut(one, other) }
    _ = try network.submit(network.registration(60, by: 2), to: 2)
    try network.run(milliseconds: 2_000)
    try network.crash(3)
    // Its vote comes once: between two ranges.
    var shown: Vote?
    var isShown = false
    network.filter = { from, to, message in
      guard to == 3 else { return true }
      switch message {
      case .vote(let vote) where vote.signer == ValidatorIndex(3):
        shown = vote
        return false
      case .range:
        guard let vote = shown, !isShown else { return true }
        isShown = true
        try? network.show(.vote(vote), from: from, to: 3)
        return true
      default: return true
      }
    }
    try network.start(3, on: copy, MemoryStateStore())
    try network.run(milliseconds: 5_000)
    #expect(isShown)
    for (one, other) in [(0, 2), (0, 3), (1, 2), (1, 3)] { try network.heal(one, other) }
    #expect(
      try network.run(milliseconds: 60_000) { network.isEven && network.heights[0] >= 61 },
      "heights \(network.heights)")
    #expect(network[3].replica.runningStatus.role == .observer)
    try network.checkAgreement()
  }

  @Test("answers its clients for what became final in ranges, once that is durable")
  func receiptsOfRanges() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    for other in 0..<3 { try network.cut(other, 3) }
    let transaction = network.registration(0, by: 0)
    let waiting = try network.submit(transaction, to: 3)
    let sent = try network.submit(transaction, to: 1)
    #expect(try network.run(milliseconds: 5_000) { network.isAccepted(sent, at: 1) })
    for number in 1..<40 { try network.register(number, at: 1) }
    #expect(network.result(waiting, at: 3) == nil)
    var rangeCount = 0
    network.filter = { _, to, message in
      if to == 3, case .range = message { rangeCount += 1 }
      return true
    }
    for other in 0..<3 { try network.heal(other, 3) }
    #expect(try network.run(milliseconds: 10_000) { network.isAccepted(waiting, at: 3) })
    #expect(rangeCount > 0)
    try network.checkAgreement()
  }
}
