import CommandInterface
import Documents
import Ledger
import Simulator

/// A network that the simulated one is to be like, and where it stands.
struct ModelNetwork {
  let path: String
  let file: NetworkFile

  /// The one that `--network` names.
  static func read(_ context: CommandContext) throws(Problem) -> ModelNetwork? {
    guard let path = context[PlanOptions.network] else { return nil }
    guard context[PlanOptions.nodes] == nil, context[PlanOptions.followers] == nil else {
      throw context.misuse(
        LocalizedText(
          english: "--network has its nodes from the file: leave out --nodes and --followers",
          chinese: "--network 的节点取自文件：请勿同时给出 --nodes 或 --followers"))
    }
    let file = try NetworkDocument.load(.path(path))
    let count = file.validators.count + file.followers.count
    guard count <= RunPlan.nodeLimit else { throw .tooManyNodes(path, count) }
    return ModelNetwork(path: path, file: file)
  }

  /// The words that give it again.
  var words: [String] { ["--network", path] }
}

extension Problem {
  fileprivate static func tooManyNodes(_ path: String, _ count: Int) -> Problem {
    Problem(
      ProblemCode("NETWORK_TOO_LARGE"), .dataError,
      what: LocalizedText(
        english: "the network in \(path) has \(count) nodes; a simulated one has at most "
          + "\(RunPlan.nodeLimit).",
        chinese: "\(path) 中的网络有 \(count) 个节点；模拟网络至多 \(RunPlan.nodeLimit) 个。"),
      details: ["path": .string(path), "nodes": .integer(count)])
  }
}
