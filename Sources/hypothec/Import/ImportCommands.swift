import CommandInterface

/// Commands that bring whole files onto the ledger.
enum ImportCommands {
  static let all: [Command] = []

  /// The problems that only these commands report.
  static let explanations: [CommandTable.Explanation] = []
}
