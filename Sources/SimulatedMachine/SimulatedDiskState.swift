import Cryptography
import Storage

/// What is on a `SimulatedDisk` and what would be after a power cut.
struct SimulatedDiskState {
  var nodes: [SimulatedNode] = []
  private var directories: [SimulatedDirectory] = [SimulatedDirectory()]
  var faults: [Int: SimulatedDisk.Fault] = [:]
  var operationCount = 0
  var isDown = false
  var isLocked = false
  /// Counts restarts; open files belong to one.
  var session = 0
  var capacity: Int?
  var nextWrite = WriteFate.asAsked

  enum WriteFate {
    case asAsked
    case lost
    case misdirected(byteCount: Int)
  }

  var freeByteCount: Int { (capacity ?? 1 << 40) - usedByteCount }

  private var usedByteCount: Int {
    directories.reduce(0) { total, directory in
      directory.entries.values.reduce(total) { total, entry in
        guard case .file(let node) = entry else { return total }
        return total + nodes[node].content.count
      }
    }
  }

  mutating func createDirectory(_ path: DiskPath) throws(DiskError) {
    let parent = try directory(path.parent, .createDirectory)
    guard directories[parent].entries[path.name] == nil else {
      throw DiskError(.createDirectory, path, .exists)
    }
    directories.append(SimulatedDirectory())
    directories[parent].apply(.link(path.name, .directory(directories.count - 1)))
  }

  mutating func open(_ path: DiskPath, _ mode: DiskOpenMode) throws(DiskError) -> Int {
    let parent = try directory(path.parent, .open)
    if case .file(let node)? = directories[parent].entries[path.name] {
      if mode == .createEmpty { nodes[node].apply(.truncate(0)) }
      return node
    }
    guard mode == .createEmpty else { throw DiskError(.open, path, .notFound) }
    nodes.append(SimulatedNode())
    directories[parent].apply(.link(path.name, .file(nodes.count - 1)))
    return nodes.count - 1
  }

  func names(in path: DiskPath) throws(DiskError) -> [String] {
    directories[try directory(path, .list)].entries.keys.sorted()
  }

  mutating func rename(_ path: DiskPath, to name: String) throws(DiskError) {
    let parent = try directory(path.parent, .rename)
    guard directories[parent].entries[path.name] != nil else {
      throw DiskError(.rename, path, .notFound)
    }
    directories[parent].apply(.rename(path.name, name))
  }

  mutating func remove(_ path: DiskPath) throws(DiskError) {
    let parent = try directory(path.parent, .remove)
    guard case .file? = directories[parent].entries[path.name] else {
      throw DiskError(.remove, path, .notFound)
    }
    directories[parent].apply(.unlink(path.name))
  }

  mutating func syncDirectory(_ path: DiskPath) throws(DiskError) {
    directories[try directory(path, .syncDirectory)].sync()
  }

  /// Writes as much as there is room for.
  mutating func write(
    _ node: Int, _ bytes: [UInt8], _ askedOffset: Int, _ path: DiskPath
  ) throws(DiskError) {
    let offset: Int
    switch nextWrite {
    case .asAsked: offset = askedOffset
    case .lost: return
    case .misdirected(let byteCount): offset = max(0, askedOffset - byteCount)
    }
    let room = max(0, nodes[node].content.count + freeByteCount - offset)
    nodes[node].apply(.write(offset, Array(bytes.prefix(room))))
    guard bytes.count <= room else { throw DiskError(.write, path, .noSpace) }
  }

  mutating func restart(_ survival: SimulatedDisk.Survival) {
    var random = SplitMix64(seed: 0)
    if case .some(let seed) = survival { random = SplitMix64(seed: seed) }
    for index in nodes.indices { nodes[index].restart(survival, &random) }
    for index in directories.indices { directories[index].restart(survival, &random) }
    session += 1
    isDown = false
    isLocked = false
    faults = [:]
  }

  mutating func flip(_ path: DiskPath, _ offset: Int, _ mask: UInt8) {
    guard case .file(let node)? = entry(path) else { preconditionFailure("no file \(path)") }
    nodes[node].content[offset] ^= mask
    nodes[node].sync()
  }

  mutating func replace(_ path: DiskPath, _ bytes: [UInt8]?) {
    guard case .directory(let parent)? = entry(path.parent) else {
      preconditionFailure("no directory for \(path)")
    }
    guard let bytes else {
      directories[parent].apply(.unlink(path.name))
      directories[parent].sync()
      return
    }
    var node = SimulatedNode()
    node.content = bytes
    node.sync()
    nodes.append(node)
    directories[parent].apply(.link(path.name, .file(nodes.count - 1)))
    directories[parent].sync()
  }

