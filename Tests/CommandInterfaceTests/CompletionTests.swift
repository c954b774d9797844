import CommandInterface
import Testing

@Suite("Completion")
struct CompletionTests {
  @Test("is a script that its shell accepts", arguments: Shell.allCases, Language.allCases)
  func syntax(shell: Shell, language: Language) throws {
    guard ExternalTool.isInstalled(shell.rawValue) else { return }
    let script = ShellCompletion(Sample.table, language).script(shell)
    let result = try ExternalTool.run("\(shell.rawValue) -n \"$1\"", on: script)
    #expect(result.output == "")
    #expect(result.status == 0)
  }

  @Test(
    "offers in bash what the table has at the cursor",
    arguments: [
      ("hypothec veh", "vehicle"), ("hypothec vehicle ''", "show"),
      ("hypothec vehicle show --a", "--at"), ("hypothec vehicle show X --lang ''", "en zh"),
      ("hypothec --json completion z", "zsh"), ("hypothec valuation record --am", "--amount"),
      ("hypothec valuation record --amount ''", ""), ("hypothec vehicle --am", ""),
    ])
  func bash(line: String, expected: String) throws {
    guard ExternalTool.isInstalled("bash") else { return }
    let script = ShellCompletion(Sample.table, .english).script(.bash)
    let command = """
      bash -c 'source "$1"; COMP_WORDS=('"\(line)"'); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _hypothec; echo "${COMPREPLY[@]}"' - "$1"
      """
    let result = try ExternalTool.run(command, on: script)
    #expect(result.output == expected + "\n")
  }

  @Test("makes a manual page that groff sets without a warning")
  func manual() throws {
    guard ExternalTool.isInstalled("groff") else { return }
    let page = ManualPage(Sample.table, .english).text
    let result = try ExternalTool.run("groff -man -Tutf8 -ww -z \"$1\"", on: page)
    #expect(result.output == "")
    #expect(result.status == 0)
  }
}
