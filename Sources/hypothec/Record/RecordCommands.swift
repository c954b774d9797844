import CommandInterface

/// Commands that record something.
enum RecordCommands {
  static let all = commands(.standard)

  /// The commands, asking whom `source` opens.
  static func commands(_ source: AccessSource) -> [Command] {
    [
      Noun.vehicle([registerVehicle(source)]), Noun.valuation([recordValuation(source)]),
      Noun.pledge([createPledge(source), releasePledge(source), releaseByOrder(source)]),
      Noun.model([registerModel(source)]),
      Noun.transaction([
        TransactionDraftCommand.command(source), TransactionSignCommand.command(source),
        TransactionSubmitCommand.command(source),
      ]),
    ]
  }

  private static func registerVehicle(_ source: AccessSource) -> Command {
    RecordCommand.command(
      "register",
      LocalizedText(english: "Register a vehicle: its title opens.", chinese: "登记车辆。"),
      .registerVehicle, source,
      examples: [
        Command.Example(
          "hypothec vehicle register LHYPC2D34TD004217 --make BYD --model 'Han EV' "
            + "--model-year 2026 --owner uscc:91110000600037341L --use own --energy bev "
            + "--region 110105 --certificate certificate.pdf",
          LocalizedText(english: "A vehicle that can be pledged:", chinese: "可抵押的车辆："))
      ])
  }

  private static func recordValuation(_ source: AccessSource) -> Command {
    RecordCommand.command(
      "record",
      LocalizedText(english: "Record what a vehicle is worth.", chinese: "登记车辆的评估价值。"),
      .recordValuation, source,
      examples: [
        Command.Example(
          "hypothec valuation record LHYPC2D34TD004217 --value 168000.00CNY --method market "
            + "--basis retail",
          LocalizedText(english: "A market value as of now:", chinese: "当前市场价值："))
      ])
  }

  private static func createPledge(_ source: AccessSource) -> Command {
    RecordCommand.command(
      "create",
      LocalizedText(english: "Pledge a vehicle.", chinese: "设立车辆抵押。"),
      .createPledge, source,
      examples: [
        Command.Example(
          "hypothec pledge create LHYPC2D34TD004217 --principal 120000.00CNY --months 36 "
            + "--contract contract.pdf --dry-run",
          LocalizedText(
            english: "Would it be accepted? Search and newest valuation are filled in:",
            chinese: "预演；自动查询并采用最新评估："))
      ])
  }

  private static func releasePledge(_ source: AccessSource) -> Command {
    RecordCommand.command(
      "release",
      LocalizedText(english: "Release a pledge: the vehicle is free.", chinese: "解除抵押。"),
      .releasePledge, source,
      examples: [
        Command.Example(
          "hypothec pledge release LHYPC2D34TD004217 --reason paid --paid-on 2026-08-29",
          LocalizedText(english: "The live pledge was paid:", chinese: "贷款已清偿："))
      ])
  }

  private static func releaseByOrder(_ source: AccessSource) -> Command {
    RecordCommand.command(
      "release-by-order",
      LocalizedText(english: "Release a pledge by a court's order.", chinese: "依法院裁定解除抵押。"),
      .releasePledgeByOrder, source)
  }

  private static func registerModel(_ source: AccessSource) -> Command {
    RecordCommand.command(
      "register",
      LocalizedText(
        english: "Register a version of a valuation model.", chinese: "登记评估模型的一个版本。"),
      .registerModel, source)
  }
}
