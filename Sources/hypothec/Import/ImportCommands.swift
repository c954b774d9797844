import CommandInterface
import Node

/// Commands that work with whole files of vehicles.
enum ImportCommands {
  static let all = commands { context throws(NodeAccessError) in try context.importConnection() }

  static func commands(_ open: @escaping ImportCommand.OpenNode) -> [Command] {
    [ImportCommand.command(open), ReconcileCommand.command(open)]
  }

  /// The problems that only these commands report.
  static let explanations: [CommandTable.Explanation] = ImportExplanations.all
}
