import CommandInterface

/// Commands that record something.
enum RecordCommands {
  static let all: [Command] = []

  /// The problems that only these commands report.
  static let explanations: [CommandTable.Explanation] = []
}
