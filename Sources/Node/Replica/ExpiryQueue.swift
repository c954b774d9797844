import Ledger

/// Transactions by when they can no longer be accepted, the earliest first: a binary heap.
///
/// An entry stays until it is the earliest, even when its transaction has left by another way; the
/// reader skips those. So it holds at most as many as were taken in within the longest validity,
/// and the mempool rebuilds it when most of it is of no more use.
struct ExpiryQueue {
  struct Entry: Comparable {
    let validUntil: Timestamp
    /// Tells entries of one millisecond apart, in the order of arrival.
    let arrival: UInt64
    let transaction: TransactionID

    static func < (left: Entry, right: Entry) -> Bool {
      (left.validUntil, left.arrival) < (right.validUntil, right.arrival)
    }

    static func == (left: Entry, right: Entry) -> Bool { left.arrival == right.arrival }
  }

  private var heap: [Entry] = []

  var count: Int { heap.count }
  var first: Entry? { heap.first }

  mutating func insert(_ entry: Entry) {
    heap.append(entry)
    var index = heap.count - 1
    while index > 0, heap[index] < heap[(index - 1) / 2] {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  mutating func removeFirst() {
    guard let last = heap.popLast(), !heap.isEmpty else { return }
    heap[0] = last
    sink()
  }

  mutating func removeAll(where isUnused: (Entry) -> Bool) {
    let kept = heap.filter { !isUnused($0) }
    heap = []
    for entry in kept { insert(entry) }
  }

  private mutating func sink() {
    var index = 0
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2]
      where child < heap.count && heap[child] < heap[least] {
        least = child
      }
      guard least != index else { return }
      heap.swapAt(index, least)
      index = least
    }
  }
}
