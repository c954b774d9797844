import Consensus
import Ledger
import Node
import SimulatedMachine
import Synchronization

/// A machine with a node on it: the very `Replica` and `JournalKeeper` that run in production, over a
/// simulated disk, index and clock.
final class SimulatedNode {
  let index: Int
  let member: MemberID
  /// The first of two machines that run with one key; the node itself otherwise.
  let original: Int
  var disk: SimulatedDisk
  var store = MemoryStateStore()
  let log = NodeLog()

  /// What runs, if anything does.
  var life: Life?
  /// Counts starts: what belongs to an earlier one is dropped.
  var incarnation = 0
  /// By peer.
  var links: [Int: Link] = [:]
  var wake: UInt64?
  /// When the present pause ends.
  var pausedUntil: UInt64 = 0
  /// How far the wall clock is off.
  var clockOffset: Int64 = 0
  var diskMicroseconds: UInt64 = 200
  /// Frames that still go out before the node dies within a turn.
  var dyingAfterFrames: (count: Int, crash: Fault.Crash, until: UInt64)?
  /// An injected fault explains why the process may end by itself.
  var hasDiskFault = false
  /// Its disk has no room: it may not even start.
  var isDiskFull = false
  /// It will not be started again.
  var isGone = false
  /// What the disk was when a rollback began.
  var backup: (disk: SimulatedDisk, store: MemoryStateStore)?
  /// The newest final block that the checkers saw of this node.
  var shownHeight = Height.genesis
  var lastRequest: UInt64 = 0
  /// What it was sent by its peers, in bytes.
  var receivedByteCount = 0

  struct Life {
    let replica: Replica
    let keeper: JournalKeeper
    /// Writes that wait for the disk.
    var writes: [WriteJob] = []
    var isWriting = false
  }

  init(index: Int, member: MemberID, original: Int, disk: SimulatedDisk) {
    self.index = index
    self.member = member
    self.original = original
    self.disk = disk
  }

  var replica: Replica? { life?.replica }

  /// The peers that links lead to, ascending.
  func peers(on some: [Link]) -> [Int] {
    links.filter { some.contains($0.value) }.keys.sorted()
  }

  func nextRequest() -> RequestNumber {
    lastRequest += 1
    return RequestNumber(lastRequest)
  }
}

/// What a node has logged since it was last asked.
final class NodeLog: Sendable {
  private let written = Mutex<[LogEvent]>([])

  var log: Log { Log { event in self.written.withLock { $0.append(event) } } }

  func take() -> [LogEvent] {
    written.withLock { written in
      let events = written
      written = []
      return events
    }
  }
}
