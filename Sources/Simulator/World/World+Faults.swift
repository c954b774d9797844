import SimulatedMachine
import Storage

extension World {
  func begin(_ timed: TimedFault) {
    note("\(timed)")
    switch timed.fault {
    case .loss(let perMille): network.loss = UInt64(perMille)
    case .duplication(let perMille): network.duplication = UInt64(perMille)
    case .reordering(let perMille): network.reordering = UInt64(perMille)
    case .delay(let first, let second, let microseconds):
      network.delay(first, second, microseconds, by: timed.number)
    case .slowness(let first, let second, let speed):
      network.slow(first, second, speed, by: timed.number)
    case .partition(let side, let isOneWay, let isTold):
      part(side, isOneWay: isOneWay, isTold: isTold, by: timed.number)
    case .pause(let index): nodes[index].pausedUntil = max(nodes[index].pausedUntil, timed.until)
    case .clock(let index, let milliseconds): nodes[index].clockOffset = milliseconds
    case .crash(let indices, let crash):
      for index in indices { begin(crash, of: nodes[index], until: timed.until) }
    case .fullDisk(let index): fill(nodes[index], true)
    case .slowDisk(let index, let microseconds): nodes[index].diskMicroseconds = microseconds
    case .diskError(let index, let kind, let operations):
      nodes[index].hasDiskFault = true
      nodes[index].disk.inject(
        kind.fault, at: nodes[index].disk.operationCount + operations)
    case .bitRot(let index, let seed): rot(nodes[index], seed)
    case .lostJournal(let index): stop(nodes[index], until: timed.until) { $0.loseJournal() }
    case .lostIndex(let index): stop(nodes[index], until: timed.until) { $0.store.clear() }
    case .rollback(let index):
      nodes[index].backup = (nodes[index].disk.copy(), nodes[index].store.copy())
    case .goneForGood(let index):
      nodes[index].isGone = true
      stop(nodes[index], until: .max / 2) { _ in }
    }
  }

  func end(_ timed: TimedFault) {
    switch timed.fault {
    case .loss: network.loss = 0
    case .duplication: network.duplication = 0
    case .reordering: network.reordering = 0
    case .delay, .slowness, .partition: network.heal(timed.number)
    case .clock(let index, _): nodes[index].clockOffset = 0
    case .fullDisk(let index): fill(nodes[index], false)
    case .slowDisk(let index, _): nodes[index].diskMicroseconds = 200
    case .diskError(let index, _, _): nodes[index].disk.removeFaults()
    case .rollback(let index): rollBack(nodes[index])
    case .pause, .crash, .bitRot, .lostJournal, .lostIndex, .goneForGood: break
    }
  }

  private func fill(_ node: SimulatedNode, _ isFull: Bool) {
    node.isDiskFull = isFull
    node.disk.setCapacity(isFull ? 0 : nil)
  }

  private func begin(_ crash: Fault.Crash, of node: SimulatedNode, until: UInt64) {
    guard node.life != nil else { return }
    if let count = crash.afterFrames {
      node.dyingAfterFrames = (count, crash, until)
    } else {
      self.crash(node, crash, until: until)
    }
  }

  /// Ends the process and changes what it left.
  private func stop(_ node: SimulatedNode, until: UInt64, _ change: (SimulatedNode) -> Void) {
    crash(node, Fault.Crash(afterFrames: nil, loss: .nothing), until: until)
    guard node.life == nil else { return }
    change(node)
  }

  /// Some bits of the block log turn over; of a running node too, which finds it when it looks.
  private func rot(_ node: SimulatedNode, _ seed: UInt64) {
    var random = SimulatedRandom(seed: seed)
    let segments = node.disk.files.filter { $0.text.hasPrefix("blocks/") }
    guard !segments.isEmpty else { return }
    let path = segments[random.below(segments.count)]
    guard let content = node.disk.content(path), !content.isEmpty else { return }
    for _ in 0...random.below(3) {
      node.disk.flip(path, at: random.below(content.count), mask: UInt8(1 << random.below(8)))
    }
    note("node \(node.index): \(path.text) rots")
  }

  private func rollBack(_ node: SimulatedNode) {
    guard let backup = node.backup else { return }
    node.backup = nil
    crash(node, Fault.Crash(afterFrames: nil, loss: .nothing), until: now + 100_000)
    node.disk = backup.disk
    node.store = backup.store
    node.disk.restart(.everything)
    note("node \(node.index) is put back to an earlier state")
  }

  /// All faults end, and who can be started is.
  package func heal() {
    for timed in schedule.faults { end(timed) }
    for node in nodes {
      node.pausedUntil = 0
      node.dyingAfterFrames = nil
      node.disk.removeFaults()
      if node.life == nil, !node.isGone {
        push(.restart(node.index, incarnation: node.incarnation), after: 1_000)
      }
    }
  }
}

extension SimulatedNode {
  fileprivate func loseJournal() {
    for path in disk.files where path.text.hasPrefix("journal/") { disk.replace(path, with: nil) }
  }
}

extension Fault.DiskErrorKind {
  fileprivate var fault: SimulatedDisk.Fault {
    switch self {
    case .writeFails(let perMille): .failPartly(perMille: perMille, .io)
    case .syncFails: .fail(.io)
    case .powerCut(let perMille): .powerCut(perMille: perMille)
    case .lostWrite: .lostWrite
    case .misdirectedWrite(let byteCount): .misdirectedWrite(byteCount: byteCount)
    }
  }
}
