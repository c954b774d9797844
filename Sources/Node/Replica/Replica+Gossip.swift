import Consensus
import Ledger

// Transactions of peers, and the mempool's on their way to them.

extension Replica {
  /// A whole transaction from a peer: looked at unless it is here or was done with.
  func take(transaction bytes: [UInt8], from link: Link) throws(ReplicaFault) {
    let transaction: Transaction
    do throws(LedgerError) {
      transaction = try Transaction(bytes, network: configuration.network)
    } catch {
      cut(link, .malformed("\(error)"))
      return
    }
    // What a block waits for was asked for: that it is here with other signatures, or has come from
    // two peers that were asked, is nobody's redundancy.
    let isAssembled = assemble(with: transaction)
    if isAssembled, gossip.knows(transaction.id) { return }
    let arrival = gossip.arrived(transaction.id, from: link, at: now.instant)
    guard arrival == .fresh else { return }
    // It is judged with its block: who bears it does not vouch for what a leader proposed.
    if isAssembled { return gossip.refused(transaction.id, .notNow, from: link, at: now.instant) }
    guard allows(.verification(signatureCount: transaction.payload.signers.count), link) else {
      gossip.refused(transaction.id, .notNow, from: link, at: now.instant)
      return
    }
    try admit(transaction, .peer(link))
  }

  func takeGossip(_ message: PeerMessage, from link: Link) {
    switch message {
    case .announcement(let tags):
      gossip.announcementReceived(tags, from: link, at: now.instant)
    case .transactionsWanted(let tags): gossip.wantedReceived(tags, from: link, at: now.instant)
    case .mempoolDigest(let digest): gossip.digestReceived(digest, from: link, at: now.instant)
    case .mempoolTags(let complete, let tags):
      gossip.tagsReceived(complete: complete, tags, from: link, at: now.instant)
    case .prune: gossip.pruneReceived(from: link)
    default: preconditionFailure("only gossip comes here")
    }
  }

  /// A transaction that is right has entered the mempool.
  func spread(_ transaction: Transaction) {
    gossip.accepted(transaction.id, transaction.bytes, at: now.instant)
  }

  /// A transaction of a peer's did not enter the mempool.
  func tellGossip(_ result: SubmissionResult, of transaction: Transaction, from link: Link) {
    switch result {
    case .turnedAway(let code):
      gossip.refused(
        transaction.id, TransactionGossip.Refusal(code), from: link, at: now.instant)
    case .final: gossip.settled(transaction.id)
    case .malformed: gossip.left(transaction.id)
    }
  }

  /// Does what is due, and hands over what there is to send.
  func runGossip() {
    gossip.isTaking = isListening && phase == .running && mempool.hasRoom
    gossip.favour(
      (0..<UInt64(3)).map { ahead in
        let view = View(machine.view.rawValue + ahead)
        return machine.validators[machine.leader(of: view)].member
      })
    gossip.tick(at: now.instant)
    output.frames += gossip.takeFrames()
  }
}
