import Consensus
import Ledger
import Node
import SimulatedMachine
import Storage
import Transport

// Processes and their disks: starts, writes, ends.

extension World {
  // MARK: Disks

  func beginWriting(_ node: SimulatedNode) {
    guard let life = node.life, !life.isWriting, !life.writes.isEmpty else { return }
    node.life?.isWriting = true
    push(
      .write(node.index, incarnation: node.incarnation),
      after: node.diskMicroseconds / 2 + UInt64(random.below(Int(node.diskMicroseconds))))
  }

  func write(_ node: SimulatedNode) {
    guard let life = node.life else { return }
    node.life?.writes = []
    let results = life.keeper.perform(life.writes)
    guard !node.disk.isDown else {
      note("node \(node.index) loses its power while it writes")
      return crash(
        node, Fault.Crash(afterFrames: nil, loss: .power(seed: random.next())),
        until: now + 200_000 + UInt64(random.below(2_000_000)))
    }
    node.life?.isWriting = false
    push(
      .written(node.index, incarnation: node.incarnation, results),
      after: UInt64(random.below(60)))
    beginWriting(node)
  }

  // MARK: Lives

  /// Starts a node: the code of every start.
  func open(_ node: SimulatedNode) {
    node.incarnation += 1
    node.wake = nil
    var configuration = ReplicaConfiguration(
      network: membership.network, networkName: membership.genesis.networkFile.name,
      member: node.member,
      consensusKey: membership.key(of: node.member, .consensus))
    configuration.transportKey = membership.key(of: node.member, .transport)
    configuration.heartbeatMilliseconds = nil
    configuration.segmentByteCount = World.segmentByteCount
    configuration.signatureMemo = memo
    let store = node.store
    do throws(ReplicaFault) {
      let opened = try Replica.open(
        configuration, membership.genesis, on: node.disk,
        index: IndexLocation(
          open: { () throws(StorageError) in store },
          destroy: { () throws(StorageError) in
            store.clear()
          }), log: node.log.log, at: moment(of: node))
      node.life = SimulatedNode.Life(replica: opened.replica, keeper: opened.keeper)
      node.shownHeight = min(node.shownHeight, opened.replica.chainHead.height)
      note("node \(node.index) starts at height \(opened.replica.chainHead.height.rawValue)")
      carryOut(opened.first, of: node)
      for peer in network.neighbours(of: node.index) {
        push(.dial(node.index, peer), after: 200 + UInt64(random.below(50_000)))
      }
    } catch {
      tellLog(of: node)
      couldNotOpen(node, "\(error)")
    }
  }

  private func couldNotOpen(_ node: SimulatedNode, _ reason: String) {
    note("node \(node.index) does not start: \(reason)")
    if node.disk.isDown {
      node.disk.restart(.some(seed: random.next()))
      node.store.crash()
      return push(.restart(node.index, incarnation: node.incarnation), after: 500_000)
    }
    if node.hasDiskFault || node.isDiskFull {
      node.disk.removeFaults()
      node.hasDiskFault = false
      node.disk.restart(.everything)
      return push(.restart(node.index, incarnation: node.incarnation), after: 500_000)
    }
    guard schedule.suspects.contains(node.original) else {
      return fail(Violation("start", "node \(node.index) does not start: \(reason)"))
    }
    // Its operator would have to set it up anew.
    node.isGone = true
  }

  /// The process ended by itself.
  func died(_ node: SimulatedNode, _ reason: String) {
    note("node \(node.index) ends: \(reason)")
    guard node.hasDiskFault || schedule.suspects.contains(node.original) else {
      return fail(Violation("end", "node \(node.index) ends without a cause: \(reason)"))
    }
    crash(
      node, Fault.Crash(afterFrames: nil, loss: .power(seed: random.next())),
      until: now + 300_000 + UInt64(random.below(1_000_000)))
  }

  /// Ends a process, or the machine's power, until a time.
  func crash(_ node: SimulatedNode, _ crash: Fault.Crash, until: UInt64) {
    guard node.life != nil || node.disk.isDown else { return }
    node.dyingAfterFrames = nil
    node.life = nil
    node.incarnation += 1
    node.hasDiskFault = false
    let isTold: Bool
    switch crash.loss {
    case .nothing:
      node.disk.restart(.everything)
      isTold = true
    case .power(let seed):
      node.disk.restart(.some(seed: seed))
      node.store.crash()
      isTold = false
    }
    note("node \(node.index) is down (\(crash.loss)) until \(Trace.time(until))")
    for (peer, link) in node.links.sorted(by: { $0.key < $1.key }) {
      push(
        .linkEnded(peer, peer: node.index, link),
        after: isTold ? 500 : TransportLimits().silenceMicroseconds)
    }
    node.links = [:]
    observe(.ended(node))
    push(.restart(node.index, incarnation: node.incarnation), after: max(until, now + 1) - now)
  }
}
