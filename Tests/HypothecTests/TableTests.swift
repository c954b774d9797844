import CommandInterface
import Ledger
import Testing

@testable import hypothec

@Suite("The command table")
struct TableTests {
  @Test("explains every refusal")
  func refusalsExplained() {
    let explained = Set(Hypothec.table.explanations.map(\.code))
    for code in RefusalCode.allCases {
      #expect(explained.contains(ProblemCode(code)))
    }
  }

  @Test("prints its version")
  func version() {
    let run = CommandRun("--version")
    #expect(run.exitCode == .success)
    #expect(run.output == "hypothec \(Hypothec.version)\n")
  }

  @Test("gathers the verbs of a noun from all folders")
  func gathered() {
    let verb = Command("show", LocalizedText(verbatim: "Show.")) { _ in .success }
    let other = Command("create", LocalizedText(verbatim: "Create.")) { _ in .success }
    let commands = Noun.gathered([Noun.pledge([verb]), Noun.key([verb]), Noun.pledge([other])])
    #expect(commands.map(\.name) == ["pledge", "key"])
    #expect(commands[0].subcommands.map(\.name) == ["show", "create"])
  }
}
