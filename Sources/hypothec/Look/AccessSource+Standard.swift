import CommandInterface
import Node

extension AccessSource {
  /// The running node behind `--node` or in the data directory.
  static let standard = AccessSource { context, _ throws(Problem) in
    do throws(NodeAccessError) {
      let directory = context[GlobalOptions.node] ?? context.dataDirectory
      return OpenedAccess(
        access: try NodeClient(dataDirectory: directory, timeout: context[GlobalOptions.timeout]),
        source: .runningNode)
    } catch {
      throw Problem(error)
    }
  }
}
