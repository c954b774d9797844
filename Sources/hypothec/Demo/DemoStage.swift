import CommandInterface
@preconcurrency import Glibc

/// Where the demonstration plays: a directory of its own, and this very program as its user would
/// run it.
struct DemoStage {
  let directory: String

  /// What a run of the program left.
  struct Run {
    let status: Int32
    /// stdout and stderr, as a terminal shows them.
    let output: String
  }

  init() throws(Problem) { directory = try LocalFile.createTemporaryDirectory("demo") }

  func path(_ name: String) -> String { directory + "/" + name }

  /// Runs `hypothec` with these words to its end.
  func run(_ words: [String]) throws(Problem) -> Run {
    let log = path("command.log")
    unlink(log)
    let status = try ProgramProcess.run(words, output: log)
    return Run(status: status, output: String(decoding: try LocalFile.read(log), as: UTF8.self))
  }

  /// A word as a shell takes it.
  static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: Array("-_./:=,+".utf8).contains($0)
      }
    }
    return plain && !word.isEmpty ? word : "'\(word)'"
  }
}

extension ProblemCode {
  static let demoFailed = ProblemCode("DEMO_FAILED")
}

extension Problem {
  /// The demonstration cannot go on.
  static func demo(_ reason: String) -> Problem {
    Problem(
      .demoFailed, .failure,
      what: LocalizedText(
        english: "the demonstration stopped: \(reason).", chinese: "演示中止：\(reason)。"))
  }
}
