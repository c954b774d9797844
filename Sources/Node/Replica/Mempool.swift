import Consensus
import Cryptography
import Ledger

/// Who waits for an answer: a client's request.
package struct Waiter: Hashable, Sendable {
  package let client: ClientID
  package let number: RequestNumber

  package init(client: ClientID, number: RequestNumber) {
    self.client = client
    self.number = number
  }
}

/// Transactions between the door and a final block.
///
/// Each submitter has a queue in the order of arrival, which blocks take from in turn, so that a
/// bulk import does not keep others waiting. A submitter's transactions stay in order: nothing
/// overtakes one whose signatures are still being verified.
///
/// A transaction is in one of three stages: its signatures are being verified; it is ready; it is in
/// a block that is not final yet. It leaves when a block with it is final, when a rule of the door
/// turns it away, or when it has expired.
///
/// Invariants (`checkInvariants`): counts and byte counts are those of the entries; a reference
/// leads to the one entry that has it; every entry is in its submitter's queue once.
package struct Mempool {
  struct Entry {
    let transaction: Transaction
    let arrival: UInt64
    var stage: Stage
    var waiters: [Waiter]
    /// The peer that sent it; `nil` for one of a client's.
    let source: Link?
  }

  enum Stage: Equatable {
    case verifying
    case ready
    case proposed
  }

  /// What one submitter has here.
  struct Share: Equatable {
    var count = 0
    var byteCount = 0
  }

  /// A reference in the name of its submitter.
  struct ReferenceKey: Hashable {
    let submitter: MemberID
    let reference: Identifier

    init(_ transaction: Transaction) {
      submitter = transaction.payload.submitter
      reference = transaction.payload.reference
    }
  }

  /// When a transaction can no longer be accepted.
  private struct Deadline: Comparable {
    let validUntil: Timestamp
    /// Tells those of one millisecond apart, in the order of arrival.
    let arrival: UInt64
    let transaction: TransactionID

    init(of entry: Entry) {
      validUntil = entry.transaction.payload.validUntil
      arrival = entry.arrival
      transaction = entry.transaction.id
    }

    static func < (left: Deadline, right: Deadline) -> Bool {
      (left.validUntil, left.arrival) < (right.validUntil, right.arrival)
    }
  }

  var entries: [TransactionID: Entry] = [:]
  var references: [ReferenceKey: TransactionID] = [:]
  /// By the hash of all their bytes, which is what a proposal names them by.
  var leaves: [Digest: TransactionID] = [:]
  var shares: [MemberID: Share] = [:]
  var queues: [MemberID: MemberQueue] = [:]
  /// The submitters with a queue; the first is served first in the next block.
  var rotation: [MemberID] = []
  var total = Share()
  /// What a block could take.
  var ready = Share()
  /// A deadline stays until it is the earliest, even when its transaction has left by another way;
  /// `removeExpired` skips those, and `trimExpiry` drops them when most are of no more use.
  private var expiry = MinimumHeap<Deadline>()
  private var lastArrival: UInt64 = 0

  package init() {}

  package var count: Int { total.count }
  package var isEmpty: Bool { entries.isEmpty }

  package func contains(_ id: TransactionID) -> Bool { entries[id] != nil }

  package func transaction(_ id: TransactionID) -> Transaction? { entries[id]?.transaction }

  package func transaction(leaf: Digest) -> Transaction? {
    leaves[leaf].flatMap { transaction($0) }
  }

  /// The transaction that waits with the reference of `transaction`.
  func holder(ofReferenceIn transaction: Transaction) -> TransactionID? {
    references[ReferenceKey(transaction)]
  }

  /// How much there is for a block.
  package var work: Work {
    if ready.count == 0 { return .none }
    let isFull =
      ready.count >= Block.transactionLimit || ready.byteCount >= Block.bodyByteLimit / 2
    return isFull ? .many : .few
  }

  /// The entry that has a place in a queue; `nil` if it has left.
  func entry(at place: MemberQueue.Place) -> Entry? {
    guard let entry = entries[place.transaction], entry.arrival == place.arrival else { return nil }
    return entry
  }

  // MARK: In

  /// Whether any submitter's transaction would find room.
  var hasRoom: Bool {
    total.count < NodeLimits.transactionLimit
      && total.byteCount + Transaction.byteLimit <= NodeLimits.transactionByteLimit
  }

  /// Why there is no room for another transaction of its submitter; `nil` if there is.
  func refusal(of transaction: Transaction) -> RefusalCode? {
    let byteCount = transaction.bytes.count
    let share = shares[transaction.payload.submitter] ?? Share()
    guard share.count < NodeLimits.transactionsPerMember,
      share.byteCount + byteCount <= NodeLimits.transactionBytesPerMember
    else { return .memberQuotaExceeded }
    guard total.count < NodeLimits.transactionLimit,
      total.byteCount + byteCount <= NodeLimits.transactionByteLimit
    else { return .queueFull }
    return nil
  }

  /// Takes a transaction in.
  ///
  /// - Precondition: neither it nor its reference waits here, and there is room.
  mutating func insert(
    _ transaction: Transaction, _ stage: Stage, waiter: Waiter?, source: Link? = nil
  ) {
    precondition(entries[transaction.id] == nil, "a transaction waits once")
    precondition(
      references[ReferenceKey(transaction)] == nil, "a reference waits with one transaction")
    lastArrival += 1
    let submitter = transaction.payload.submitter
    let entry = Entry(
      transaction: transaction, arrival: lastArrival, stage: stage,
      waiters: waiter.map { [$0] } ?? [], source: source)
    entries[transaction.id] = entry
    leaves[transaction.leaf] = transaction.id
    references[ReferenceKey(transaction)] = transaction.id
    enqueue(MemberQueue.Place(transaction: transaction.id, arrival: lastArrival), of: submitter)
    expiry.insert(Deadline(of: entry))
    shares[submitter, default: Share()].add(transaction)
    total.add(transaction)
    if stage == .ready { ready.add(transaction) }
  }

  private mutating func enqueue(_ place: MemberQueue.Place, of submitter: MemberID) {
    if queues[submitter] == nil {
      queues[submitter] = MemberQueue()
      rotation.append(submitter)
    }
    queues[submitter]?.append(place)
  }

  /// One more who waits for the same answer; `false` if too many do.
  mutating func join(_ id: TransactionID, _ waiter: Waiter) -> Bool {
    guard let count = entries[id]?.waiters.count, count < NodeLimits.waitersPerTransaction else {
      return false
    }
    entries[id]?.waiters.append(waiter)
    return true
  }

  /// The signatures are right.
  mutating func becomeReady(_ id: TransactionID) {
    guard let entry = entries[id], entry.stage == .verifying else { return }
    entries[id]?.stage = .ready
    ready.add(entry.transaction)
  }

  // MARK: Out

  /// Lets a transaction go and returns who waits for it; `nil` if it is not here.
  mutating func remove(_ id: TransactionID) -> Entry? {
    guard let entry = entries.removeValue(forKey: id) else { return nil }
    let transaction = entry.transaction
    references[ReferenceKey(transaction)] = nil
    leaves[transaction.leaf] = nil
    total.subtract(transaction)
    if entry.stage == .ready { ready.subtract(transaction) }
    release(shareOf: transaction)
    trimExpiry()
    return entry
  }

  private mutating func release(shareOf transaction: Transaction) {
    let submitter = transaction.payload.submitter
    shares[submitter]?.subtract(transaction)
    if shares[submitter]?.count == 0 {
      shares[submitter] = nil
      queues[submitter] = nil
      rotation.removeAll { $0 == submitter }
    } else {
      let entries = entries
      queues[submitter]?.dropLeading { entries[$0.transaction]?.arrival != $0.arrival }
    }
  }

  // MARK: Time

  /// When the next transaction expires; `nil` if none waits.
  package var nextExpiry: Timestamp? { expiry.first?.validUntil }

  /// Lets go what has expired at `now`, except for what a block already has.
  mutating func removeExpired(at now: Timestamp) -> [Entry] {
    var expired: [Entry] = []
    while let first = expiry.first, first.validUntil < now {
      expiry.removeFirst()
      guard let entry = entries[first.transaction], entry.arrival == first.arrival,
        entry.stage != .proposed
      else { continue }
      if let removed = remove(first.transaction) { expired.append(removed) }
    }
    return expired
  }

  private mutating func trimExpiry() {
    guard expiry.count > 2 * entries.count + 1_024 else { return }
    expiry.removeAll { entries[$0.transaction]?.arrival != $0.arrival }
  }

  /// A transaction that a dropped block had, and which may have expired meanwhile, expires again.
  mutating func watchExpiry(of entry: Entry) {
    expiry.insert(Deadline(of: entry))
  }
}

extension Mempool.Share {
  mutating func add(_ transaction: Transaction) {
    count += 1
    byteCount += transaction.bytes.count
  }

  mutating func subtract(_ transaction: Transaction) {
    count -= 1
    byteCount -= transaction.bytes.count
  }
}

/// One submitter's transactions in the order of arrival.
///
/// Places of transactions that have left remain until they are at the front.
struct MemberQueue {
  /// A transaction may leave and come again; the arrival tells the places apart.
  struct Place {
    let transaction: TransactionID
    let arrival: UInt64
  }

  private var places: [Place] = []
  private var start = 0

  var all: ArraySlice<Place> { places[start...] }

  mutating func append(_ place: Place) { places.append(place) }

  mutating func dropLeading(while isGone: (Place) -> Bool) {
    while start < places.count, isGone(places[start]) { start += 1 }
    if start > 64, start > places.count - start {
      places.removeSubrange(..<start)
      start = 0
    }
  }
}
