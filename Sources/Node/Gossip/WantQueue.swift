import Ledger

/// When which want is looked at next, the earliest first: a binary heap.
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

  private var heap: [Entry] = []
  private var lastNumber: UInt64 = 0

  var count: Int { heap.count }
  var first: Entry? { heap.first }

  /// - Returns: the entry's number.
  mutating func insert(_ tag: TransactionTag, due: Instant) -> UInt64 {
    lastNumber += 1
    heap.append(Entry(due: due, number: lastNumber, tag: tag))
    var index = heap.count - 1
    while index > 0, heap[index] < heap[(index - 1) / 2] {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
    return lastNumber
  }

  mutating func removeFirst() {
    guard let last = heap.popLast(), !heap.isEmpty else { return }
    heap[0] = last
    sink()
  }

  mutating func removeAll(where isUnused: (Entry) -> Bool) {
    heap.removeAll(where: isUnused)
    // Sorted ascending is a heap.
    heap.sort()
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
