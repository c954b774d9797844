import SimulatedMachine

/// One thing that goes wrong.
enum Fault: Hashable, Sendable {
  // Of all links.
  case loss(perMille: Int)
  case duplication(perMille: Int)
  case reordering(perMille: Int)
  // Of the links between two nodes.
  case delay(Int, Int, microseconds: UInt64)
  case slowness(Int, Int, bytesPerSecond: UInt64)
  /// What one side says does not reach the other, nor the reverse unless it is one-way. `isTold` says
  /// that connections break at once, as when a host refuses them; else they fall silent.
  case partition(side: [Int], isOneWay: Bool, isTold: Bool)
  // Of nodes.
  case pause(Int)
  case clock(Int, milliseconds: Int64)
  case crash([Int], Crash)
  case fullDisk(Int)
  case slowDisk(Int, microseconds: UInt64)
  case diskError(Int, DiskErrorKind, afterOperations: Int)
  case bitRot(Int, seed: UInt64)
  case lostJournal(Int)
  case lostIndex(Int)
  /// The node's disk is put back to what it was when the fault began.
  case rollback(Int)
  case goneForGood(Int)

  struct Crash: Hashable, Sendable {
    /// Frames of the next turn that still go out; `nil` if the node dies between two turns.
    let afterFrames: Int?
    let loss: Loss

    enum Loss: Hashable, Sendable {
      /// The process dies, the machine goes on.
      case nothing
      /// The power goes: what was not synced is lost, torn or kept.
      case power(seed: UInt64)
    }
  }

  enum DiskErrorKind: Hashable, Sendable {
    case writeFails(perMille: Int)
    case syncFails
    case powerCut(perMille: Int)
    case lostWrite
    case misdirectedWrite(byteCount: Int)
  }
}

/// A fault with its time.
struct TimedFault: Hashable, Sendable {
  let number: Int
  /// Microseconds since the start.
  let from: UInt64
  /// When it ends, or the node is started again.
  let until: UInt64
  let fault: Fault
}

extension TimedFault: CustomStringConvertible {
  var description: String {
    "fault \(number): \(fault), from \(Trace.time(from)) to \(Trace.time(until))"
  }
}
