import Ledger

extension Mempool {
  /// Takes transactions for a block: one of each submitter in turn, until the block is full or no
  /// submitter has another that fits. They are `proposed` from then on.
  mutating func select() -> [Transaction] {
    var room = BlockRoom()
    var cursors: [(submitter: MemberID, waiting: ArraySlice<MemberQueue.Place>)] = []
    for submitter in rotation {
      if let queue = queues[submitter] { cursors.append((submitter, queue.all)) }
    }
    var selected: [Transaction] = []
    while !cursors.isEmpty {
      var kept: [(submitter: MemberID, waiting: ArraySlice<MemberQueue.Place>)] = []
      for var cursor in cursors {
        guard let transaction = next(in: &cursor.waiting), room.take(transaction) else { continue }
        markProposed(transaction)
        selected.append(transaction)
        kept.append(cursor)
      }
      cursors = kept
    }
    rotate()
    return selected
  }

  /// The submitter's next transaction that a block may take; `nil` if the next is not ready yet.
  private func next(in waiting: inout ArraySlice<MemberQueue.Place>) -> Transaction? {
    while let place = waiting.popFirst() {
      guard let entry = entry(at: place) else { continue }
      switch entry.stage {
      case .proposed: continue
      case .ready: return entry.transaction
      case .verifying: return nil
      }
    }
    return nil
  }

  private mutating func markProposed(_ transaction: Transaction) {
    entries[transaction.id]?.stage = .proposed
    ready.subtract(transaction)
  }

  /// Another submitter is the first to be served next time.
  private mutating func rotate() {
    guard rotation.count > 1 else { return }
    rotation.append(rotation.removeFirst())
  }

  /// A block of a peer has these: they are not proposed again on top of it.
  mutating func propose(_ ids: [TransactionID]) {
    for id in ids {
      guard let entry = entries[id], entry.stage == .ready else { continue }
      markProposed(entry.transaction)
    }
  }

  /// The block with these transactions was passed by: they wait again, in their old places.
  mutating func returnProposed(_ ids: [TransactionID]) {
    for id in ids {
      guard let entry = entries[id], entry.stage == .proposed else { continue }
      entries[id]?.stage = .ready
      ready.add(entry.transaction)
      watchExpiry(of: entry)
    }
  }

  /// Stops the process if the bookkeeping does not add up.
  package func checkInvariants() {
    var total = Share()
    var ready = Share()
    var shares: [MemberID: Share] = [:]
    for entry in entries.values {
      total.add(entry.transaction)
      if entry.stage == .ready { ready.add(entry.transaction) }
      shares[entry.transaction.payload.submitter, default: Share()].add(entry.transaction)
      precondition(
        references[ReferenceKey(entry.transaction)] == entry.transaction.id,
        "a reference leads to the transaction that has it")
    }
    precondition(total == self.total && ready == self.ready, "the totals are the entries'")
    precondition(shares == self.shares, "a submitter's share is what it has here")
    precondition(references.count == entries.count, "every reference belongs to an entry")
    precondition(
      leaves.count == entries.count
        && entries.values.allSatisfy { leaves[$0.transaction.leaf] != nil },
      "every transaction is found by its leaf")
    precondition(
      rotation.count == Set(rotation).count && Set(rotation) == Set(queues.keys),
      "every submitter that waits has its turn once")
    for (submitter, queue) in queues {
      let live = queue.all.compactMap { self.entry(at: $0) }
      precondition(
        live.count == shares[submitter]?.count && Set(live.map(\.arrival)).count == live.count,
        "every entry is in its submitter's queue once")
    }
  }
}

/// What still fits into a block.
struct BlockRoom {
  private var transactions = Block.transactionLimit
  private var signatures = Block.signatureLimit
  private var bytes = Block.bodyByteLimit

  /// Whether `transaction` fits; takes its room if so.
  mutating func take(_ transaction: Transaction) -> Bool {
    guard transactions > 0, transaction.signatures.count <= signatures,
      transaction.bytes.count <= bytes
    else { return false }
    transactions -= 1
    signatures -= transaction.signatures.count
    bytes -= transaction.bytes.count
    return true
  }
}
