import Ledger

/// When which want is looked at next, the earliest first.
///
/// Entries whose want has gone or was put off stay until they are the earliest; the reader tells them
/// by their numbers and skips them.
struct WantQueue: Sendable {
  struct Entry: Comparable, Sendable {
    let due: Instant
    /// In the order of entering, and unique.
    let number: UInt64
    let tag: TransactionTag

    static func < (left: Entry, right: Entry) -> Bool {
      (left.due, left.number) < (right.due, right.number)
    }

    static func == (left: Entry, right: Entry) -> Bool { left.number == right.number }
  }

  private var heap = MinimumHeap<Entry>()
  private var lastNumber: UInt64 = 0

  var count: Int { heap.count }
  var first: Entry? { heap.first }

  /// - Returns: the entry's number.
  mutating func insert(_ tag: TransactionTag, due: Instant) -> UInt64 {
    lastNumber += 1
    heap.insert(Entry(due: due, number: lastNumber, tag: tag))
    return lastNumber
  }

  mutating func removeFirst() { heap.removeFirst() }

  mutating func removeAll(where isUnused: (Entry) -> Bool) { heap.removeAll(where: isUnused) }
}
