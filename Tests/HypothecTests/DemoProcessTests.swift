import Documents
@preconcurrency import Glibc
import LocalProcesses
import Testing

@testable import hypothec

@Suite("The demonstration as a process", .serialized)
struct DemoProcessTests {
  enum Reach: String, Sendable {
    /// Ctrl-C in a terminal.
    case demonstrationAndNodes
    case demonstrationAlone
  }

  @Test(
    "ends with 130 when it is interrupted, and leaves neither process nor directory",
    .enabled(if: BuiltBinary.path != nil, "the binary hypothec is not beside the tests"),
    .timeLimit(.minutes(5)),
    arguments: [
      ("$ hypothec network up", SIGINT, Reach.demonstrationAndNodes),
      ("$ hypothec network up", SIGTERM, .demonstrationAlone),
      ("== Business at every node", SIGINT, .demonstrationAndNodes),
      ("at the same instant", SIGINT, .demonstrationAndNodes),
      ("at the same instant", SIGTERM, .demonstrationAlone),
    ])
  func interrupted(_ moment: String, _ signal: Int32, _ reach: Reach) throws {
    let program = try #require(BuiltBinary.path)
    let directory = try TemporaryDirectory()
    let log = directory["log"]
    // A session of its own, so that the signal reaches nobody else.
    let demo = try LocalProcess.start(program, ["demo"], output: log, .detached)
    let hasCome = waitFor(moment, in: log)
    #expect(hasCome, "\(said(log))")
    #expect(kill(reach == .demonstrationAlone ? demo.id : -demo.id, signal) == 0)
    let status = try demo.wait(within: .seconds(60))
    #expect(status == 130, "\(said(log))")
    let words = said(log).split(whereSeparator: \.isWhitespace)
    let up = try #require(words.firstIndex(of: "up"))
    let place = String(words[words.index(after: up)])
    #expect(place.contains("hypothec-demo"))
    #expect(!LocalFile.exists(place))
    // One that was just being started may end a moment later.
    let deadline = ContinuousClock.now + .seconds(20)
    while !processes(in: place).isEmpty, ContinuousClock.now < deadline { usleep(50_000) }
    #expect(processes(in: place).isEmpty)
    #expect(said(log).contains("INTERRUPTED"))
    if status == nil {
      kill(-demo.id, SIGKILL)
      _ = try demo.wait()
    }
  }

  private func waitFor(_ text: String, in log: String) -> Bool {
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
      if said(log).contains(text) { return true }
      usleep(5_000)
    }
    return false
  }

  private func said(_ log: String) -> String {
    String(decoding: (try? LocalFile.read(log)) ?? [], as: UTF8.self)
  }

  /// What runs with a path below `place` among its words.
  private func processes(in place: String) -> [ProcessIdentity] {
    DirectoryTree.names(in: "/proc").compactMap { name in
      guard let id = pid_t(name), let process = ProcessIdentity(of: id) else { return nil }
      return process.words.contains { $0.hasPrefix(place) } ? process : nil
    }
  }
}
