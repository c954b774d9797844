import CommandInterface

/// Runs whole networks of the ledger's nodes in one process, from a seed.
@main
enum HypothecSimulator {
  static let table = CommandTable(
    name: "hypothec-simulator", version: "0.1.0",
    LocalizedText(
      english: "Runs whole networks in one process, from a seed.", chinese: "以一个种子在单个进程内运行整个网络。"),
    discussion: LocalizedText(
      english: """
        The very code that runs in production, over a simulated network, clock and disk: with delays, \
        partitions, crashes, failing disks and lying validators. The same seed gives the same run.
        """,
      chinese: "在模拟的网络、时钟和磁盘上运行与生产相同的代码，包括延迟、分区、崩溃、磁盘故障和说谎的验证节点。相同的种子得到相同的运行。"),
    commands: [RunCommand.command])

  static func main() {
    Program.main(table)
  }
}
