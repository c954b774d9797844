import CommandInterface
import Documents
import Ledger
import Node
import Storage

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

  /// Where the running node is asked.
  var socketPath: String { LocalPath.joined(path, UnixSocketPath.name) }

  /// The directory as Storage works in it.
  func disk() throws(StorageError) -> PosixDisk {
    do throws(DiskError) {
      return try PosixDisk(root: path)
    } catch {
      throw .disk(error)
    }
  }

  /// Throws DISK_FULL where opening the data could run out of room: RocksDB ends the process if it
  /// finds none while it opens.
  func requireRoom() throws(Problem) {
    do throws(DiskError) {
      let free = try PosixDisk(root: path).freeByteCount()
      guard free < Self.roomToOpenByteCount else { return }
    } catch {
      throw Problem(error, directory: path)
    }
    throw Problem(DiskError(.write, .root, .noSpace), directory: path)
  }

  private static let roomToOpenByteCount: UInt64 = 32 << 20

  /// A path of the configuration, from here.
  func resolved(_ path: String) -> String { LocalPath.joined(self.path, path) }
}
