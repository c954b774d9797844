import CommandInterface

/// Commands that work with whole files of vehicles.
enum ImportCommands {
  static let all = commands(.standard)

  static func commands(_ node: ImportNode) -> [Command] {
    [ImportCommand.command(node), ReconcileCommand.command(node)]
  }

  /// The problems that only these commands report.
  static let explanations: [CommandTable.Explanation] = ImportExplanations.all
}
