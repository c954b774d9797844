import Glibc
import Ledger
import Storage
import TestSupport
import Testing

@Suite("A POSIX disk")
struct PosixDiskTests {
  private func withDisk(_ body: (PosixDisk) throws -> Void) throws {
    try withTemporaryDirectory { try body(try PosixDisk(root: $0)) }
  }

  @Test("writes, reads, truncates, renames, lists and removes files")
  func files() throws {
    try withDisk { disk in
      let file = try disk.open(DiskPath("b.new"), .createEmpty)
      try file.write([1, 2, 3, 4, 5], at: 3)
      try file.sync()
      #expect(try file.byteCount() == 8)
      try file.truncate(to: 6)
      try disk.rename(DiskPath("b.new"), to: "b")
      _ = try disk.open(DiskPath("a"), .createEmpty)
      try disk.syncDirectory(.root)
      #expect(try disk.list(.root) == ["a", "b"])
      #expect(try disk.open(DiskPath("b"), .read).read(100, at: 0) == [0, 0, 0, 1, 2, 3])
      try disk.remove(DiskPath("b"))
      #expect(try disk.list(.root) == ["a"])
      #expect(try disk.freeByteCount() > 0)
    }
  }

  @Test("says what is not there, and what is there already")
  func errors() throws {
    try withDisk { disk in
      let path = DiskPath("x")
      #expect(throws: DiskError(.open, path, .notFound)) { try disk.open(path, .read) }
      #expect(throws: DiskError(.open, path, .notFound)) { try disk.open(path, .readWrite) }
      #expect(throws: DiskError(.remove, path, .notFound)) { try disk.remove(path) }
      #expect(throws: DiskError(.rename, path, .notFound)) { try disk.rename(path, to: "y") }
      #expect(throws: DiskError(.list, path, .notFound)) { try disk.list(path) }
      _ = try disk.open(path, .createEmpty)
      #expect(throws: DiskError(.createDirectory, path, .exists)) {
        try disk.createDirectory(path)
      }
      #expect(throws: DiskError(.list, path, .notADirectory)) { try disk.list(path) }
    }
    #expect(throws: DiskError(.open, DiskPath("/nonexistent"), .notFound)) {
      try PosixDisk(root: "/nonexistent")
    }
  }

  @Test("gives a lock once, and names its holder")
  func locks() throws {
    try withDisk { disk in
      let path = DiskPath("lock")
      do {
        let lock = try disk.lock(path)
        let expected = DiskError(.lock, path, .locked(processIdentifier: getpid()))
        #expect(throws: expected) { try disk.lock(path) }
        withExtendedLifetime(lock) {}
      }
      let again = try disk.lock(path)
      withExtendedLifetime(again) {}
    }
  }

  @Test("creates files that only their owner may read")
  func modes() throws {
    try withTemporaryDirectory { path in
      let disk = try PosixDisk(root: path)
      _ = try disk.open(DiskPath("file"), .createEmpty)
      var status = stat()
      #expect(stat("\(path)/file", &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
    }
  }

  @Test("says that the device is full")
  func full() throws {
    let disk = try PosixDisk(root: "/dev")
    let path = DiskPath("full")
    let file = try disk.open(path, .readWrite)
    #expect(throws: DiskError(.write, path, .noSpace)) {
      try file.write([1], at: 0)
    }
  }

  @Test("keeps a block log")
  func blockLog() throws {
    try withTemporaryDirectory { path in
      let disk = try PosixDisk(root: path)
      defer {
        for directory in ["blocks", "certificates"] {
          for name in (try? disk.list(DiskPath(directory))) ?? [] {
            try? disk.remove(DiskPath("\(directory)/\(name)"))
          }
          rmdir("\(path)/\(directory)")
        }
      }
      let configuration = StorageSample.configuration
      try BlockLog.create(on: disk, configuration)
      do {
        var log = try BlockLog.open(on: disk, configuration)
        try log.append(StorageSample.entries(1...20), from: Height(1))
      }
      var log = try BlockLog.open(on: disk, configuration)
      for height in 1...20 as ClosedRange<UInt64> {
        let block = try log.block(at: Height(height))
        #expect(block == StorageSample.block(height))
      }
      #expect(try BlockLog.verify(on: disk, configuration) == [])
    }
  }
}
