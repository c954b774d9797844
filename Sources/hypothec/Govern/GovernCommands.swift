import CommandInterface

/// Commands by which a running network changes: members, keys, nodes, validators, policy, governors.
///
/// All of them draft; governors sign the draft (`member vote`), and anybody submits it
/// (`transaction submit`).
enum GovernCommands {
  static let all = commands(.standard)

  /// The commands, asking whom `source` opens.
  static func commands(_ source: AccessSource) -> [Command] {
    [
      Noun.member([
        MemberCommands.list(source), MemberCommands.show(source), MemberApply.command,
        MemberPropose.command(source), MemberVote.command(source),
      ]),
      Noun.validator([
        ValidatorCommands.list(source), ValidatorPropose.command(source),
        ValidatorReady.command(source), ValidatorDraft.command(source),
      ]),
      Noun.governor([GovernorCommands.list(source), GovernorCommands.require(source)]),
      RecoveryCommands.noun(source), Noun.epoch([EpochAdvance.command(source)]),
      Noun.policy([PolicyPropose.command(source)]),
      Noun.node([NodeApply.command, NodeMove.command(source)]),
      Noun.key([KeyRotate.command(source), KeyRetire.command(source)]),
    ]
  }
}
