@preconcurrency import Glibc
import LocalProcesses
import Testing

@Suite("Processes of this machine")
struct LocalProcessTests {
  private static func start(_ script: String, _ output: String = "/dev/null") throws -> LocalProcess
  {
    try LocalProcess.start("/bin/sh", ["-c", script], output: output, .shared)
  }

  @Test("tell how they ended", arguments: [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
  func status(_ script: String, _ status: Int32) throws {
    #expect(try Self.start(script).wait() == status)
    #expect(try Self.start(script).wait(within: .seconds(60)) == status)
  }

  @Test("are waited for once")
  func twice() throws {
    let process = try Self.start("exit 3")
    #expect(try process.wait() == 3)
    let error = LocalProcessError.notWaitedFor(process: process.id, ECHILD)
    #expect(throws: error) { try process.wait() }
    #expect(throws: error) { try process.wait(within: .zero) }
    #expect(LocalProcess.ended(process.id) == nil)
  }

  @Test("end when they are asked to, and when they are killed though they do not listen")
  func ended() throws {
    let asked = try LocalProcess.start("/bin/sleep", ["600"], output: "/dev/null", .detached)
    #expect(LocalProcess.ended(asked.id) == nil)
    #expect(try asked.wait(within: .zero) == nil)
    asked.terminate()
    #expect(try asked.wait(within: .seconds(60)) == 128 + SIGTERM)
    let killed = try LocalProcess.start("/bin/sleep", ["600"], output: "/dev/null", .shared)
    killed.killAtOnce()
    #expect(try killed.wait() == 128 + SIGKILL)
  }

  @Test("append what they say to a file")
  func output() throws {
    let directory = try DirectoryTree.makeTemporary("hypothec-test")
    defer { DirectoryTree.remove(directory) }
    #expect(try Self.start("echo one", directory + "/log").wait() == 0)
    #expect(try Self.start("echo two >&2", directory + "/log").wait() == 0)
    let compared = try Self.start("test \"$(cat \(directory)/log)\" = \"$(printf 'one\\ntwo')\"")
    #expect(try compared.wait() == 0)
  }

  @Test("know what program they run")
  func own() throws {
    let path = try LocalProcess.ownProgram()
    #expect(path.hasPrefix("/"))
    #expect(access(path, X_OK) == 0)
  }

  @Test("that are not there are not started")
  func missing() {
    #expect(throws: LocalProcessError.notStarted(program: "/nowhere/it", ENOENT)) {
      try LocalProcess.start("/nowhere/it", [], output: "/dev/null", .shared)
    }
  }
}

@Suite("Ports of this machine")
struct LoopbackPortTests {
  @Test("differ, and can be bound")
  func free() throws {
    let ports = try LoopbackPorts.free(40)
    #expect(Set(ports).count == 40)
    #expect(!ports.contains(0))
    #expect(try LoopbackPorts.free(0).isEmpty)
  }
}

@Suite("Directories of a run")
struct DirectoryTreeTests {
  @Test("are new, empty and their owner's alone")
  func made() throws {
    let first = try DirectoryTree.makeTemporary("hypothec-test")
    let second = try DirectoryTree.makeTemporary("hypothec-test")
    defer { for directory in [first, second] { DirectoryTree.remove(directory) } }
    #expect(first != second)
    #expect(DirectoryTree.names(in: first).isEmpty)
    var status = stat()
    #expect(stat(first, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
  }

  @Test("go with all that is in them, but not with what links in them lead to")
  func removed() throws {
    let kept = try DirectoryTree.makeTemporary("hypothec-test")
    let removed = try DirectoryTree.makeTemporary("hypothec-test")
    defer { DirectoryTree.remove(kept) }
    #expect(mkdir(kept + "/file", 0o700) == 0)
    #expect(mkdir(removed + "/b", 0o700) == 0)
    #expect(mkdir(removed + "/b/c", 0o700) == 0)
    #expect(symlink(kept, removed + "/a") == 0)
    #expect(DirectoryTree.names(in: removed) == ["a", "b"])
    var visited: [String] = []
    DirectoryTree.visit(removed) { path, _ in visited.append(String(path.dropFirst(removed.count)))
    }
    #expect(visited == ["/a", "/b/c", "/b", ""])
    DirectoryTree.remove(removed)
    #expect(access(removed, F_OK) != 0)
    #expect(DirectoryTree.names(in: kept) == ["file"])
    #expect(DirectoryTree.names(in: removed).isEmpty)
  }
}
