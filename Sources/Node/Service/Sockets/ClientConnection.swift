import Consensus
@preconcurrency import Glibc
import Ledger
import Transport

/// A connected client, numbered by the server; numbers are never used twice.
package struct ClientID: Hashable, Comparable, Sendable {
  package let rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }

  package static func < (left: ClientID, right: ClientID) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// One client's socket with its buffers; the loop thread's.
///
/// The life of a connection: it greets, and is greeted; then it asks and is answered; it ends when
/// the client has closed its side and was told everything, at once when something is wrong.
final class ClientConnection {
  let id: ClientID
  let descriptor: Descriptor
  private(set) var phase = Phase.greeting
  /// Requests that were handed on and not answered yet.
  private(set) var unanswered = 0
  /// Whether the client has closed its side: nothing more can be read.
  private(set) var isAtEnd = false
  /// Since when the client has not moved: no greeting, or no byte of a waiting answer read.
  private(set) var stalledSince: Instant?
  /// What the event poll was told.
  var interest: EventPoll.Interest = .read

  private var incoming = FrameBuffer(bodyByteLimit: NodeLimits.greetingByteLimit)
  private var outgoing: [UInt8] = []
  private var sent = 0

  enum Phase: Equatable {
    case greeting
    case open
    /// Nothing more is read; what waits is sent, then the connection closes.
    case closing
  }

  enum Ending: Equatable {
    case clientLeft
    case protocolError(ProtocolError)
    case system(SystemError)
    case tooManyUnreadAnswers
    case stalled
    case memory
  }

  init(id: ClientID, descriptor: consuming Descriptor, at now: Instant) {
    self.id = id
    self.descriptor = descriptor
    stalledSince = now
  }

  var waitingByteCount: Int { outgoing.count - sent }
  var bufferedByteCount: Int { incoming.byteCount + waitingByteCount }

  /// Whether requests are taken: not while the client owes the reading of answers.
  var takesRequests: Bool {
    phase != .closing && unanswered < NodeLimits.requestsPerConnection
      && waitingByteCount <= NodeLimits.writeBufferReadLimit
  }

  /// What there is to wait for.
  var wantedInterest: EventPoll.Interest {
    var interest: EventPoll.Interest = []
    if takesRequests, !isAtEnd { interest.insert(.read) }
    if waitingByteCount > 0 { interest.insert(.write) }
    return interest
  }

  /// Whether everything was said: the client or the server is done, and nothing waits.
  var isDone: Bool {
    guard waitingByteCount == 0 else { return false }
    return phase == .closing || (isAtEnd && unanswered == 0)
  }

  // MARK: Reading

  /// Reads what there is, up to a turn's limit.
  func read(using scratch: UnsafeMutableRawBufferPointer) -> Ending? {
    var left = NodeLimits.readByteLimit
    while left > 0, !isAtEnd, takesRequests {
      switch descriptor.read(into: scratch) {
      case .moved(let count):
        incoming.append(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
        left -= count
        if count < scratch.count { return nil }
      case .wouldBlock: return nil
      case .ended: isAtEnd = true
      case .failed(let error): return .system(error)
      }
    }
    return nil
  }

  /// The next frame that was read whole, while requests are taken.
  func nextFrame() throws(ProtocolError) -> [UInt8]? {
    guard takesRequests else { return nil }
    do throws(FrameTooLarge) {
      return try incoming.next()
    } catch {
      throw .frameTooLarge(error.byteCount)
    }
  }

  func greeted() {
    phase = .open
    stalledSince = nil
    incoming.bodyByteLimit = NodeLimits.requestByteLimit
  }

  func tookRequest() { unanswered += 1 }

  // MARK: Writing

  func answer(_ body: [UInt8], at now: Instant) -> Ending? {
    unanswered -= 1
    return enqueue(body, at: now)
  }

  /// Queues a frame; it is sent by `flush`.
  func enqueue(_ body: [UInt8], at now: Instant) -> Ending? {
    precondition(body.count <= NodeLimits.responseByteLimit, "a frame is within its reader's limit")
    if waitingByteCount == 0, phase == .open { stalledSince = now }
    Frame.append(body, to: &outgoing)
    return waitingByteCount > NodeLimits.writeBufferByteLimit ? .tooManyUnreadAnswers : nil
  }

  func close() { phase = .closing }

  /// Sends as much as the client takes.
  func flush(at now: Instant) -> Ending? {
    while waitingByteCount > 0 {
      let transfer = outgoing.withUnsafeBytes {
        descriptor.send(UnsafeRawBufferPointer(rebasing: $0[sent...]))
      }
      switch transfer {
      case .moved(let count):
        sent += count
        stalledSince = now
      case .wouldBlock:
        discardSent()
        return nil
      case .ended: return .clientLeft
      case .failed(let error): return .system(error)
      }
    }
    discardSent()
    if phase == .open { stalledSince = nil }
    return nil
  }

  private func discardSent() {
    if sent == outgoing.count {
      outgoing.removeAll(keepingCapacity: outgoing.capacity <= NodeLimits.writeBufferReadLimit)
      sent = 0
    } else if sent > outgoing.count - sent {
      outgoing.removeSubrange(..<sent)
      sent = 0
    }
  }
}
