import SimulatedMachine

/// The faults of a run, and who may not be trusted in it: functions of the plan alone, drawn before
/// anything happens, so that a run with fewer of them is the same run otherwise.
///
/// What a network bears has bounds, and a schedule stays within them: at most `f` validators lie, are
/// gone for good, or have a disk that forgets what it promised. All others may crash, be parted from
/// the rest, stand still or run out of disk as often as it likes.
struct FaultSchedule: Sendable {
  /// Ascending by time.
  let faults: [TimedFault]
  /// Who lies, and how.
  let liars: [Int: LiarKind]
  /// Whose disks may break their promises.
  let suspects: Set<Int>

  /// Whether more lie than a network bears.
  let isBeyondLimit: Bool

  /// Those who lie or may be made to, by their disks.
  var untrusted: Set<Int> { suspects.union(liars.keys) }

  /// Whose keys run twice, ascending.
  var twins: [Int] { liars.filter { $0.value == .twins }.keys.sorted() }

  init(_ plan: RunPlan) {
    var draw = Draw(plan)
    (liars, suspects) = draw.untrusted()
    isBeyondLimit = liars.count > plan.faultLimit
    let all = draw.faults(suspects: suspects.sorted())
    faults = all.filter { plan.keptFaults?.contains($0.number) ?? true }
  }
}

/// Draws a schedule.
private struct Draw {
  private let plan: RunPlan
  private var random: SimulatedRandom

  init(_ plan: RunPlan) {
    self.plan = plan
    random = SimulatedRandom(seed: plan.seed ^ 0x5EED_FA17)
  }

  /// Untrusted validators lie or have bad disks, one or the other.
  mutating func untrusted() -> (liars: [Int: LiarKind], suspects: Set<Int>) {
    var order = Array(0..<plan.validatorCount)
    for index in order.indices.reversed() {
      order.swapAt(index, random.below(index + 1))
    }
    let liarCount =
      !plan.faults.contains(.liars)
      ? 0 : plan.liarCount ?? random.below(plan.faultLimit + 1)
    var liars: [Int: LiarKind] = [:]
    for node in order.prefix(liarCount) {
      let kind = LiarKind.allCases[random.below(LiarKind.allCases.count)]
      liars[node] = plan.liar ?? kind
    }
    let left = max(0, plan.faultLimit - liarCount)
    let suspectCount = plan.faults.contains(.disks) ? left : 0
    return (liars, Set(order.dropFirst(liarCount).prefix(suspectCount)))
  }

  mutating func faults(suspects: [Int]) -> [TimedFault] {
    var faults: [TimedFault] = []
    var time: UInt64 = 500_000
    let end = plan.seconds * 1_000_000
    while true {
      time += UInt64(random.below(1_500_000))
      let length = 20_000 + UInt64(random.below(random.chance(percent: 20) ? 8_000_000 : 1_500_000))
      guard time < end else { return faults }
      // Drawn whether it is wanted or not, so that a plan without one kind has the others alike.
      let fault = next(suspects)
      guard let fault else { continue }
      faults.append(
        TimedFault(
          number: faults.count, from: time, until: min(end, time + length), fault: fault))
    }
  }

  private mutating func next(_ suspects: [Int]) -> Fault? {
    let kind = FaultKind.allCases[random.below(FaultKind.allCases.count)]
    let fault: Fault? =
      switch kind {
      case .links: linkFault()
      case .partitions: partition()
      case .pauses: .pause(node())
      case .clocks: .clock(node(), milliseconds: clockOffset())
      case .crashes: crash()
      case .disks: diskFault(suspects)
      // These two are not faults of a moment.
      case .liars, .epochs: nil
      }
    return plan.faults.contains(kind) ? fault : nil
  }

  private mutating func node() -> Int { random.below(plan.nodeCount) }

  private mutating func linkFault() -> Fault {
    let (first, second) = (node(), node())
    return switch random.below(5) {
    case 0: .loss(perMille: random.below(200))
    case 1: .duplication(perMille: random.below(200))
    case 2: .reordering(perMille: random.below(300))
    case 3: .delay(first, second, microseconds: UInt64(random.below(400_000)))
    default: .slowness(first, second, bytesPerSecond: 2_000 + UInt64(random.below(100_000)))
    }
  }

  private mutating func partition() -> Fault {
    var side = (0..<plan.nodeCount).filter { _ in random.chance(percent: 50) }
    if random.chance(percent: 40) { side = [node()] }
    return .partition(
      side: side, isOneWay: random.chance(percent: 30), isTold: random.chance(percent: 40))
  }

  private mutating func clockOffset() -> Int64 {
    let size = Int64([50, 1_000, 20_000, 600_000][random.below(4)])
    return random.chance(percent: 50) ? size : -size
  }

  private mutating func crash() -> Fault {
    var nodes = [node()]
    if random.chance(percent: 15) { nodes = Array(0..<plan.nodeCount) }
    let afterFrames = random.chance(percent: 40) ? random.below(4) : nil
    let loss: Fault.Crash.Loss =
      random.chance(percent: 50) ? .nothing : .power(seed: random.next())
    return .crash(nodes, Fault.Crash(afterFrames: afterFrames, loss: loss))
  }

  private mutating func diskFault(_ suspects: [Int]) -> Fault? {
    let (anybody, operations) = (node(), random.below(12))
    let (choice, seed) = (random.below(12), random.next())
    let perMille = random.below(1_000)
    let suspect = suspects.isEmpty ? nil : suspects[random.below(suspects.count)]
    switch choice {
    case 0: return .fullDisk(anybody)
    case 1: return .slowDisk(anybody, microseconds: 5_000 + seed % 400_000)
    case 2:
      return .diskError(anybody, .writeFails(perMille: perMille), afterOperations: operations)
    case 3: return .diskError(anybody, .syncFails, afterOperations: operations)
    case 4, 5:
      return .diskError(anybody, .powerCut(perMille: perMille), afterOperations: operations)
    case 6: return .lostIndex(anybody)
    default: break
    }
    guard let suspect else { return nil }
    return switch choice {
    case 7: .diskError(suspect, .lostWrite, afterOperations: operations)
    case 8:
      .diskError(
        suspect, .misdirectedWrite(byteCount: 1 + Int(seed % 4_096)), afterOperations: operations)
    case 9: .bitRot(suspect, seed: seed)
    case 10: .rollback(suspect)
    default: seed % 4 == 0 ? .goneForGood(suspect) : .lostJournal(suspect)
    }
  }
}
