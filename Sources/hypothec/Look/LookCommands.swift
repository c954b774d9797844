import CommandInterface

/// Commands that look at the ledger.
enum LookCommands {
  static let all: [Command] = []

  /// The problems that only these commands report.
  static let explanations: [CommandTable.Explanation] = []
}