  func content(_ path: DiskPath) -> [UInt8]? {
    guard case .file(let node)? = entry(path) else { return nil }
    return nodes[node].content
  }

  func syncedContent(_ path: DiskPath) -> [UInt8]? {
    guard case .directory(let parent)? = entry(path.parent),
      case .file(let node)? = directories[parent].synced[path.name]
    else { return nil }
    return nodes[node].synced
  }

  func files() -> [DiskPath] {
    func files(in directory: Int, _ path: DiskPath) -> [DiskPath] {
      directories[directory].entries.flatMap { name, entry in
        switch entry {
        case .file: [path.appending(name)]
        case .directory(let index): files(in: index, path.appending(name))
        }
      }
    }
    return files(in: 0, .root).sorted()
  }

  private func directory(
    _ path: DiskPath, _ operation: DiskError.Operation
  ) throws(DiskError) -> Int {
    switch entry(path) {
    case .directory(let index)?: return index
    case .file?: throw DiskError(operation, path, .notADirectory)
    case nil: throw DiskError(operation, path, .notFound)
    }
  }

  private func entry(_ path: DiskPath) -> SimulatedDirectory.Entry? {
    var current = SimulatedDirectory.Entry.directory(0)
    for name in path.text.split(separator: "/") {
      guard case .directory(let index) = current,
        let next = directories[index].entries[String(name)]
      else { return nil }
      current = next
    }
    return current
  }
}

/// A file's content, and what of it is on the platter.
struct SimulatedNode {
  enum Change {
    case write(_ offset: Int, [UInt8])
    case truncate(Int)
  }

  var content: [UInt8] = []
  private(set) var synced: [UInt8] = []
  private var pending: [Change] = []

  mutating func apply(_ change: Change) {
    SimulatedNode.apply(change, to: &content)
    pending.append(change)
  }

  mutating func sync() {
    // Changes that a failed sync lost stay lost, unless what followed covered them.
    if hasLostChanges {
      for change in pending { SimulatedNode.apply(change, to: &synced) }
    } else {
      synced = content
    }
    pending = []
  }

  private var hasLostChanges = false

  mutating func loseChanges() {
    pending = []
    hasLostChanges = true
  }

  mutating func restart(_ survival: SimulatedDisk.Survival, _ random: inout SplitMix64) {
    switch survival {
    case .everything: return
    case .synced: break
    case .some:
      for change in pending { random.keepSome(of: change, &synced) }
    }
    content = synced
    pending = []
    hasLostChanges = false
  }

  static func apply(_ change: Change, to bytes: inout [UInt8]) {
    switch change {
    case .truncate(let count):
      if count < bytes.count { bytes.removeLast(bytes.count - count) }
      bytes += [UInt8](repeating: 0, count: count - bytes.count)
    case .write(let offset, let written):
      let missing = offset + written.count - bytes.count
      if missing > 0 { bytes += [UInt8](repeating: 0, count: missing) }
      bytes.replaceSubrange(offset..<offset + written.count, with: written)
    }
  }
}

extension SplitMix64 {
  /// Applies a change, a part of it, or nothing of it.
  fileprivate mutating func keepSome(of change: SimulatedNode.Change, _ bytes: inout [UInt8]) {
    switch (next() % 3, change) {
    case (0, _): return
    case (1, .write(let offset, let written)):
      let count = Int(next() % UInt64(written.count + 1))
      SimulatedNode.apply(.write(offset, Array(written.prefix(count))), to: &bytes)
    default: SimulatedNode.apply(change, to: &bytes)
    }
  }
}

/// A directory's names, and which of them are on the platter.
struct SimulatedDirectory {
  enum Entry: Hashable {
    case file(Int)
    case directory(Int)
  }

  enum Change {
    case link(String, Entry)
    case unlink(String)
    case rename(String, String)
  }

  private(set) var entries: [String: Entry] = [:]
  private(set) var synced: [String: Entry] = [:]
  private var pending: [Change] = []

  mutating func apply(_ change: Change) {
    SimulatedDirectory.apply(change, to: &entries)
    pending.append(change)
  }

  mutating func sync() {
    synced = entries
    pending = []
  }

  mutating func restart(_ survival: SimulatedDisk.Survival, _ random: inout SplitMix64) {
    switch survival {
    case .everything: return
    case .synced: break
    case .some:
      let count = Int(random.next() % UInt64(pending.count + 1))
      for change in pending.prefix(count) { SimulatedDirectory.apply(change, to: &synced) }
    }
    entries = synced
    pending = []
  }

  private static func apply(_ change: Change, to entries: inout [String: Entry]) {
    switch change {
    case .link(let name, let entry): entries[name] = entry
    case .unlink(let name): entries[name] = nil
    case .rename(let name, let newName):
      entries[newName] = entries[name]
      entries[name] = nil
    }
  }
}
