import CommandInterface
import LocalProcesses

/// This very program, started as a process of its own.
enum ProgramProcess {
  /// Starts `hypothec` with these words and leaves it running; its output is appended to a file.
  static func start(
    _ words: [String], output: String, _ terminal: LocalProcess.Terminal
  ) throws(Problem) -> LocalProcess {
    do throws(LocalProcessError) {
      let program = if let overridingPath { overridingPath } else { try LocalProcess.ownProgram() }
      return try LocalProcess.start(program, words, output: output, terminal)
    } catch {
      throw Problem(error)
    }
  }

  /// Runs `hypothec` with these words to its end, and asks it to end when an interrupt is requested;
  /// returns its exit status, or 128 and the signal that ended it.
  static func run(
    _ words: [String], output: String, _ interrupt: InterruptFlag
  ) throws(Problem) -> Int32 {
    let process = try start(words, output: output, .shared)
    do throws(LocalProcessError) {
      while true {
        if let status = try process.wait(within: .seconds(1)) { return status }
        // Whoever does not end at the first signal ends at the second.
        if interrupt.isRequested { process.terminate() }
      }
    } catch {
      throw Problem(error)
    }
  }

  /// Another binary than the one that runs: for tests, which run within one that is not hypothec.
  @TaskLocal static var overridingPath: String?
}
