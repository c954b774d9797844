import Consensus
import Cryptography
@preconcurrency import Glibc
import Ledger
import Storage
import Transport

/// A node from its start to its end, as `hypothec node run` runs it.
package enum NodeProcess {
  /// What a node is started with.
  package struct Configuration: Sendable {
    /// An existing data directory of the network.
    package var dataDirectory: String
    package var networkFile: NetworkFile
    package var member: MemberID
    /// Signs votes; `nil` on a node that only follows.
    package var consensusKey: SigningKey?
    /// Threads that verify signatures; as many as there are processors if `nil`.
    package var verifierThreadCount: Int?
    /// An empty block is made when there was no other for so long; never if `nil`.
    package var heartbeatMilliseconds: UInt64? = 3_600_000
    /// The bound on the network's delay when all is well (CONSENSUS section 2, "Timers").
    package var delayMicroseconds: UInt64 = ConsensusTiming().delay
    /// How it links to peers; `nil` for a node that stays alone.
    package var peering: Peering?
    package var index = Index.Configuration()

    package init(
      dataDirectory: String, networkFile: NetworkFile, member: MemberID, consensusKey: SigningKey?
    ) {
      self.dataDirectory = dataDirectory
      self.networkFile = networkFile
      self.member = member
      self.consensusKey = consensusKey
    }
  }

  /// A node's identity towards its peers, and where it listens.
  package struct Peering: Sendable {
    package var transportKey: SigningKey
    package var listenAddresses: [NodeAddress]
    /// The only members that it links to; all if `nil`.
    package var only: [MemberID]?

    package init(transportKey: SigningKey, listenAddresses: [NodeAddress], only: [MemberID]?) {
      self.transportKey = transportKey
      self.listenAddresses = listenAddresses
      self.only = only
    }
  }

  /// Runs a node until SIGTERM or SIGINT stops it in order, or it cannot go on.
  ///
  /// Called on the process's first thread, before others were started.
  ///
  /// - Throws: why it does not start. What happens later is the returned end, told to `log` too.
  package static func run(
    _ configuration: Configuration, log: Log,
    progress: @escaping (OpeningProgress) -> Void = { _ in }
  ) throws(NodeStartError) -> NodeEnd {
    let signals: TerminationSignals
    do throws(SystemError) { signals = try TerminationSignals() } catch {
      throw .system("signals", error)
    }
    let notifier = ServiceNotifier(environment: LogStream.environmentValue)
    let service = try open(
      configuration, signals: signals, notifier: notifier, log: log, progress: progress)
    return service.run()
  }

  /// Opens the data directory and its socket: a service that is ready to run, on any thread.
  package static func open(
    _ configuration: Configuration, signals: consuming TerminationSignals? = nil,
    notifier: ServiceNotifier = ServiceNotifier { _ in nil }, log: Log,
    progress: @escaping (OpeningProgress) -> Void = { _ in }
  ) throws(NodeStartError) -> NodeService {
    let socket: UnixSocketPath
    do throws(UnixSocketError) {
      socket = try UnixSocketPath(dataDirectory: configuration.dataDirectory)
    } catch {
      throw .socket(error)
    }
    let genesis = try genesis(configuration)
    let directory = try dataDirectory(configuration, genesis.network)
    let opened: OpenedReplica
    do throws(ReplicaFault) {
      opened = try Replica.open(
        replicaConfiguration(configuration, genesis), genesis, on: directory.disk,
        index: .directory(
          configuration.dataDirectory + "/" + DataDirectory.indexName, configuration.index),
        log: log, at: SystemClock.now, progress: progress)
    } catch {
      throw .replica(error)
    }
    report(opened.replica, log)
    let gateway = try gateway(configuration, genesis, log)
    let threads = configuration.verifierThreadCount ?? processorCount
    return try NodeService(
      opened, in: directory, socket: socket, verifierThreadCount: threads, gateway: gateway,
      signals: signals, notifier: notifier, log: log)
  }

  private static func gateway(
    _ configuration: Configuration, _ genesis: Genesis, _ log: Log
  ) throws(NodeStartError) -> PeerGateway? {
    guard let peering = configuration.peering else { return nil }
    do throws(TransportError) {
      return try PeerGateway(
        TransportConfiguration(
          network: genesis.network, member: configuration.member, key: peering.transportKey,
          listenAddresses: SocketAddress.listening(at: peering.listenAddresses),
          instance: try instance(), limits: TransportLimits()),
        plan: PeerPlan(member: configuration.member, only: peering.only), log: log,
        at: SystemClock.instant)
    } catch {
      throw .transport(error)
    }
  }

  private static func instance() throws(TransportError) -> Nonce {
    do { return try Nonce.random() } catch { throw .randomnessUnavailable }
  }

  private static func genesis(_ configuration: Configuration) throws(NodeStartError) -> Genesis {
    do throws(NetworkFileError) {
      return try Genesis(configuration.networkFile)
    } catch {
      throw .networkFile(error)
    }
  }

  private static func dataDirectory(
    _ configuration: Configuration, _ network: NetworkID
  ) throws(NodeStartError) -> DataDirectory {
    let disk: PosixDisk
    do throws(DiskError) {
      disk = try PosixDisk(root: configuration.dataDirectory)
    } catch {
      throw .storage(.disk(error))
    }
    do throws(StorageError) {
      return try DataDirectory.open(on: disk, network: network.digest)
    } catch {
      throw .storage(error)
    }
  }

  private static func replicaConfiguration(
    _ configuration: Configuration, _ genesis: Genesis
  ) -> ReplicaConfiguration {
    var replica = ReplicaConfiguration(
      network: genesis.network, networkName: configuration.networkFile.name,
      member: configuration.member, consensusKey: configuration.consensusKey)
    replica.transportKey = configuration.peering?.transportKey
    // A node that stays alone has nobody to fetch lost blocks from.
    replica.damage = configuration.peering == nil ? .refuse : .leaveHoles
    replica.heartbeatMilliseconds = configuration.heartbeatMilliseconds
    replica.delayMicroseconds = configuration.delayMicroseconds
    return replica
  }

  private static func report(_ replica: Replica, _ log: Log) {
    log(
      LogEvent(
        .notice, "started", "The node runs",
        [
          LogField("network", replica.configuration.networkName.text),
          LogField("member", replica.configuration.member.text),
          LogField("height", replica.head),
        ]))
    guard let reason = replica.registrationDefect else { return }
    log(
      LogEvent(
        .warning, "node-not-registered",
        "This node follows until the network registers it with its keys",
        [LogField("reason", reason)]))
  }

  private static var processorCount: Int {
    max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }
}
