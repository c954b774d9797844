import CommandInterface
import Foundation
import Testing

@testable import hypothec

@Suite("Explanations")
struct ExplanationTests {
  /// Every code that the sources of a folder spell out.
  private static func spelledCodes(_ folder: String) throws -> Set<String> {
    let sources = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/hypothec/\(folder)").standardized
    let files = try #require(
      FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var codes: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /ProblemCode\("([A-Z0-9_]+)"\)/) {
        codes.insert(String(match.output.1))
      }
    }
    return codes
  }

  @Test(
    "exist for every problem of the binary",
    arguments: ["Shared", "Operator", "Record", "Look", "Govern"])
  func everyProblem(_ folder: String) throws {
    let explained = Set(Hypothec.table.explanations.map(\.code.text))
    let spelled = try Self.spelledCodes(folder)
    #expect(!spelled.isEmpty)
    #expect(spelled.subtracting(explained).sorted() == [])
  }

  @Test("are printed in both languages")
  func languages() {
    let english = CommandRun("explain KEY_FILE_PERMISSIONS")
    let chinese = CommandRun("explain key_file_permissions --lang zh")
    #expect(english.output.hasPrefix("KEY_FILE_PERMISSIONS\n\nWhoever can read a key"))
    #expect(chinese.output.contains("读到密钥的人可以冒充其成员签名"))
  }
}
