import Consensus
import Cryptography
import Foundation
import Ledger
import Node
import Storage
import Synchronization
import TestSupport

/// A node that runs in this process, on real files and a real socket in a temporary directory.
final class RunningNode {
  let network: TestNetwork
  let directory: String
  /// Given up when it has stopped, so that its files are closed.
  private var service: NodeService?
  private let stopper: NodeService.Stopper
  private let thread: WorkerThread
  private let end = EndBox()

  /// - Parameter directory: an existing one's; a new one if `nil`.
  init(
    _ network: TestNetwork, directory existing: String? = nil,
    _ change: (inout NodeProcess.Configuration) -> Void = { _ in }
  ) throws {
    self.network = network
    directory = try existing ?? RunningNode.newDirectory(network)
    var configuration = NodeProcess.Configuration(
      dataDirectory: directory, networkFile: network.file, member: network.registry.id,
      consensusKey: network.consensusKey)
    configuration.verifierThreadCount = 2
    configuration.heartbeatMilliseconds = nil
    change(&configuration)
    let opened = try NodeProcess.open(configuration, log: .silent)
    service = opened
    stopper = opened.stopper
    // Safety: the service is handed to the one thread that runs it; this object keeps it alive and
    // touches nothing but its stopper, which any thread may use.
    nonisolated(unsafe) let service = opened
    thread = try WorkerThread { [end] in end.set(service.run()) }
  }

  static func newDirectory(_ network: TestNetwork) throws -> String {
    let path = NSTemporaryDirectory() + "/hypothec-" + UUID().uuidString.prefix(8)
    try PosixDisk.createRoot(path)
    _ = try DataDirectory.create(
      on: try PosixDisk(root: path), BlockLog.Configuration(network: network.id.digest))
    return path
  }

  func client(network: NetworkID? = nil, timeout: Duration = .seconds(30)) throws -> NodeClient {
    try NodeClient(dataDirectory: directory, network: network, timeout: timeout)
  }

  /// Stops in order, as SIGTERM does, and waits.
  @discardableResult
  func stop() -> NodeEnd? {
    stopper.stop()
    thread.join()
    service = nil
    return end.value
  }

  func remove() { try? FileManager.default.removeItem(atPath: directory) }
}

private final class EndBox: Sendable {
  private let end = Mutex<NodeEnd?>(nil)

  var value: NodeEnd? { end.withLock { $0 } }

  func set(_ value: NodeEnd) { end.withLock { $0 = value } }
}

extension TestNetwork {
  /// One whose genesis is an hour ago by the machine's clock, for nodes that read it.
  static func now(_ algorithm: SignatureAlgorithm = .edDSA) -> TestNetwork {
    let milliseconds = UInt64(Date().timeIntervalSince1970 * 1_000) - Timestamp.hour
    return TestNetwork(algorithm, time: Timestamp(milliseconds: milliseconds)!)
  }
}
