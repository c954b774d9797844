import Documents
import Foundation
import Ledger
import Testing

@testable import CommandInterface
@testable import hypothec

/// Texts tell people which command to run next; it must be there.
@Suite("Commands that texts name")
struct NamedCommandTests {
  /// Words after the program's name where a sentence goes on, not a command line.
  private static let prose: Set<String> = [
    "as", "at", "can", "does", "is", "itself", "may", "never", "reads", "refuses", "uses", "wrote",
  ]

  /// What is named in a text and is no command: the command lines up to the word that is wrong.
  private func unknown(in text: String) -> [String] {
    let line = text.replacing(/\\\n\s*/, with: "")
    var unknown: [String] = []
    for match in line.matches(of: /\bhypothec ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?/) {
      let first = String(match.output.1)
      if Self.prose.contains(first) { continue }
      guard let noun = Hypothec.table.root.subcommands.first(where: { $0.name == first }) else {
        unknown.append("hypothec \(first)")
        continue
      }
      guard !noun.subcommands.isEmpty, let second = match.output.2 else { continue }
      if !noun.subcommands.contains(where: { $0.name == second }) {
        unknown.append("hypothec \(first) \(second)")
      }
    }
    return unknown
  }

  private static func texts(below path: String, _ suffix: String) throws -> [(String, String)] {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../\(path)").standardized
    let files = try #require(
      FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
    var texts: [(String, String)] = []
    for case let file as URL in files where file.pathExtension == suffix {
      texts.append((file.lastPathComponent, try String(contentsOf: file, encoding: .utf8)))
    }
    return texts
  }

  @Test("are found, and missed where there are none")
  func finds() {
    #expect(unknown(in: "see hypothec member list, or hypothec doctor now") == [])
    #expect(unknown(in: "see hypothec member lists") == ["hypothec member lists"])
    #expect(unknown(in: "hypothec members list") == ["hypothec members"])
    #expect(unknown(in: "(hypothec key \\\n    turn)") == ["hypothec key turn"])
    #expect(unknown(in: "hypothec refuses it") == [])
  }

  @Test("exist, for every refusal", arguments: RefusalCode.allCases)
  func refusals(_ code: RefusalCode) {
    for part in [code.text.what, code.text.why, code.text.next] {
      #expect(unknown(in: part.english) == [])
      #expect(unknown(in: part.chinese) == [])
    }
  }

  @Test("exist, for every explanation and topic")
  func explanations() {
    for explanation in Hypothec.table.explanations {
      #expect(unknown(in: explanation.text.english) == [])
      #expect(unknown(in: explanation.text.chinese) == [])
    }
    for topic in Hypothec.table.topics {
      #expect(unknown(in: topic.text.english) == [])
      #expect(unknown(in: topic.text.chinese) == [])
    }
    for example in Hypothec.table.paths.compactMap(\.last).flatMap(\.examples) {
      #expect(unknown(in: example.line) == [])
    }
  }

  @Test("exist, for every message in the sources")
  func sources() throws {
    let texts = try Self.texts(below: "Sources/hypothec", "swift")
    #expect(texts.count > 100)
    for (file, text) in texts {
      #expect(unknown(in: text) == [], "\(file)")
    }
  }

  /// The documents of formats have the word in layouts of bytes.
  @Test("exist, for the pages that people read", arguments: ["operations", "import", "json"])
  func documents(_ page: String) throws {
    let text = try #require(
      try Self.texts(below: "docs", "md").first { $0.0 == "\(page).md" }?.1)
    #expect(unknown(in: text) == [])
  }

  // MARK: Whole command lines

  /// Words as a shell would part them, as far as the documents need it; `nil` for a line that only
  /// sketches a command.
  private static func words(of line: String) -> [String]? {
    let plain = line.replacing(/\s+# .*/, with: "")
    guard !plain.contains("..."), !plain.contains("$("), !plain.contains("|") else { return nil }
    return plain.matches(of: /'([^']*)'|(\S+)/).map { match in
      String(match.output.1 ?? match.output.2 ?? "")
    }
  }

  /// Why the parser refuses a line; `nil` if it would run.
  private func mistake(in line: String) -> String? {
    guard let words = Self.words(of: line) else { return nil }
    if case .failure(let error, _) = CommandLineParser.parse(
      Array(words.dropFirst()), Hypothec.table)
    {
      return "\(line): \(error)"
    }
    return nil
  }

  @Test("can be typed as the examples of the help show them")
  func examples() {
    let examples = Hypothec.table.paths.compactMap(\.last).flatMap(\.examples)
    #expect(examples.count > 30)
    for example in examples where example.line.hasPrefix("hypothec ") {
      #expect(mistake(in: example.line) == nil)
    }
    #expect(mistake(in: "hypothec key rotate --porpoise member") != nil)
    #expect(mistake(in: "hypothec member apply --as bank-c") != nil)
  }

  @Test("can be typed as the documents show them", arguments: ["operations", "import"])
  func typedDocuments(_ page: String) throws {
    let text = try #require(
      try Self.texts(below: "docs", "md").first { $0.0 == "\(page).md" }?.1)
    let lines = text.replacing(/\\\n\s*/, with: "").split(separator: "\n")
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { $0.hasPrefix("hypothec ") }
    #expect(lines.count > 1)
    for line in lines { #expect(mistake(in: line) == nil) }
  }
}
