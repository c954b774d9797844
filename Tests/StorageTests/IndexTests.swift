import Cryptography
import Glibc
import Ledger
import SimulatedMachine
import Storage
import TestSupport
import Testing

@Suite("A state store")
struct IndexTests {
  enum Kind: CaseIterable, Sendable {
    case index, memory
  }

  private func key(_ number: Int) -> [UInt8] { [2, UInt8(number >> 8), UInt8(number & 0xFF)] }

  private func position(_ height: UInt64) -> StatePosition {
    StatePosition(height: Height(height), stateRoot: Digest(words: (height, 1, 2, 3)))
  }

  private func batch(_ puts: [Int], removing removed: [Int] = []) -> StateBatch {
    var batch = StateBatch()
    for number in puts { batch.put(key(number), [UInt8](repeating: 7, count: number)) }
    for number in removed { batch.remove(key(number)) }
    return batch
  }

  private func withStore(_ kind: Kind, _ body: (any StateStore) throws -> Void) throws {
    switch kind {
    case .memory: try body(MemoryStateStore())
    case .index: try withTemporaryDirectory { try body(try Index(path: $0)) }
    }
  }

  @Test("gives back what was put, and the position that came with it", arguments: Kind.allCases)
  func readsBack(_ kind: Kind) throws {
    try withStore(kind) { store in
      #expect(try store.position() == nil)
      try store.apply(batch([1, 2, 3, 0]), at: position(1))
      try store.apply(batch([4], removing: [2]), at: position(2))
      #expect(try store.position() == position(2))
      #expect(try store.value(of: key(0)) == [])
      #expect(try store.value(of: key(3)) == [7, 7, 7])
      #expect(try store.value(of: key(2)) == nil)
      #expect(
        try store.values(of: [key(4), key(2), key(1)]) == [[7, 7, 7, 7], nil, [7]])
      #expect(try store.values(of: []) == [])
    }
  }

  @Test("scans a range in both directions", arguments: Kind.allCases)
  func scans(_ kind: Kind) throws {
    try withStore(kind) { store in
      var batch = batch(Array(250..<260))
      batch.put([1], [])
      batch.put([3, 0], [])
      batch.put([0xFF, 0xFF], [])
      try store.apply(batch, at: position(1))
      let all = (250..<260).map(key)
      #expect(try keys(store, KeyRange(prefix: [2]), .ascending) == all)
      #expect(try keys(store, KeyRange(prefix: [2]), .descending) == all.reversed())
      #expect(
        try keys(store, KeyRange(prefix: [2], from: key(255)), .ascending)
          == (255..<260).map(key))
      #expect(
        try keys(store, KeyRange(prefix: [2], upTo: key(255)), .descending)
          == (250..<255).reversed().map(key))
      #expect(try keys(store, KeyRange(prefix: [0xFF]), .descending) == [[0xFF, 0xFF]])
      #expect(try keys(store, KeyRange(prefix: []), .ascending).count == 13)
      #expect(try keys(store, KeyRange(prefix: []), .descending).count == 13)
      #expect(try keys(store, KeyRange(prefix: [4]), .descending) == [])
      #expect(try keys(store, KeyRange(prefix: [2]), .ascending, limit: 2) == [key(250), key(251)])
    }
  }

  private func keys(
    _ store: any StoreReader, _ range: KeyRange, _ direction: ScanDirection, limit: Int = .max
  ) throws -> [[UInt8]] {
    var keys: [[UInt8]] = []
    try store.scan(range, direction) { key, _ in
      keys.append(Array(key))
      return keys.count < limit ? .next : .stop
    }
    return keys
  }

  @Test("keeps a snapshot as it was", arguments: Kind.allCases)
  func snapshots(_ kind: Kind) throws {
    try withStore(kind) { store in
      try store.apply(batch([1, 2]), at: position(1))
      let snapshot = try store.snapshot()
      try store.apply(batch([3], removing: [1]), at: position(2))
      #expect(try snapshot.position() == position(1))
      #expect(try snapshot.value(of: key(1)) == [7])
      #expect(try snapshot.values(of: [key(3), key(1)]) == [nil, [7]])
      #expect(try keys(snapshot, KeyRange(prefix: [2]), .ascending) == [key(1), key(2)])
      #expect(try store.position() == position(2))
    }
  }

  @Test("an index is there again after closing it")
  func reopens() throws {
    try withTemporaryDirectory { path in
      do {
        let index = try Index(path: path)
        try index.apply(batch([1, 2, 3]), at: position(5))
        try index.flush()
      }
      let index = try Index(path: path)
      #expect(try index.position() == position(5))
      #expect(try index.value(of: key(3)) == [7, 7, 7])
    }
  }

  @Test("a damaged or gutted index is told and can be rebuilt")
  func rebuilds() throws {
    try withTemporaryDirectory { path in
      do {
        let index = try Index(path: path)
        try index.apply(batch(Array(1..<200)), at: position(5))
        try index.flush()
      }
      let disk = try PosixDisk(root: path)
      for name in try disk.list(.root) where name != "LOCK" && !name.hasPrefix("LOG") {
        let file = try disk.open(DiskPath(name), .readWrite)
        let count = try file.byteCount()
        for offset in stride(from: 0, to: count, by: 7) {
          try file.write([0xA5], at: offset)
        }
      }
      #expect(throws: StorageError.self) { try readAll(path) }
      try Index.destroy(path: path)
      let index = try Index(path: path)
      #expect(try index.position() == nil)
      try index.apply(batch([1]), at: position(1))
      #expect(try index.value(of: key(1)) == [7])
    }
  }

  private func readAll(_ path: String) throws {
    let index = try Index(path: path)
    _ = try index.position()
    _ = try keys(index, KeyRange(prefix: []), .ascending)
  }

  @Test("what was never there can be destroyed")
  func destroysNothing() throws {
    try Index.destroy(path: "/nonexistent/index")
  }
}

/// Calls `body` with the path of an empty directory and removes it with its files afterwards.
func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
  var template = Array("/tmp/hypothec-storage-XXXXXX".utf8CString)
  let path = try #require(mkdtemp(&template).map { String(cString: $0) })
  defer {
    if let disk = try? PosixDisk(root: path) {
      for name in (try? disk.list(.root)) ?? [] { try? disk.remove(DiskPath(name)) }
    }
    rmdir(path)
  }
  try body(path)
}
