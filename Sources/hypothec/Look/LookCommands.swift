import CommandInterface

/// Commands that look at the ledger.
enum LookCommands {
  static let all = commands(.standard)

  /// The commands, asking whom `source` opens.
  static func commands(_ source: AccessSource) -> [Command] {
    [
      Noun.vehicle([
        VehicleShow.command(source), VehicleCheck.command(source),
        VehicleHistoryCommand.command(source), VehicleSearchCommand.command(source),
      ]),
      Noun.valuation(ValuationCommands.all(source)),
      Noun.pledge(PledgeCommands.all(source)),
      Noun.transaction(TransactionLookCommands.all(source)), Follow.command(source),
      Command(
        "audit",
        LocalizedText(english: "Audit a chain.", chinese: "审计账本。"), section: Noun.prove,
        subcommands: [AuditVerify.command]),
    ]
  }
}
