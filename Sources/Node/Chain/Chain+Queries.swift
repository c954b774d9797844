import CollateralContract
import Cryptography
import Ledger
import Merkle
import Storage

// Answers what a client asks, as of the head. Every answer is bounded: a list has at most
// `NodeRequest.listLimit` items and little more than `answerByteLimit` bytes, and ends earlier than
// what was asked for; the client goes on behind its last item.

extension Chain {
  /// From here on an answer takes no further item.
  static let answerByteLimit = 8 << 20
  /// Entries of a history in one answer: each may lie in a block of its own, which must be read.
  package static let historyLimit = 200
  /// Operations that one question may have judged.
  package static let checkLimit = 10_000

  /// Answers every request but `submit`, which is the node's. Nothing here waits.
  ///
  /// - Parameters:
  ///   - running: how the node is that asks; `nil` if there is none.
  ///   - wallClock: what time `check` judges by, if it is after the head's.
  package func answer(
    _ request: NodeRequest, running: RunningStatus?, at wallClock: Timestamp
  ) -> NodeResponse {
    let answer: NodeAnswer
    do {
      answer = try self.answer(to: request, running, wallClock)
    } catch {
      answer = .failed(NodeFailure(error))
    }
    return NodeResponse(head: chainHead, answer: answer)
  }

  package var chainHead: ChainHead { state.head }

  private func answer(
    to request: NodeRequest, _ running: RunningStatus?, _ wallClock: Timestamp
  ) throws(ChainError) -> NodeAnswer {
    switch request {
    case .status: .status(try status(running))
    case .networkFile: .networkFile(genesis.networkFile.encoded)
    case .entries(let ids, let demand): try entries(ids, demand)
    case .history(let vin, let from): .history(try history(of: vin, from: from))
    case .search(let search, let limit): try vehicles(search, limit: limit.bounded)
    case .pledges(let filter, let after, let limit):
      .pledges(try pledges(filter, after: after, limit: limit.bounded))
    case .transaction(let id):
      .transaction(try transaction(id).map { .final($0) } ?? .unknown)
    case .transactions(let filter, let before, let limit):
      .transactions(try transactions(filter, before: before, limit: limit.bounded))
    case .blocks(let from, _): .blocks(try blocks(from: from))
    case .check(let signers, let operations):
      try check(operations, signers: signers, at: wallClock)
    case .drain: .failed(.unavailable("no node is running that could be drained"))
    case .submit: .failed(.unavailable("no node is running that could take a transaction"))
    }
  }

  private func status(_ running: RunningStatus?) throws(ChainError) -> NodeStatus {
    let validators = try validators
    return NodeStatus(
      networkName: genesis.networkFile.name, running: running, epoch: head.nextEpoch,
      validatorCount: validators.count, quorum: validators.quorum,
      vehicleCount: totals.vehicles, transactionCount: totals.transactions,
      operationCount: totals.operations,
      recovery: recoveries.all.last.map { RecoverySummary($0) })
  }

  private func entries(
    _ ids: [StateID], _ demand: ProofDemand
  ) throws(ChainError) -> NodeAnswer {
    guard ids.count <= NodeRequest.entryLimit else {
      return .failed(.badRequest("more than \(NodeRequest.entryLimit) entries"))
    }
    var answers: [EntryAnswer] = []
    answers.reserveCapacity(ids.count)
    for id in ids {
      let entry = try judged { () throws(StateFault) in try state.entry(id) }
      let proof = demand == .proof ? try state.proof(of: id) : nil
      answers.append(EntryAnswer(entry: entry, proof: proof))
    }
    return .entries(answers)
  }

  private func blocks(from: Height) throws(ChainError) -> [BlockItem] {
    var items: [BlockItem] = []
    var byteCount = 0
    var height = max(from, Height.genesis.next)
    while height <= head.header.height, byteCount < Chain.answerByteLimit,
      items.count < NodeRequest.listLimit
    {
      let block = try encodedBlock(at: height)
      guard let certificate = try encodedCertificate(covering: height)?.bytes else {
        throw .storage(.missingSegment(firstHeight: height))
      }
      items.append(BlockItem(block: block, certificate: certificate))
      byteCount += block.count + certificate.count
      height = height.next
    }
    return items
  }

  private func check(
    _ operations: [Operation], signers: [MemberID], at wallClock: Timestamp
  ) throws(ChainError) -> NodeAnswer {
    guard operations.count <= Chain.checkLimit else {
      return .failed(.badRequest("more than \(Chain.checkLimit) operations"))
    }
    let time = max(wallClock, head.header.time.advanced(byMilliseconds: 1))
    let check = try judged { () throws(StateFault) in
      let context = try BlockContext(
        network: network, height: head.header.height.next, time: time, state: state)
      return try CollateralContract.check(
        operations, signers: signers, context: context, on: StateOverlay(over: state))
    }
    switch check {
    case .judged(let refusals): return .check(refusals)
    case .leftOut(let code): return .failed(.badRequest(code.name))
    }
  }
}

extension Int {
  /// As the limit of a list.
  var bounded: Int { Swift.min(Swift.max(self, 0), NodeRequest.listLimit) }
}

extension NodeFailure {
  init(_ error: ChainError) {
    switch error {
    case .storage where error.isLoss: self = .damaged("\(error)")
    case .storage, .state, .tree, .unreadableBlock, .wrongBlock, .recovery, .stopped,
      .diskFull, .unknownBlock, .unknownParent:
      self = .unavailable("\(error)")
    }
  }
}
