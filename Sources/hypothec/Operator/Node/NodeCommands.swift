import CommandInterface

/// `node identity`, `node init`, `node check`, `node run`, `node drain`.
enum NodeCommands {
  static func noun(_ source: AccessSource) -> Command {
    Noun.node([
      NodeIdentityCommand.command, NodeInit.command, NodeCheck.command(source),
      NodeRun.command, NodeDrain.command(source),
    ])
  }
}
