import CollateralContract
import Cryptography
import Ledger

/// Random transactions that meet interesting states: few vehicles, few ids, dates at the borders,
/// refinancings, and now and then everything as it should be.
package struct ContractGenerator {
  package var random: ContractRandom
  private let state: MemoryState
  private var counter = 0

  package init(seed: UInt64, state: MemoryState) {
    random = ContractRandom(seed: seed)
    self.state = state
  }

  private static let lenders = [
    ContractNetwork.bankA, ContractNetwork.bankB, ContractNetwork.bankC, ContractNetwork.bankD,
  ]
  private static let pledgeIDs: [Identifier] = ["p1", "p2", "p3", "p4", "p5", "p6"]
  private static let models: [Identifier] = ["1", "2", "3"]

  /// The time of the next block: mostly soon, at times long after.
  package mutating func advance(_ time: Timestamp) -> Timestamp {
    let steps: [UInt64] = [
      1_000, 60_000, 120_000, Timestamp.hour, Timestamp.day, 7 * Timestamp.day, 16 * Timestamp.day,
    ]
    return time.advanced(byMilliseconds: random.pick(steps))
  }

  package mutating func transaction(for context: BlockContext) -> Transaction {
    counter += 1
    let operations = operations(context)
    let reference: Identifier =
      random.chance(15) ? "r\(random.number(0...3))" : "ref-\(counter)"
    let validity: UInt64 =
      random.chance(98)
      ? random.pick([0, Timestamp.hour, 7 * Timestamp.day])
      : 7 * Timestamp.day + 1
    let validUntil = context.time.moved(byMilliseconds: random.chance(99) ? Int64(validity) : -1)
    return .make(
      operations, signers: signers(of: operations), reference: reference, validUntil: validUntil,
      salt: SHA256.hash(Array("salt \(counter)".utf8)))
  }

  // MARK: Operations

  private mutating func operations(_ context: BlockContext) -> [Operation] {
    let vin = random.pick(ContractNetwork.vehicles)
    if state.vehicle(vin) == nil, random.chance(70) {
      return random.chance(60)
        ? [register(vin, context)]
        : [register(vin, context), value(vin, context), pledge(vin, context)]
    }
    if state.vehicle(vin)?.pledge != nil, random.chance(25) {
      return [release(vin, context), pledge(vin, context)]
    }
    if random.chance(15) { return [value(vin, context), pledge(vin, context)] }
    let count = random.pick([1, 1, 1, 1, 2, 2, 3, 4])
    return (0..<count).map { _ in
      anyOperation(random.chance(70) ? vin : random.pick(ContractNetwork.vehicles), context)
    }
  }

  private mutating func anyOperation(
    _ vin: VehicleIdentificationNumber, _ context: BlockContext
  ) -> Operation {
    let operation =
      switch random.number(0...99) {
      case ..<3: register(vin, context)
      case ..<38: value(vin, context)
      case ..<78: pledge(vin, context)
      case ..<(state.vehicle(vin)?.pledge == nil ? 81 : 92): release(vin, context)
      case 92..<95:
        Operation.releaseByOrder(vin, pledgeID(of: vin), by: actor([ContractNetwork.court]))
      case 95...: registerModel(context)
      default: value(vin, context)
      }
    guard random.chance(10) else { return operation }
    return operation.with(occurredAt: moment(context))
  }

  /// One of those who may act, or at times anybody.
  private mutating func actor(_ usual: [GenesisMember]) -> GenesisMember {
    random.chance(96) ? random.pick(usual) : random.pick(ContractNetwork.members)
  }

  private mutating func register(
    _ vin: VehicleIdentificationNumber, _ context: BlockContext
  ) -> Operation {
    let owners: [Party]? =
      random.chance(75)
      ? [ContractNetwork.person]
      : random.pick([
        [ContractNetwork.person, ContractNetwork.otherPerson],
        [ContractNetwork.party(ContractNetwork.dealer)],
        [ContractNetwork.party(ContractNetwork.bankA)],
        [ContractNetwork.person, ContractNetwork.party(ContractNetwork.suspendedDealer)], nil,
      ])
    let today = CalendarDate(of: context.time, offsetMinutes: 480)
    let first: CalendarDate? =
      random.chance(90) ? today.addingDays(random.pick([-400, -181, -180, -179, -30, 0, 0])) : nil
    let isComplete = random.chance(92)
    let by = actor([ContractNetwork.registry])
    let (use, energy) = (random.pick(UseNature.allCases), random.pick(Energy.allCases))
    let missing = random.number(0...4)
    return .register(vin, by: by) {
      $0.owners = owners
      $0.use = use
      $0.energy = energy
      $0.firstRegistered = first
      if isComplete { return }
      switch missing {
      case 0: $0.region = nil
      case 1: $0.certificate = nil
      case 2: $0.use = nil
      case 3: $0.energy = nil
      default: $0.firstRegistered = today.addingDays(1)
      }
    }
  }

  private mutating func value(
    _ vin: VehicleIdentificationNumber, _ context: BlockContext
  ) -> Operation {
    counter += 1
    let id: Identifier =
      random.chance(85) ? "v\(counter)" : random.pick(["v1", "v2", "v3"])
    let by = actor([
      ContractNetwork.appraiser, ContractNetwork.appraiser, ContractNetwork.bankA,
      ContractNetwork.bankC,
    ])
    let asOf = random.chance(70) ? context.time : moment(context)
    let value = Money.yuan(Int64(random.pick([90_000, 100_000, 110_000])))
    let model = ModelReference(id: "model", version: random.pick(Self.models))
    let shape = random.number(0...39)
    return .value(vin, id, value, asOf: asOf, by: by) {
      switch shape {
      case 0: ($0.method, $0.model) = (.model, model)
      case 1: $0.low = .fen(value.minorUnits + 1)
      case 2: $0.high = .fen(value.minorUnits - 1)
      case 3: $0.high = .fen(value.minorUnits, "USD")
      case 4: $0.value = .fen(value.minorUnits, "USD")
      case 5..<9: $0.low = .fen(value.minorUnits * 9 / 10)
      case 9: ($0.low, $0.high) = (value, value)
      case 10, 11: ($0.method, $0.model) = (.model, model)
      default: return
      }
    }
  }

  /// Mostly now or a while ago; at times at the border of the future, or of freshness.
  private mutating func moment(_ context: BlockContext) -> Timestamp {
    let days = Int64(random.pick([0, 0, 0, 1, 5, 29, 30, 31]))
    let offset = random.pick([0, 0, 0, 0, 120_000, 120_001] as [Int64])
    return context.time.moved(byMilliseconds: days == 0 ? offset : -days * Int64(Timestamp.day))
  }

  private mutating func pledgeID(of vin: VehicleIdentificationNumber) -> Identifier {
    if let live = state.vehicle(vin)?.pledge, random.chance(85) { return live.id }
    if let ended = state.vehicle(vin)?.endedPledges.last, random.chance(50) { return ended.id }
    return random.pick(Self.pledgeIDs)
  }

  private mutating func pledge(
    _ vin: VehicleIdentificationNumber, _ context: BlockContext
  ) -> Operation {
    let vehicle = state.vehicle(vin)
    let by = actor(Self.lenders)
    counter += 1
    let id: Identifier =
      random.chance(70) ? "p\(counter)" : random.pick(Self.pledgeIDs)
    let basis = basis(of: vehicle, by: by, context)
    let principal = principal(against: vehicle)
    let owner = vehicle?.registration.owners?.first ?? ContractNetwork.person
    let pledgor = random.chance(92) ? owner : ContractNetwork.otherPerson
    let security = random.pick(SecurityKind.allCases)
    let (start, maturity) = term()
    let contract = vehicle?.pledge.map(\.creation.contract)
    let isSameContract = random.chance(25)
    let maximum: Money? = random.pick([
      nil, nil, nil, principal, .fen(principal.minorUnits + 5), .fen(principal.minorUnits - 1),
      .fen(principal.minorUnits, "EUR"), nil,
    ])
    return .pledge(vin, id, principal: principal, basis: basis, by: by) {
      $0.security = security
      $0.pledgor = pledgor
      $0.maximumSecured = maximum
      ($0.start, $0.maturity) = (start, maturity)
      if isSameContract, let contract { $0.contract = contract }
    }
  }

  private mutating func basis(
    of vehicle: VehicleState?, by: GenesisMember, _ context: BlockContext
  ) -> PledgeBasis {
    if random.chance(15) {
      let first = vehicle?.registration.firstRegistered ?? "2026-01-01"
      let since = random.pick([
        Timestamp.inChina(first), Timestamp.inChina(first).moved(byMilliseconds: -1), context.time,
        context.time.moved(byMilliseconds: 120_001),
      ])
      return .transcribed(since: since, annotation: ContractNetwork.document("annotation"))
    }
    let eligible = (vehicle?.valuations ?? []).filter {
      $0.authority == .appraiser || $0.author == by.id
    }
    let newest = eligible.max { ($0.asOf, $0.order) < ($1.asOf, $1.order) }?.id
    let valuation =
      random.chance(90)
      ? newest ?? "v1" : random.pick(vehicle?.valuationIDs.first.map { [$0] } ?? ["v9"])
    let lastChange = vehicle?.lastChange.rawValue ?? 0
    let parent = context.parentHeight.rawValue
    let height: UInt64 =
      random.chance(85)
      ? parent
      : random.pick([lastChange, lastChange - min(1, lastChange), parent + 1])
    return .search(valuation: valuation, height: Height(height))
  }

  private mutating func principal(against vehicle: VehicleState?) -> Money {
    let value = vehicle?.currentValuation?.value.minorUnits ?? 10_000_000
    let cap = Int64(random.pick([7_000, 7_500, 8_000, 8_500, 5_000, 5_000, 5_000, 5_000]))
    let amount = value * cap / 10_000 + Int64(random.pick([0, 0, 0, 0, 1]))
    return random.chance(97) ? .fen(amount) : .fen(amount, "USD")
  }

  private mutating func term() -> (CalendarDate, CalendarDate) {
    let start: CalendarDate = random.pick(["2026-01-31", "2024-02-29", "2026-03-01", "2026-03-15"])
    let maturity = start.addingMonths(random.pick([12, 36, 36, 60, 360, 1]))
    return (
      start,
      random.chance(88)
        ? maturity
        : random.pick([
          start, start.addingDays(27), start.addingDays(-1), start.addingMonths(360).addingDays(1),
          start.addingMonths(1).addingDays(-1),
        ])
    )
  }

  private mutating func release(
    _ vin: VehicleIdentificationNumber, _ context: BlockContext
  ) -> Operation {
    let holder = state.vehicle(vin)?.pledge?.pledgee
    let member = ContractNetwork.members.first { $0.id == holder } ?? ContractNetwork.bankA
    let by = random.chance(85) ? member : random.pick(ContractNetwork.members)
    let today = CalendarDate(of: context.time, offsetMinutes: 480)
    let paidOn: CalendarDate? = random.pick([
      nil, nil, nil, today, today.addingDays(1), "2020-01-01",
      state.vehicle(vin)?.registration.firstRegistered,
    ])
    return .release(vin, pledgeID(of: vin), by: by, paidOn: paidOn)
  }

  private mutating func registerModel(_ context: BlockContext) -> Operation {
    let today = CalendarDate(of: context.time, offsetMinutes: 480)
    let calibrated = today.addingDays(random.pick([0, -1, -20, 1]))
    return .registerModel(
      random.pick(Self.models), calibratedOn: calibrated,
      nextCalibration: calibrated.addingDays(random.pick([92, 92, 30, 21, 1, 0, 93])),
      by: actor([ContractNetwork.appraiser, ContractNetwork.operatorA]))
  }

  // MARK: Signers

  /// Who acts, mostly those whose consent is needed, at times somebody more.
  private mutating func signers(of operations: [Operation]) -> [MemberID] {
    var signers: [MemberID] = []
    func add(_ member: MemberID) {
      if !signers.contains(member) { signers.append(member) }
    }
    for operation in operations { add(operation.by) }
    for operation in operations {
      guard case .createPledge(let pledge) = operation.body else { continue }
      if case .transcribed = pledge.basis, random.chance(85) {
        add((random.chance(90) ? ContractNetwork.registry : ContractNetwork.suspendedRegistry).id)
      }
      guard random.chance(85) else { continue }
      for owner in state.vehicle(pledge.vin)?.registration.owners ?? [] {
        if case .disclosed(let entity) = owner,
          case .entity(let member)? = state.entries[.entity(entity)]
        {
          add(member)
        }
      }
    }
    if random.chance(8) { add(random.pick(ContractNetwork.members).id) }
    return signers
  }
}
