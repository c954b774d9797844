import CommandInterface

/// `node identity`, `node init`, `node check`, `node run`.
enum NodeCommands {
  static let noun = Noun.node([
    NodeIdentityCommand.command, NodeInit.command, NodeCheck.command, NodeRun.command,
  ])
}
