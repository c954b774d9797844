/// A binary heap by time; events of one time come in the order in which they were pushed.
///
/// The heap is of keys alone: events are large, and moving them about would be most of the work.
package struct EventQueue<Event> {
  private var heap: [EventKey] = []
  private var events: [Event?] = []
  /// Places of `events` that are empty.
  private var free: [Int] = []
  private var sequence: UInt64 = 0

  package init() {}

  package mutating func push(_ event: Event, at time: UInt64) {
    let place: Int
    if let empty = free.popLast() {
      place = empty
      events[place] = event
    } else {
      place = events.count
      events.append(event)
    }
    heap.append(EventKey(time: time, sequence: sequence, place: place))
    sequence += 1
    var child = heap.count - 1
    while child > 0, heap[child] < heap[(child - 1) / 2] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// The earliest event if it is not after `end`.
  package mutating func pop(through end: UInt64) -> (UInt64, Event)? {
    guard let first = heap.first, first.time <= end else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    guard let event = events[first.place] else {
      preconditionFailure("a key leads to its event")
    }
    events[first.place] = nil
    free.append(first.place)
    return (first.time, event)
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if heap[child] < heap[least] { least = child }
      }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}

private struct EventKey: Comparable {
  let time: UInt64
  let sequence: UInt64
  /// Where the event is.
  let place: Int

  static func < (left: EventKey, right: EventKey) -> Bool {
    (left.time, left.sequence) < (right.time, right.sequence)
  }
}
