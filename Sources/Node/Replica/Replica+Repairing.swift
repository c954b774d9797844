import Consensus
import Ledger
import Storage

// Repairing the block log: what it lost is fetched again while the node follows, and the node votes
// when the log is whole (DESIGN section 5). What is lost is found when the log is opened, when a
// block is read, and by looking through sealed segments one after the other.

extension Replica {
  /// Whether the block log has all that it ever had.
  package var isLogWhole: Bool { chain.log.condition.isWhole }

  /// Tells of damage, asks for what is missing, and hands out what came to be written.
  func tendRepair() throws(ReplicaFault) {
    for damage in chain.log.takeFindings() { tell(damage) }
    noteCondition()
    repair.ranges.expire(at: now.instant)
    if let until = repair.restsUntil, until <= now.instant { repair.restsUntil = nil }
    guard condition == .sound, phase == .running else { return }
    scrubIfDue()
    guard let wanted = chain.wantedOfLog else { return repair.ranges.reset() }
    writeRepair(from: wanted.lowerBound)
    let head = repair.writingThrough ?? wanted.lowerBound.previous ?? .genesis
    let requests = repair.ranges.requests(
      after: head, through: wanted.upperBound, claims: claims, at: now.instant)
    for request in requests { send(.rangeWanted(from: request.from), to: [request.link]) }
  }

  /// Lets the operator and the machine know when the log is damaged, and when it is whole again.
  func noteCondition() {
    let isWhole = chain.log.condition.isWhole
    if isWhole, repair.isTold {
      log(LogEvent(.notice, "log-repaired", "The block log is whole again"))
    }
    repair.isTold = !isWhole
    if !isWhole, !repair.isHoldingVotes {
      machineInputs.append(.blocksMissed)
      repair.isHoldingVotes = true
    } else if isWhole, repair.isHoldingVotes, !isSynchronising, !chain.lagsBehindLog {
      // Not before the chain is where its log was: the machine's journal may begin there.
      machineInputs.append(.blocksRestored)
      repair.isHoldingVotes = false
    }
  }

  // MARK: Ranges

  /// Takes a range that was asked for to fill a hole; whether it was.
  func takeRepair(_ range: BlockRange, from link: Link) throws(ReplicaFault) -> Bool {
    guard repair.ranges.takeAnswer(from: link, first: range.first) else { return false }
    guard isFollowing else { return true }
    let checked: CheckedRange
    do throws(RangeFault) {
      checked = try range.check(epoch: try epochOfLost(range), isValid: isFinalization)
    } catch {
      repair.ranges.blame(link, at: now.instant)
      refuse(error, from: link)
      return true
    }
    guard try faulting({ () throws(ChainError) in try chain.agrees(with: checked) }) else {
      halt("a quorum made another block \(checked.last.rawValue) final than this node had")
      return true
    }
    repair.ranges.praise(link)
    repair.ranges.keep(checked)
    return true
  }

  /// The epoch that a range's certificate names. It is as good as its signatures, which are verified
  /// under that epoch's validators.
  private func epochOfLost(_ range: BlockRange) throws(RangeFault) -> Epoch {
    guard !range.blocks.isEmpty else { throw .empty }
    do {
      return try Certificate(range.certificate).ballot.epoch
    } catch {
      throw .malformed("\(error)")
    }
  }

  private func isFinalization(_ certificate: Certificate) -> Bool {
    guard let validators = try? chain.validators(of: certificate.ballot.epoch) else { return false }
    return verifier.isValid(certificate, validators) { _ in false }
  }

  // MARK: Writing

  private func writeRepair(from wanted: Height) {
    guard repair.writingThrough == nil, repair.restsUntil == nil,
      let range = repair.ranges.takeNext(after: wanted.previous ?? .genesis)
    else { return }
    let run = chain.run(filling: range)
    repair.writingThrough = run.lastHeight
    output.writes.append(WriteJob(number: writes.nextNumber(), work: .repair(run)))
  }

  func wasRepaired() { repair.writingThrough = nil }

  /// What was given for the segment must be given again.
  func delayRepair(_ reason: String) {
    repair.writingThrough = nil
    repair.restsUntil = now.instant.advanced(byMicroseconds: ReplicaConfiguration.spaceRetry)
    log(
      LogEvent(
        .error, "repair-delayed", "The disk has no room for repairing the block log",
        [LogField("reason", reason)]))
  }

  // MARK: Looking for damage

  /// When the next segment is looked through; `nil` while nobody could give what is lost.
  var scrubWake: Instant? {
    guard repair.policy == .leaveHoles, !peers.isEmpty, condition == .sound, phase == .running,
      chain.log.condition.isWhole
    else { return nil }
    return repair.scrub?.at
  }

  private func scrubIfDue() {
    guard let due = scrubWake, due <= now.instant, let scrub = repair.scrub else { return }
    repair.scrub = nil
    output.writes.append(WriteJob(number: writes.nextNumber(), work: .scrub(scrub.height)))
  }

  /// All segments are looked through soon after the start, and again and again at leisure.
  func wasScrubbed(_ next: Height?) {
    if next == nil { repair.isScrubbedOnce = true }
    let interval =
      repair.isScrubbedOnce ? ReplicaConfiguration.laterScrub : ReplicaConfiguration.firstScrub
    repair.scrub = (next ?? Height.genesis.next, now.instant.advanced(byMicroseconds: interval))
  }

  /// Damage becomes holes as long as there is another node that could fill them.
  func chooseDamagePolicy(_ nodes: [NodeState]) {
    let hasOthers = nodes.contains { $0.member != configuration.member }
    let policy = hasOthers ? configuration.damage : .refuse
    guard policy != repair.policy else { return }
    repair.policy = policy
    chain.log.damagePolicy = policy
  }

  // MARK: What is told

  private func tell(_ damage: Damage) {
    log(
      LogEvent(
        .error, "log-damage-found",
        "The block log is damaged; what is lost is fetched from peers, and then this node votes",
        [LogField("damage", damage.description)]))
  }

  /// In words, what of the log is missing and whether anybody can give it; `nil` if it is whole.
  var missingOfLog: String? {
    let condition = chain.log.condition
    guard let wanted = condition.nextWanted else {
      return repair.isHoldingVotes ? "its own block log, whose blocks it executes again" : nil
    }
    let count = condition.holes.reduce(0) { $0 + $1.count }
    let hasPeer = claims.contains { $0.height >= wanted }
    return "the repair of its block log: \(count) blocks from height \(wanted.rawValue) on are "
      + (hasPeer ? "fetched from peers" : "missing, and no peer that it has a link to has them")
  }
}
