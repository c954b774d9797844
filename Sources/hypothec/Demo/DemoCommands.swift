import CommandInterface

/// The demonstration.
enum DemoCommands {
  static let all: [Command] = []

  /// The problems that only these commands report.
  static let explanations: [CommandTable.Explanation] = []
}
