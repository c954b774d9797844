import CommandInterface

/// Commands that work with whole files of vehicles.
enum ImportCommands {
  static let all: [Command] = [ImportCommand.command, ReconcileCommand.command]

  /// The problems that only these commands report.
  static let explanations: [CommandTable.Explanation] = ImportExplanations.all
}
