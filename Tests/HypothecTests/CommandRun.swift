import CommandInterface
import Foundation
import Testing

@testable import hypothec

/// One run of hypothec's command line in this process, in surroundings that the test makes up.
///
/// Files are real, so tests give absolute paths below a `TemporaryDirectory`.
struct CommandRun {
  let exitCode: ExitCode
  /// stdout.
  let output: String
  /// stderr.
  let diagnostics: String

  /// 2026-11-21T00:00:00Z.
  static let now = WallTime(millisecondsSince1970: 1_795_219_200_000)

  /// For runs that deal with a node that runs by this machine's clock.
  static var machineNow: WallTime {
    WallTime(millisecondsSince1970: Int64(Date().timeIntervalSince1970 * 1_000))
  }

  init(
    _ words: [String], environment: [String: String] = [:], terminal: Terminal = .file,
    now: WallTime = CommandRun.now, table: CommandTable = Hypothec.table
  ) {
    let output = CapturedBytes()
    let diagnostics = CapturedBytes()
    let host = ProgramHost(
      output: OutputStream(output.sink, terminal),
      diagnostics: OutputStream(diagnostics.sink, terminal),
      environment: ProcessEnvironment(environment), monotonicClock: MonotonicClock { .zero },
      wallClock: WallClock { now }, zone: .utc, interrupt: .never)
    exitCode = Program(table, host).run(words)
    self.output = output.text
    self.diagnostics = diagnostics.text
  }

  /// Runs a command line as a user would type it; words are parted by spaces, without quoting.
  init(_ line: String, now: WallTime = CommandRun.now) {
    self.init(line.split(separator: " ").map(String.init), now: now)
  }
}
