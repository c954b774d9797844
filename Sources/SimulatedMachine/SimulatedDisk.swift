import Storage
import Synchronization

/// A disk in memory that does what a disk may do at worst, and always the same.
///
/// It counts its operations, so that a test may run once to learn their number and then once for
/// each of them with a fault there. It remembers for every file what was synced and which changes
/// came after, and for every directory likewise; a power cut keeps of the latter none, all or a
/// seeded part. A failed sync drops the changes it should have written, as Linux does: the file
/// still reads as if they were there, later syncs succeed, and a power cut shows that they are not.
package final class SimulatedDisk: Disk {
  /// What happens at an operation instead of what was asked for.
  package enum Fault: Hashable, Sendable {
    /// It fails and does nothing.
    case fail(DiskError.Reason)
    /// A write stops after some thousandths of its bytes and fails; anything else just fails.
    case failPartly(perMille: Int, DiskError.Reason)
    /// The power goes, after some thousandths of the bytes if it is a write; nothing works until
    /// `restart`.
    case powerCut(perMille: Int)
    /// A write is reported as done and is not; anything else is done.
    case lostWrite
    /// A write goes to another place of its file, so many bytes further back, or to the beginning.
    case misdirectedWrite(byteCount: Int)
  }

  /// Which of the changes that were not synced survive.
  package enum Survival: Hashable, Sendable {
    /// A power cut at its worst.
    case synced
    /// The process died, the machine did not.
    case everything
    /// A power cut that loses some changes, tears some and keeps some. Those of a directory are
    /// lost from one of them on, since file systems keep their order.
    case some(seed: UInt64)
  }

  private let state: Mutex<SimulatedDiskState>

  package init() {
    state = Mutex(SimulatedDiskState())
  }

  private init(_ content: SimulatedDiskState) {
    state = Mutex(content)
  }

  /// Another disk with the same content, and no faults.
  package func copy() -> SimulatedDisk {
    var content = state.withLock { $0 }
    content.faults = [:]
    content.operationCount = 0
    content.isLocked = false
    return SimulatedDisk(content)
  }

  /// Whether the power is gone.
  package var isDown: Bool { state.withLock { $0.isDown } }

  /// Operations so far, failed ones among them.
  package var operationCount: Int { state.withLock { $0.operationCount } }

  /// Lets the operation happen that has `index`, counted from 0, go wrong.
  package func inject(_ fault: Fault, at index: Int) {
    state.withLock { $0.faults[index] = fault }
  }

  package func removeFaults() {
    state.withLock { $0.faults = [:] }
  }

  /// Bytes that fit; what is there may be more already.
  package func setCapacity(_ byteCount: Int?) {
    state.withLock { $0.capacity = byteCount }
  }

  /// Starts the machine or the process again. Open files and locks are gone.
  package func restart(_ survival: Survival) {
    state.withLock { $0.restart(survival) }
  }

  /// Inverts bits of one byte, as bad memory or a bad disk does.
  package func flip(_ path: DiskPath, at offset: Int, mask: UInt8 = 0xFF) {
    state.withLock { $0.flip(path, offset, mask) }
  }

  /// Replaces a file's content on the platter, or adds the file; `nil` removes it.
  package func replace(_ path: DiskPath, with bytes: [UInt8]?) {
    state.withLock { $0.replace(path, bytes) }
  }

  /// The content of a file as it reads now, `nil` if there is none. Not an operation.
  package func content(_ path: DiskPath) -> [UInt8]? {
    state.withLock { $0.content(path) }
  }

  /// What of a file would be there after a power cut; `nil` if the file would not be.
  package func syncedContent(_ path: DiskPath) -> [UInt8]? {
    state.withLock { $0.syncedContent(path) }
  }

  /// The paths of all files, sorted. Not an operation.
  package var files: [DiskPath] { state.withLock { $0.files() } }

  package func createDirectory(_ path: DiskPath) throws(DiskError) {
    try perform(.createDirectory, path) { (state) throws(DiskError) in
      try state.createDirectory(path)
    }
  }

  package func open(_ path: DiskPath, _ mode: DiskOpenMode) throws(DiskError) -> any DiskFile {
    let (node, session) = try perform(.open, path) { (state) throws(DiskError) in
      (try state.open(path, mode), state.session)
    }
    return SimulatedFile(self, path, node: node, session: session)
  }

  package func list(_ directory: DiskPath) throws(DiskError) -> [String] {
    try perform(.list, directory) { (state) throws(DiskError) in
      try state.names(in: directory)
    }
  }

  package func rename(_ path: DiskPath, to name: String) throws(DiskError) {
    try perform(.rename, path) { (state) throws(DiskError) in
      try state.rename(path, to: name)
    }
  }

  package func remove(_ path: DiskPath) throws(DiskError) {
    try perform(.remove, path) { (state) throws(DiskError) in try state.remove(path) }
  }

  package func syncDirectory(_ path: DiskPath) throws(DiskError) {
    try perform(.syncDirectory, path) { (state) throws(DiskError) in
      try state.syncDirectory(path)
    }
  }

  package func lock(_ path: DiskPath) throws(DiskError) -> any DiskLock {
    let session = try perform(.lock, path) { (state) throws(DiskError) in
      guard !state.isLocked else {
        throw DiskError(.lock, path, .locked(processIdentifier: 1))
      }
      state.isLocked = true
      return state.session
    }
    return SimulatedLock(self, session)
  }

  package func freeByteCount() throws(DiskError) -> UInt64 {
    try perform(.freeSpace, .root) { (state) throws(DiskError) in
      UInt64(max(0, state.freeByteCount))
    }
  }

  fileprivate func unlock(_ session: Int) {
    state.withLock { if $0.session == session { $0.isLocked = false } }
  }

  /// Counts an operation and does it, or what its fault says.
  func perform<Result: Sendable>(
    _ operation: DiskError.Operation, _ path: DiskPath,
    partly: ((inout SimulatedDiskState, _ perMille: Int) throws(DiskError) -> Void)? = nil,
    _ body: (inout SimulatedDiskState) throws(DiskError) -> Result
  ) throws(DiskError) -> Result {
    try state.withLock { (state) throws(DiskError) -> Result in
      guard !state.isDown else { throw DiskError(operation, path, .io) }
      defer { state.operationCount += 1 }
      guard let fault = state.faults[state.operationCount] else { return try body(&state) }
      switch fault {
      case .fail(let reason):
        if operation == .sync { try partly?(&state, 0) }
        throw DiskError(operation, path, reason)
      case .failPartly(let perMille, let reason):
        try partly?(&state, perMille)
        throw DiskError(operation, path, reason)
      case .powerCut(let perMille):
        if operation != .sync { try partly?(&state, perMille) }
        state.isDown = true
        throw DiskError(operation, path, .io)
      case .lostWrite:
        state.nextWrite = .lost
        defer { state.nextWrite = .asAsked }
        return try body(&state)
      case .misdirectedWrite(let byteCount):
        state.nextWrite = .misdirected(byteCount: byteCount)
        defer { state.nextWrite = .asAsked }
        return try body(&state)
      }
    }
  }
}

private final class SimulatedLock: DiskLock {
  private let disk: SimulatedDisk
  private let session: Int

  init(_ disk: SimulatedDisk, _ session: Int) {
    self.disk = disk
    self.session = session
  }

  deinit {
    disk.unlock(session)
  }
}
