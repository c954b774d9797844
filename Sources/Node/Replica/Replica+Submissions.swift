import Consensus
import Cryptography
import Ledger

// The door. The order of the checks is that of CONSENSUS section 3, "Admission": cheap ones first,
// signatures last.

extension Replica {
  /// Where a transaction comes from, and so who hears what becomes of it.
  enum Origin {
    case client(Waiter)
    case peer(Link)

    var waiter: Waiter? {
      switch self {
      case .client(let waiter): waiter
      case .peer: nil
      }
    }

    var link: Link? {
      switch self {
      case .client: nil
      case .peer(let link): link
      }
    }
  }

  /// Takes in what a client submits, or answers why not.
  func submit(_ bytes: [UInt8], _ waiter: Waiter) throws(ReplicaFault) {
    if let refusal = refusalOfAll {
      answer(waiter, refusal)
      return
    }
    let transaction: Transaction
    do throws(LedgerError) {
      transaction = try Transaction(bytes, network: configuration.network)
    } catch {
      switch error {
      case .refused(let code): answer(waiter, .submitted(.turnedAway(code)))
      case .malformed: answer(waiter, .submitted(.malformed("\(error)")))
      }
      return
    }
    try admit(transaction, .client(waiter))
  }

  /// Why nothing is taken in now.
  private var refusalOfAll: NodeAnswer? {
    guard phase == .running else {
      return .failed(.unavailable("the node is stopping; submit again when it runs"))
    }
    if isDraining {
      return .failed(.unavailable("the node is being drained; submit at another"))
    }
    switch condition {
    case .sound: break
    case .outOfSpace, .halted: return .submitted(.turnedAway(.nodeNotWriting))
    }
    // A node that does not vote itself passes transactions on to those that do.
    return mayPropose || !peers.isEmpty ? nil : .submitted(.turnedAway(.nodeNotWriting))
  }

  /// Takes in a transaction; who submitted it hears if it is turned away, a peer does not.
  func admit(_ transaction: Transaction, _ origin: Origin) throws(ReplicaFault) {
    if joins(transaction, origin) { return }
    if let result = try resultAtHead(of: transaction) {
      return tell(origin, result, of: transaction)
    }
    switch try door.checks(of: transaction, chain: chain) {
    case .failure(let code): tell(origin, .turnedAway(code), of: transaction)
    case .success(let checks):
      if let code = mempool.refusal(of: transaction) {
        return tell(origin, .turnedAway(code), of: transaction)
      }
      workChanged = true
      mempool.insert(
        transaction, checks.isEmpty ? .ready : .verifying, waiter: origin.waiter,
        source: origin.link)
      guard !checks.isEmpty else { return spread(transaction) }
      output.verifications.append(
        VerificationJob(subject: .transaction(transaction.id), checks: checks))
    }
  }

  /// Whether the transaction's fate is that of one that waits: the same, or one with its reference.
  ///
  /// Signatures are no part of a transaction's id. While those of the waiting one are not known to
  /// be right, the newcomer waits for that: nobody can spoil another's transaction by submitting it,
  /// or its reference, with signatures that are wrong.
  private func joins(_ transaction: Transaction, _ origin: Origin) -> Bool {
    guard let holder = mempool.holder(ofReferenceIn: transaction),
      let waiting = mempool.entries[holder]
    else { return false }
    let hasRoom: Bool
    if waiting.stage == .verifying, waiting.transaction.bytes != transaction.bytes {
      hasRoom = door.park(transaction, origin, behind: holder)
    } else if holder == transaction.id {
      hasRoom = origin.waiter.map { mempool.join(holder, $0) } ?? true
    } else {
      tell(origin, .turnedAway(.referenceReused), of: transaction)
      return true
    }
    if !hasRoom { tell(origin, .turnedAway(.queueFull), of: transaction) }
    return true
  }

  private func tell(_ origin: Origin, _ result: SubmissionResult, of transaction: Transaction) {
    switch origin {
    case .client(let waiter): answer(waiter, .submitted(result))
    case .peer(let link): tellGossip(result, of: transaction, from: link)
    }
  }

  /// What became of a transaction that is final, or what the head's state and the clock say against
  /// one that is not; `nil` if nothing does.
  ///
  /// A final transaction holds its reference until it expires, so a fresh one costs one look.
  private func resultAtHead(
    of transaction: Transaction
  ) throws(ReplicaFault) -> SubmissionResult? {
    let payload = transaction.payload
    let used = try faulting { () throws(ChainError) in
      try chain.reference(payload.reference, of: payload.submitter)
    }
    let isExpired = payload.validUntil < now.wallClock
    if used?.transaction == transaction.id || isExpired {
      do {
        if let final = try chain.transaction(transaction.id) {
          return Receipt(transaction.id, final).result
        }
      } catch let error where error.isLoss {
        // It is final, and its block is being fetched again: another node can tell.
        return .turnedAway(.nodeNotWriting)
      } catch {
        throw .chain(error)
      }
    }
    if isExpired { return .turnedAway(.transactionExpired) }
    if let used, used.validUntil >= now.wallClock { return .turnedAway(.referenceReused) }
    let limit = now.wallClock.advanced(byMilliseconds: NodeLimits.validityMilliseconds)
    return payload.validUntil > limit ? .turnedAway(.validityTooLong) : nil
  }

  /// Takes a verdict on a transaction's signatures.
  func settle(
    _ id: TransactionID, _ verdict: SignatureVerdict
  ) throws(ReplicaFault) {
    guard let entry = mempool.entries[id], entry.stage == .verifying else { return }
    workChanged = true
    switch verdict {
    case .valid:
      door.remember(verified: entry.transaction.leaf)
      mempool.becomeReady(id)
      spread(entry.transaction)
    case .invalid:
      if let removed = mempool.remove(id) {
        answer(removed.waiters, .submitted(.turnedAway(.signatureInvalid)))
        gossip.refused(id, .forged, from: removed.source, at: now.instant)
        if let source = removed.source { cut(source, .transactionInvalid) }
      }
    }
    try admitParked(behind: id)
    // A copy that had the same bytes shares the verdict and is heard of no more.
    if !mempool.contains(id) { gossip.left(id) }
  }

  /// Judges again what waited for the fate of a transaction, which is known now.
  func admitParked(behind id: TransactionID) throws(ReplicaFault) {
    for parked in door.takeParked(behind: id) { try admit(parked.transaction, parked.origin) }
  }

  /// A client has left: nobody there hears the answers, and everything goes on. Those who wait for
  /// a transaction stay in its entry until it leaves; the server drops what it cannot deliver.
  func forget(_ client: ClientID) {
    waitingQuestions.removeAll { $0.waiter.client == client }
  }
}
