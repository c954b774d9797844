import CommandInterface
import Cryptography
import Documents
@preconcurrency import Glibc
import Ledger
import LocalProcesses
import Node

// At the end of the day: every node has the same ledger, byte for byte, and an auditor who trusts
// none of them verifies it.

extension DemoPlay {
  func agree() throws(Problem) {
    try heading(LocalizedText(english: "Every node has the same ledger", chinese: "所有节点账本一致"))
    _ = try settle()
    let reports = network.nodes.map { $0.report() }
    var table = Table(Array(repeating: Table.Column(), count: 4))
    for report in reports {
      guard let head = report.head else { continue }
      table.append([
        report.node.member.text, "\(head.height.rawValue)", "\(head.block)", "\(head.stateRoot)",
      ])
    }
    for row in table.lines() { try line("  " + row) }
    let heads = Set(reports.map(\.head))
    try check(
      heads.count == 1 && !heads.contains(nil),
      LocalizedText(
        english: "\(reports.count) nodes, one height, one block hash, one state root",
        chinese: "\(reports.count) 个节点的高度、区块哈希和状态根均一致"))
  }

  func audit() throws(Problem) {
    try heading(
      LocalizedText(
        english: "The audit: every signature, every rule, from the auditor's files alone",
        chinese: "审计：仅凭审计方的文件核验全部签名和规则"))
    let ends = network.stop()
    try check(
      ends.allSatisfy { $0.1 == .inOrder(status: 0) },
      LocalizedText(
        english: "all \(ends.count) nodes ended in order", chinese: "\(ends.count) 个节点均正常结束"))
    try show(
      [
        "audit", "verify", data(auditor), "--network", stage.path(LocalNetwork.networkName),
      ], expecting: 0)
    try compareFiles()
  }

  /// The block log of every node, compared by the hashes of its files.
  private func compareFiles() throws(Problem) {
    let logs = try network.nodes.map { node throws(Problem) in
      try DemoStage.hashes(in: LocalPath.joined(node.data, "blocks"))
    }
    for (name, hash) in logs.first ?? [] { try line("  \(hash)  blocks/\(name)") }
    try check(
      logs.first?.isEmpty == false && logs.allSatisfy { $0.elementsEqual(logs[0], by: ==) },
      LocalizedText(
        english: "sha256 of the block files is the same at all \(logs.count) nodes",
        chinese: "\(logs.count) 个节点的区块文件 sha256 一致"))
  }
}

extension DemoStage {
  /// Name and SHA-256 of every file in a directory, by name.
  static func hashes(in directory: String) throws(Problem) -> [(String, Digest)] {
    var hashes: [(String, Digest)] = []
    for name in DirectoryTree.names(in: directory) {
      let bytes = try LocalFile.read(LocalPath.joined(directory, name), limit: 1 << 30)
      hashes.append((name, SHA256.hash(bytes)))
    }
    return hashes
  }
}
