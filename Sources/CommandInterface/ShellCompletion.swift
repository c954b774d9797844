/// The shells for which the table makes completion scripts.
package enum Shell: String, CaseIterable, Sendable {
  case bash
  case zsh
  case fish
}

/// Completion scripts. Each follows the words before the cursor down the tree of commands, and
/// then offers what the command there accepts.
package struct ShellCompletion {
  let table: CommandTable
  let language: Language

  package init(_ table: CommandTable, _ language: Language) {
    self.table = table
    self.language = language
  }

  package func script(_ shell: Shell) -> String {
    switch shell {
    case .bash: bashScript
    case .zsh: zshScript
    case .fish: fishScript
    }
  }

  var program: String { table.root.name }

  /// What the shell offers for arguments: that of the first argument that offers anything.
  func argumentCompletion(_ command: Command) -> ValueCompletion {
    command.arguments.map(\.completion).first { $0 != .nothing } ?? .nothing
  }

  /// `hypothec vehicle|hypothec vehicle show`: the paths that a further word can lead to, as a
  /// pattern of `case`.
  var descents: [String] {
    table.paths.filter { $0.count > 1 }.map(\.commandLine)
  }

  /// In single quotes, for any POSIX shell and zsh.
  static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
}
