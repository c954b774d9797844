import CommandInterface

/// Commands of those who set up and run a network and its nodes.
enum OperatorCommands {
  static let all = commands(.standard)

  /// The commands, asking whom `source` opens.
  static func commands(_ source: AccessSource) -> [Command] {
    [
      StatusCommand.command(source), PolicyCommands.noun(source), NetworkCommands.noun,
      NodeCommands.noun(source), KeyCommands.noun, DoctorCommand.command(source),
    ]
  }
}
