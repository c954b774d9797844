import Consensus
@preconcurrency import Glibc
import Ledger
import Storage
import Transport

/// Why a running node ended.
package enum NodeEnd: Hashable, Sendable {
  /// It was asked to, and everything that was acknowledged is on the disk.
  case stopped
  /// It cannot go on.
  case fault(ReplicaFault)
  /// The system refused something that the loop cannot do without.
  case system(String, SystemError)

  /// As sysexits(3) has them.
  package var exitCode: Int32 {
    switch self {
    case .stopped: 0
    case .fault(let fault) where fault.isOfStorage: 74
    case .fault, .system: 70
    }
  }
}

/// What other threads tell the loop.
enum LoopMessage: Sendable {
  case pool(VerifierPoolResult)
  case written(WriteResult)
  case stop
}

/// The running node around a replica: one thread that waits for clients, workers and the clock, gives
/// the replica its turns and carries out what it says.
///
///     clients --- epoll --> ClientServer --requests--> Replica --jobs--> VerifierPool, writer
///                              ^                          |                    |
///                              +--------- answers --------+     <-- Mailbox ---+
package final class NodeService {
  /// Asks a running service to stop, from any thread.
  package struct Stopper: Sendable {
    fileprivate let mailbox: Mailbox<LoopMessage>

    package func stop() { mailbox.post(.stop) }
  }

  private let replica: Replica
  private let directory: DataDirectory
  private let log: Log
  private let notifier: ServiceNotifier
  private let mailbox: Mailbox<LoopMessage>
  private let poll: EventPoll
  private var server: ClientServer
  private var signals: TerminationSignals?
  private let pool: VerifierPool
  /// The links to peers; `nil` for a node that stays alone.
  private let gateway: PeerGateway?
  /// One queue and thread for the journal, which clients wait for, and one for the block log.
  private let journalJobs: WorkQueue<WriteJob>
  private let logJobs: WorkQueue<WriteJob>
  private let writers: [WorkerThread]
  private var output: ReplicaOutput
  private var clientEvents: [ClientEvent] = []
  private var nextWatchdog: Instant?
  /// When a stop that does not come to its end is given up.
  private var stopDeadline: Instant?

  /// - Parameters:
  ///   - directory: the data directory, whose lock the service holds while it exists.
  ///   - signals: what stops the node; `nil` where only a `Stopper` does.
  /// - Throws: what the system refuses; the socket's path may be the reason.
  init(
    _ opened: OpenedReplica, in directory: consuming DataDirectory, socket: UnixSocketPath,
    verifierThreadCount: Int, gateway: PeerGateway?, signals: consuming TerminationSignals?,
    notifier: ServiceNotifier,
    log: Log
  ) throws(NodeStartError) {
    let (replica, keeper) = (opened.replica, opened.keeper)
    let mailbox: Mailbox<LoopMessage>
    let queues = [WorkQueue<WriteJob>(), WorkQueue<WriteJob>()]
    do throws(SystemError) {
      mailbox = try Mailbox<LoopMessage>()
      poll = try EventPoll(eventLimit: NodeLimits.eventsPerTurn)
      pool = try VerifierPool(threadCount: verifierThreadCount) { mailbox.post(.pool($0)) }
      var writers: [WorkerThread] = []
      for queue in queues {
        writers.append(
          try WorkerThread {
            while let jobs = queue.take(upTo: NodeLimits.syncsUnderWay + 2) {
              for result in keeper.perform(jobs) { mailbox.post(.written(result)) }
            }
          })
      }
      self.writers = writers
    } catch {
      throw .system("start", error)
    }
    do throws(UnixSocketError) {
      server = try ClientServer(socket, network: replica.configuration.network, log: log)
    } catch {
      throw .socket(error)
    }
    self.replica = replica
    self.gateway = gateway
    self.log = log
    self.notifier = notifier
    self.mailbox = mailbox
    (journalJobs, logJobs) = (queues[0], queues[1])
    self.signals = signals
    self.directory = directory
    output = opened.first
  }

  package var stopper: Stopper { Stopper(mailbox: mailbox) }

  /// Runs until the node is stopped or cannot go on.
  package func run() -> NodeEnd {
    let end: NodeEnd
    do {
      try register()
      notifier.tell(.ready)
      carryOut(output)
      try loop()
      end = .stopped
    } catch let fault as ReplicaFault {
      end = .fault(fault)
    } catch let error as SystemError {
      end = .system("epoll", error)
    } catch {
      preconditionFailure("the loop throws faults and the system's errors")
    }
    report(end)
    pool.stop()
    journalJobs.close()
    logJobs.close()
    for writer in writers { writer.join() }
    return end
  }

  private func register() throws(SystemError) {
    try server.register(in: poll)
    try gateway?.register(in: poll)
    try poll.add(mailbox.descriptorNumber, .read, token: LoopToken.mailbox)
    if let number = signals?.descriptorNumber {
      try poll.add(number, .read, token: LoopToken.signals)
    }
    nextWatchdog = notifier.watchdogMicroseconds.map { _ in SystemClock.instant }
  }

  private func report(_ end: NodeEnd) {
    switch end {
    case .stopped: log(LogEvent(.notice, "stopped", "The node has stopped"))
    case .fault(let fault):
      log(
        LogEvent(
          .critical, "fault",
          "The node stops, since it cannot go on safely; restart it, which runs recovery",
          [LogField("reason", fault.description)]))
    case .system(let what, let error):
      log(
        LogEvent(
          .critical, "system", "The node stops: \(what) failed",
          [LogField("reason", error.description)]))
    }
  }

  // MARK: The loop

  private func loop() throws {
    while true {
      let events = try poll.wait(milliseconds: waitMilliseconds)
      let now = SystemClock.now
      let inputs = receive(events, at: now.instant)
      if !inputs.isEmpty || isDue(output.wake, now) || stopDeadline != nil {
        carryOut(try replica.turn(inputs, at: now))
      }
      server.flush(poll, at: now.instant, &clientEvents)
      server.expire(poll, at: now.instant, &clientEvents)
      gateway?.flush(poll, at: now.instant)
      feedWatchdog(at: now.instant)
      if let stopDeadline, replica.isIdle || stopDeadline <= now.instant {
        finish()
        try replica.flushIndex()
        return
      }
    }
  }

  private func isDue(_ wake: Instant?, _ now: Moment) -> Bool {
    wake.map { $0 <= now.instant } ?? false
  }

  /// Until the replica, the server or the service manager is due; not at all while there are requests
  /// that were read already.
  private var waitMilliseconds: Int32? {
    if !clientEvents.isEmpty || gateway?.hasEvents == true { return 0 }
    let wakes = [output.wake, server.wake, gateway?.wake, nextWatchdog, stopDeadline].compactMap {
      $0
    }
    guard let wake = wakes.min() else { return nil }
    let microseconds = wake.microseconds(since: SystemClock.instant)
    // Rounded up: waking before the time would only mean to wait again.
    return Int32(clamping: (microseconds + 999) / 1_000)
  }

  /// Everything that came in, in the order: workers, then peers, then clients.
  private func receive(_ events: [EventPoll.Event], at now: Instant) -> [ReplicaInput] {
    var inputs: [ReplicaInput] = []
    for event in events {
      switch event.token {
      case LoopToken.mailbox: receiveMail(&inputs, at: now)
      case LoopToken.signals: receiveSignal(at: now)
      case LoopToken.listener: server.accept(poll, at: now, &clientEvents)
      case LoopToken.firstPeer...: gateway?.handle(event, poll, at: now)
      default: server.handle(event, poll, at: now, &clientEvents)
      }
    }
    if let gateway { inputs += gateway.takeInputs() }
    for event in clientEvents {
      switch event {
      case .request(let client, let request): inputs.append(.request(client, request))
      case .left(let client): inputs.append(.left(client))
      }
    }
    clientEvents.removeAll(keepingCapacity: true)
    return inputs
  }

  private func receiveMail(_ inputs: inout [ReplicaInput], at now: Instant) {
    for message in mailbox.take() {
      switch message {
      case .pool(.verified(let results)): inputs.append(.verified(results))
      case .pool(.prepared(let verifier)): inputs.append(.prepared(verifier))
      case .written(let result): inputs.append(.written(result))
      case .stop: beginStopping(at: now)
      }
    }
  }

  private func carryOut(_ output: ReplicaOutput) {
    let now = SystemClock.instant
    journalJobs.append(contentsOf: output.writes.filter { !$0.isForLog })
    logJobs.append(contentsOf: output.writes.filter(\.isForLog))
    pool.verify(output.verifications)
    pool.prepare(output.tables)
    if let nodes = output.nodes { gateway?.setPeers(nodes, at: now) }
    gateway?.carryOut(output, at: now)
    for answer in output.answers {
      server.answer(answer.client, answer.number, answer.response, at: now)
    }
    self.output = output
  }

  private func feedWatchdog(at now: Instant) {
    guard let due = nextWatchdog, due <= now, let interval = notifier.watchdogMicroseconds else {
      return
    }
    notifier.tell(.watchdog)
    nextWatchdog = now.advanced(byMicroseconds: interval)
  }

  // MARK: The end

  private func receiveSignal(at now: Instant) {
    while let number = signals?.next() {
      // Whoever asks twice does not want to wait.
      if stopDeadline != nil { _exit(128 + number) }
      beginStopping(at: now)
    }
  }

  private func beginStopping(at now: Instant) {
    guard stopDeadline == nil else { return }
    notifier.tell(.stopping)
    log(LogEvent(.notice, "stopping", "The node stops; what is under way is finished first"))
    stopDeadline = now.advanced(byMicroseconds: NodeLimits.stopMilliseconds * 1_000)
    server.stopListening(poll)
    carryOut(replica.beginStopping(at: SystemClock.now))
  }

  /// Gives everybody the last answers. What else comes is taken, lest the poll tell of it again at
  /// once, and has no effect any more.
  private func finish() {
    gateway?.stop(at: SystemClock.instant)
    carryOut(replica.finishStopping(at: SystemClock.now))
    let deadline = SystemClock.instant.advanced(byMicroseconds: 1_000_000)
    while true {
      let now = SystemClock.instant
      server.flush(poll, at: now, &clientEvents)
      guard server.hasWaitingAnswers, now < deadline else { return }
      do throws(SystemError) {
        _ = receive(try poll.wait(milliseconds: 50), at: now)
      } catch {
        return
      }
    }
  }
}

/// Why a node does not start.
package enum NodeStartError: Error, Hashable, Sendable {
  case networkFile(NetworkFileError)
  case storage(StorageError)
  case replica(ReplicaFault)
  case socket(UnixSocketError)
  case system(String, SystemError)
  case transport(TransportError)
}

extension NodeStartError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .networkFile(let error): "the network file describes no network that can run: \(error)"
    case .storage(let error): "\(error)"
    case .replica(let fault): "\(fault)"
    case .socket(let error): "\(error)"
    case .system(let what, let error): "\(what): \(error)"
    case .transport(let error): "\(error)"
    }
  }
}
