import CommandInterface
import Ledger
import Node

extension AccessSource {
  /// Whom `--node` names; else the node that runs in the data directory; else, to read, the
  /// directory itself.
  static let standard = AccessSource { context, purpose throws(Problem) in
    do throws(NodeAccessError) {
      return OpenedAccess(access: try context.client(), source: .runningNode)
    } catch .notRunning(let path) where context[GlobalOptions.node] == nil {
      let directory = NodeDirectory(context.dataDirectory)
      // A directory that was never set up is the likelier mistake than a node that does not run.
      _ = try directory.networkFile()
      guard purpose == .reading else { throw Problem(.notRunning(path)) }
      return OpenedAccess(
        access: try OpenedDirectory(directory, context), source: .dataDirectory)
    } catch {
      throw Problem(error)
    }
  }
}

extension CommandContext {
  fileprivate func client() throws(NodeAccessError) -> NodeClient {
    let timeout = self[GlobalOptions.timeout]
    guard let place = self[GlobalOptions.node] else {
      let directory = NodeDirectory(dataDirectory)
      return try NodeClient(
        dataDirectory: directory.path, network: directory.networkFileIfReadable?.id,
        timeout: timeout)
    }
    // A socket, or the directory that it is in.
    let suffix = "/" + UnixSocketPath.name
    let directory = place.hasSuffix(suffix) ? String(place.dropLast(suffix.count)) : place
    return try NodeClient(dataDirectory: directory, timeout: timeout)
  }
}

extension NodeDirectory {
  /// `nil` if there is none, or it cannot be read: then any node in the directory is asked.
  fileprivate var networkFileIfReadable: NetworkFile? {
    do throws(Problem) {
      return try networkFile()
    } catch {
      return nil
    }
  }
}
