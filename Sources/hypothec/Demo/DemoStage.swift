import CommandInterface
import Documents
@preconcurrency import Glibc
import Node

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

  /// Runs `hypothec` with these words to its end, which an interrupt hastens.
  func run(_ words: [String], _ interrupt: InterruptFlag) throws(Problem) -> Run {
    let log = path("command.log")
    unlink(log)
    let status = try ProgramProcess.run(words, output: log, interrupt)
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
  /// The demonstration cannot go on; `reason` has no full stop.
  static func demo(_ reason: LocalizedText) -> Problem {
    Problem(
      .demoFailed, .failure,
      what: LocalizedText(
        english: "the demonstration stopped: \(reason.english).", chinese: "演示中止：\(reason.chinese)。"
      ))
  }

  /// What went wrong in the demonstration, as a problem that its user is told.
  static func demo(_ error: any Error) -> Problem {
    switch error {
    case let problem as Problem: problem
    case let error as NodeAccessError: Problem(error)
    case DemoError.noKey(let member):
      .demo(LocalizedText(english: "\(member) has no key", chinese: "\(member) 没有密钥"))
    case DemoError.noNode(let member):
      .demo(LocalizedText(english: "\(member) has no node", chinese: "\(member) 没有节点"))
    default: .demo(LocalizedText(verbatim: "\(error)"))
    }
  }
}
