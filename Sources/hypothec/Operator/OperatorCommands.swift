import CommandInterface

/// Commands of those who set up and run a network and its nodes.
enum OperatorCommands {
  static let all = [NetworkCommands.noun, NodeCommands.noun, KeyCommands.noun]
}
