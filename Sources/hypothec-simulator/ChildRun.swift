import CommandInterface
import Glibc
import LocalProcesses

/// A process that runs seeds, so that one that traps takes nothing with it.
struct ChildRun {
  private let process: LocalProcess
  private let output: String

  /// A seed and what its run said.
  struct Seed {
    let number: UInt64
    var verdict: String
    /// What came after the verdict: the end of a failing run.
    var lines: [String] = []

    var hasPassed: Bool { verdict.hasPrefix("passed") }

    /// As the verdict says: `; 43 s, ...`.
    var simulatedSeconds: Int {
      let words = verdict.split(separator: " ")
      guard let unit = words.firstIndex(of: "s,"), unit > 0 else { return 0 }
      return Int(words[unit - 1]) ?? 0
    }
  }

  /// - Parameter words: of `run`.
  static func start(_ words: [String], in directory: String) throws(Problem) -> ChildRun {
    do throws(LocalProcessError) {
      let program = try LocalProcess.ownProgram()
      // A run's words are its own; what makes a name of them leaves out what no name has.
      let name = words.joined(separator: "_").filter { $0.isASCII && $0 != "/" }.prefix(200)
      let output = "\(directory)/\(name)"
      unlink(output)
      return ChildRun(
        process: try LocalProcess.start(program, ["run"] + words, output: output, .shared),
        output: output)
    } catch {
      throw Problem(childless: error)
    }
  }

  /// What it said, once it has ended; `nil` until then.
  func seedsIfEnded() throws(Problem) -> [Seed]? {
    do throws(LocalProcessError) {
      guard try process.wait(within: .zero) != nil else { return nil }
    } catch {
      throw Problem(childless: error)
    }
    return seeds()
  }

  func wait() throws(Problem) -> [Seed] {
    do throws(LocalProcessError) {
      _ = try process.wait()
    } catch {
      throw Problem(childless: error)
    }
    return seeds()
  }

  func end() { process.terminate() }

  private func seeds() -> [Seed] {
    defer { unlink(output) }
    var seeds: [Seed] = []
    for line in content().split(separator: "\n", omittingEmptySubsequences: true) {
      if line.hasPrefix("seed "), let colon = line.firstIndex(of: ":"),
        let number = UInt64(line.dropFirst(5)[..<colon])
      {
        let verdict = line[line.index(after: colon)...].drop { $0 == " " }
        seeds.append(Seed(number: number, verdict: String(verdict)))
      } else if let last = seeds.indices.last {
        seeds[last].lines.append(String(line))
      }
    }
    // A process that trapped has said what it was about and no more.
    if let last = seeds.indices.last, !seeds[last].isJudged {
      let words = ([seeds[last].verdict] + seeds[last].lines.prefix(1)).filter { !$0.isEmpty }
      seeds[last].verdict = "FAILED trap: \(words.joined(separator: " "))"
    }
    return seeds
  }

  private func content() -> String {
    guard let file = fopen(output, "rb") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 64 * 1024)
    while case let count = fread(&part, 1, part.count, file), count > 0 { bytes += part[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension ChildRun.Seed {
  fileprivate var isJudged: Bool { hasPassed || verdict.hasPrefix("FAILED") }
}

extension Problem {
  /// A process of the simulator's own cannot be run.
  init(childless error: LocalProcessError) {
    self.init(
      ProblemCode("SEARCH_STOPPED"), .softwareError,
      what: LocalizedText(
        english: "cannot run a process of the search: \(error)", chinese: "无法运行搜索进程：\(error)"))
  }
}
