import CommandInterface
import Ledger
import LocalProcesses

/// `demo`: a network of four validators and an auditor made on the spot, a day of business on it, and
/// a check of everything that is shown.
enum DemoCommand {
  static let vehicles = Option.defaulted(
    "vehicles", ValueType<Int>.integer(12...100_000).named("number"), to: "120",
    LocalizedText(english: "How many vehicles the day has.", chinese: "当日车辆数量。"))
  static let seed = Option.defaulted(
    "seed", ValueType<Int>.integer(0...Int.max).named("number"), to: "1",
    LocalizedText(
      english: "Another number gives another day.", chinese: "不同的数字生成不同的一天。"))
  static let portfolio = Option.optional(
    "portfolio", ValueType<String>.path,
    LocalizedText(
      english: "Play this CSV file instead; needs --map.", chinese: "改为导入此 CSV 文件；需要 --map。"))
  static let map = Option.optional(
    "map", ValueType<String>.path,
    LocalizedText(
      english: "What the portfolio's columns mean (see 'import').", chinese: "各列含义（见 'import'）。"))
  static let keep = Flag(
    "keep",
    LocalizedText(
      english: "Keep the directory with keys, network and data.", chinese: "保留密钥、网络和数据目录。"))

  static let command = Command(
    "demo",
    LocalizedText(
      english: "Make a network, play a day of business, check it all.",
      chinese: "建立网络，演示一天的业务，并逐项检查。"),
    discussion: LocalizedText(
      english: """
        Makes keys and a network in a temporary directory, runs four validators and an auditor's \
        node there, each a process of its own, and records a day of a vehicle office, an appraiser, \
        two banks and a court, at different nodes. The banks race for one vehicle; a node is killed \
        and returns; at the end all ledgers are compared, and the auditor's is verified. Each \
        command that is shown is one that you can type. Everything was checked; a failed check \
        ends the demonstration with an error.
        """,
      chinese: """
        在临时目录中生成密钥和网络，以独立进程运行四个验证节点和一个审计节点，在不同节点登记车辆管理机构、评估机构、\
        两家银行和法院一天的业务。两家银行争抢同一辆车；一个节点被强制终止后恢复；最后比较所有账本并核验审计方的账本。\
        所显示的命令均可自行输入。所有结果均经检查；任何检查未通过即报错结束。
        """),
    section: Noun.run, options: [vehicles, seed, portfolio, map, keep], run: run)

  private static func run(_ context: CommandContext) throws(Problem) -> ExitCode {
    guard (context[portfolio] == nil) == (context[map] == nil) else {
      throw context.misuse(
        LocalizedText(
          english: "--portfolio and --map go together", chinese: "--portfolio 与 --map 须同时给出"))
    }
    context.interrupt.arm()
    let stage = try DemoStage()
    let play: DemoPlay
    do throws(Problem) {
      play = try DemoPlay(context: context, stage: stage)
    } catch {
      DirectoryTree.remove(stage.directory)
      throw error
    }
    let failures: Int
    do {
      failures = try play.perform()
    } catch {
      play.end()
      // Ctrl-C ends the nodes too: what failed since is its doing.
      try context.interrupt.throwIfRequested(resume: nil)
      throw error
    }
    play.end()
    return failures == 0 ? .success : .failure
  }
}
