import Ledger

/// What waits to be written on a connection, in segments: small frames are joined, so that many leave
/// in one record; large bodies are kept by reference, so that one that goes to many peers is in
/// memory once.
struct OutgoingQueue {
  /// Bytes that wait.
  private(set) var byteCount = 0
  /// When something last left, or came after nothing had waited.
  private(set) var lastMoved = Instant(microseconds: 0)

  private var segments: [[UInt8]] = []
  /// The first segment that has bytes left, and how many of it are gone.
  private var first = 0
  private var sent = 0
  /// Whether the last segment is this queue's own, to be appended to.
  private var isLastOwned = false

  /// All bytes that were ever queued and sent; they tell how old what waits is.
  private var queuedTotal: UInt64 = 0
  private var sentTotal: UInt64 = 0
  private var marks: [Mark] = []

  /// Bytes up to `end` were queued at `time` or at most a quarter of a second later.
  private struct Mark {
    var end: UInt64
    let time: Instant
  }

  private static let markMicroseconds: UInt64 = 250_000
  /// A last segment up to this size is kept when it is empty, for the next frames.
  private static let keptByteCount = 16 * 1024

  var isEmpty: Bool { byteCount == 0 }

  /// When the oldest of what waits was queued.
  var oldest: Instant? { marks.first?.time }

  mutating func append(_ body: [UInt8], at now: Instant) {
    if isEmpty { lastMoved = now }
    if body.count < TransportLimits.sharedBodyByteCount {
      ownSegment { Frame.append(body, to: &$0) }
    } else {
      ownSegment { Frame.appendHead(of: body, to: &$0) }
      segments.append(body)
      isLastOwned = false
    }
    let count = Frame.headByteCount + body.count
    byteCount += count
    queuedTotal += UInt64(count)
    mark(at: now)
  }

  private mutating func ownSegment(_ append: (inout [UInt8]) -> Void) {
    if !isLastOwned || segments[segments.count - 1].count > TransportLimits.segmentByteLimit {
      segments.append([])
      isLastOwned = true
    }
    append(&segments[segments.count - 1])
  }

  private mutating func mark(at now: Instant) {
    if let last = marks.last, now.microseconds(since: last.time) < OutgoingQueue.markMicroseconds {
      marks[marks.count - 1].end = queuedTotal
    } else {
      marks.append(Mark(end: queuedTotal, time: now))
    }
  }

  /// The bytes that are next, as many as lie together; none if nothing waits.
  func withNext<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    guard !isEmpty else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    return segments[first].withUnsafeBytes {
      body(UnsafeRawBufferPointer(rebasing: $0[sent...]))
    }
  }

  /// The next `count` bytes have left.
  ///
  /// - Precondition: `withNext` gave as many.
  mutating func removeFirst(_ count: Int, at now: Instant) {
    precondition(count <= byteCount, "what leaves had waited")
    lastMoved = now
    byteCount -= count
    sent += count
    sentTotal += UInt64(count)
    while let mark = marks.first, mark.end <= sentTotal { marks.removeFirst() }
    if isEmpty {
      empty()
    } else if sent == segments[first].count {
      segments[first] = []
      first += 1
      sent = 0
      discardSegments()
    }
  }

  private mutating func empty() {
    var last = isLastOwned ? segments.removeLast() : []
    segments.removeAll()
    (first, sent) = (0, 0)
    isLastOwned = last.capacity > 0 && last.capacity <= OutgoingQueue.keptByteCount
    guard isLastOwned else { return }
    last.removeAll(keepingCapacity: true)
    segments.append(last)
  }

  private mutating func discardSegments() {
    guard first > 32, first > segments.count - first else { return }
    segments.removeSubrange(..<first)
    first = 0
  }
}
