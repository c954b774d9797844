import CommandInterface

/// The binary: one table of commands, from which parser, help, completions and manual are made.
///
/// Each folder lists its own commands; a noun that two folders know (`vehicle`, to look at and to
/// record) is put together by `Noun.gathered`.
@main
enum Hypothec {
  static let version = "0.1.0"

  static let table = CommandTable(
    name: "hypothec", version: version,
    LocalizedText(
      english: "A ledger node for vehicle collateral.", chinese: "车辆抵押账本节点。"),
    discussion: LocalizedText(
      english: """
        Banks, vehicle registries and dealers each run a node. The nodes agree on one order of \
        registrations, valuations, pledges and releases, refuse a second pledge on a pledged \
        vehicle, and prove what they answer.
        """,
      chinese: "银行、车辆登记机关和经销商各自运行节点，对登记、评估、抵押和解除达成同一顺序，拒绝重复抵押，并为回答提供证明。"),
    globalOptions: GlobalOptions.all, topics: HelpTopics.all + [GovernCommands.topic],
    explanations: explanations,
    commands: commands)

  private static var commands: [Command] {
    Noun.gathered(
      LookCommands.all + RecordCommands.all + ImportCommands.all + OperatorCommands.all
        + GovernCommands.all + DemoCommands.all)
  }

  private static var explanations: [CommandTable.Explanation] {
    RefusalExplanations.all + ProblemExplanations.all + LookCommands.explanations
      + RecordCommands.explanations + ImportCommands.explanations + GovernCommands.explanations
      + DemoCommands.explanations
  }

  static func main() {
    Program.main(table)
  }
}
