import CommandInterface
import Ledger

/// A node's data directory as the command line knows it: the files beside those of Storage.
///
///     network.cbor   the canonical network file
///     node.json      whose node it is, and where its keys are
///     node.socket    where the running node is asked
struct NodeDirectory: Sendable {
  static let networkName = "network.cbor"

  let path: String

  init(_ path: String) {
    self.path = path
  }

  var networkPath: String { LocalPath.joined(path, Self.networkName) }
  var configurationPath: String { LocalPath.joined(path, NodeConfiguration.fileName) }

  /// The network that the directory was set up for. Throws DIRECTORY_MISSING if there is none.
  func networkFile() throws(Problem) -> NetworkFile {
    guard LocalFile.exists(networkPath) else { throw .directoryMissing(path) }
    return try NetworkDocument.load(.path(networkPath))
  }

  func configuration() throws(Problem) -> NodeConfiguration {
    guard let configuration = try NodeConfiguration.loadIfPresent(path) else {
      throw .directoryMissing(path)
    }
    return configuration
  }

  /// A path of the configuration, from here.
  func resolved(_ path: String) -> String { LocalPath.joined(self.path, path) }
}
