import CommandInterface
import Cryptography
import Ledger
import Node
import Testing

@testable import hypothec

/// A node of `single-net` that was set up by the commands and runs in this process, behind a real
/// socket, as its operator would have it.
final class InProcessNode {
  let made: MadeNetwork
  let data: String
  private var service: NodeService?
  private var stopper: NodeService.Stopper
  private var thread: WorkerThread

  init() throws {
    let made = try MadeNetwork(now: CommandRun.machineNow)
    self.made = made
    data = made.directory["data"]
    let initialised = CommandRun([
      "node", "init", "--network", made.path, "--as", "registry", "--keys",
      made.directory["keys/registry"], "-d", data,
    ])
    try #require(initialised.exitCode == .success, "\(initialised.diagnostics)")
    (service, stopper, thread) = try Self.run(data)
  }

  /// Runs the node again after `stop`.
  func restart() throws {
    (service, stopper, thread) = try Self.run(data)
  }

  private static func run(
    _ data: String
  ) throws -> (NodeService, NodeService.Stopper, WorkerThread) {
    let directory = NodeDirectory(data)
    let node = try directory.configuration()
    var configuration = NodeProcess.Configuration(
      dataDirectory: data, networkFile: try directory.networkFile(), member: node.member,
      consensusKey: try KeyFile.load(directory.resolved(node.consensusKey), passphrase: nil))
    configuration.verifierThreadCount = 1
    configuration.heartbeatMilliseconds = nil
    let opened = try NodeProcess.open(configuration, log: .silent)
    // Safety: one thread runs the service; this object keeps it alive and touches only its stopper.
    nonisolated(unsafe) let running = opened
    return (opened, opened.stopper, try WorkerThread { _ = running.run() })
  }

  /// Stops in order, as SIGTERM does, and waits. Called once a run.
  func stop() {
    stopper.stop()
    thread.join()
    service = nil
  }
}
