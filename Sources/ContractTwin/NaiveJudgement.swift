import Ledger

/// Which rules of CONTRACT.md an operation breaks, given everything that was accepted before it.
struct NaiveJudgement {
  let contract: NaiveContract
  /// Accepted before, those of the same transaction included.
  private let everything: [NaiveContract.Accepted]
  /// Of those the ones on this vehicle, or on no vehicle.
  private let records: [NaiveContract.Accepted]
  private let place: TransactionPlace
  private let time: Timestamp
  private let signers: [MemberID]
  private let operation: Operation

  /// The order of the checks (CONTRACT section 1).
  enum Step: Int {
    case role, vehicle, slot, ids, owner, search, valuation, amounts, terms
  }

  typealias Broken = (step: Step, code: RefusalCode)

  init(
    contract: NaiveContract, records: [NaiveContract.Accepted], place: TransactionPlace,
    time: Timestamp, signers: [MemberID], operation: Operation
  ) {
    self.contract = contract
    self.everything = records
    self.records = records.filter { $0.operation.body.vehicle == operation.body.vehicle }
    self.place = place
    self.time = time
    self.signers = signers
    self.operation = operation
  }

  /// The broken rule of the earliest step; of one step's, the one that CONTRACT names first.
  var firstBroken: RefusalCode? {
    var broken = brokenByKind
    if isFuture(operation.occurredAt) { broken.append((.terms, .timeInFuture)) }
    var first: Broken?
    for rule in broken where rule.step.rawValue < (first?.step.rawValue ?? Int.max) { first = rule }
    return first?.code
  }

  private var brokenByKind: [Broken] {
    switch operation.body {
    case .registerVehicle(let body): return broken(by: body)
    case .recordValuation(let body): return broken(by: body)
    case .createPledge(let body): return broken(by: body)
    case .releasePledge(let body): return broken(by: body)
    case .releasePledgeByOrder(let body): return broken(by: body)
    case .registerModel(let body): return broken(by: body)
    case .governance: preconditionFailure("changes of the network are the naive registry's")
    }
  }

  // MARK: What was recorded

  private var registration: VehicleRegistration? {
    for case .registerVehicle(let body) in records.map(\.operation.body) { return body }
    return nil
  }

  private var endedIDs: [Identifier] {
    records.compactMap { record in
      switch record.operation.body {
      case .releasePledge(let body): body.id
      case .releasePledgeByOrder(let body): body.id
      default: nil
      }
    }
  }

  private var pledges: [(record: NaiveContract.Accepted, body: PledgeCreation)] {
    records.compactMap { record in
      if case .createPledge(let body) = record.operation.body { (record, body) } else { nil }
    }
  }

  private var live: (record: NaiveContract.Accepted, body: PledgeCreation)? {
    let ended = endedIDs
    return pledges.first { !ended.contains($0.body.id) }
  }

  private var valuations: [(by: MemberID, body: ValuationRecording)] {
    records.compactMap { record in
      guard case .recordValuation(let body) = record.operation.body else { return nil }
      return (record.operation.by, body)
    }
  }

  var conflict: Conflict? {
    guard let live, live.record.place != place, contract.policy.holderDisclosure == .pledgeNamed
    else { return nil }
    return Conflict(id: live.body.id, height: live.record.place.height)
  }

  var isAttempt: Bool {
    guard let live, live.record.place != place, case .createPledge(let body) = operation.body
    else { return false }
    return live.record.operation.by != operation.by || live.body.contract != body.contract
  }

  // MARK: Small questions

  private func roles(of member: MemberID) -> [Role] { contract.members[member]?.roles ?? [] }

  private func brokenRole(_ allowed: [Role]) -> [Broken] {
    if contract.suspended.contains(operation.by) { return [(.role, .memberSuspended)] }
    let isAllowed = roles(of: operation.by).contains { allowed.contains($0) }
    return isAllowed ? [] : [(.role, .roleNotAuthorised)]
  }

  private func day(_ time: Timestamp) -> Int {
    // Never before 1970 here, so that the quotient needs no rounding.
    (Int(time.milliseconds) + Int(contract.policy.utcOffsetMinutes) * 60_000) / 86_400_000
  }

  private var flags: VehicleFlags {
    contract.flags[operation.body.vehicle!, default: []]
  }

  private func isFuture(_ moment: Timestamp?) -> Bool {
    guard let moment else { return false }
    return moment.milliseconds > time.milliseconds + 120_000
  }

  private func isFuture(_ date: CalendarDate?) -> Bool {
    guard let date else { return false }
    return Int(date.daysSinceEpoch) > day(time.advanced(byMilliseconds: 120_000))
  }

  /// The same day of the month, or the last that there is.
  private func add(months: Int, to date: CalendarDate) -> CalendarDate {
    var (year, month) = (date.year, date.month)
    for _ in 0..<months {
      month += 1
      if month == 13 { (year, month) = (year + 1, 1) }
    }
    var day = date.day
    while true {
      if let result = CalendarDate(year: year, month: month, day: day) { return result }
      day -= 1
    }
  }

  private func owner(_ party: Party) -> MemberID? {
    guard case .disclosed(let entity) = party else { return nil }
    return contract.members.values.first { $0.entities.contains(entity) }?.id
  }
}

// MARK: The operations

extension NaiveJudgement {
  private func broken(by body: VehicleRegistration) -> [Broken] {
    var broken = brokenRole([.registry])
    if registration != nil { broken.append((.vehicle, .vehicleAlreadyRegistered)) }
    if isFuture(body.firstRegistered) { broken.append((.terms, .timeInFuture)) }
    return broken
  }

  private func broken(by body: ValuationRecording) -> [Broken] {
    var broken = brokenRole([.appraiser, .lender])
    guard registration != nil else { return broken + [(.vehicle, .vehicleUnknown)] }
    if flags.contains(.deregistered) { broken.append((.vehicle, .vehicleDeregistered)) }
    if valuations.contains(where: { $0.body.id == body.id }) {
      broken.append((.ids, .valuationIDUsed))
    }
    let ends = [body.low, body.value, body.high].compactMap { $0 }
    if Set(ends.map(\.currency)).count > 1 {
      broken.append((.valuation, .valuationCurrencyMismatch))
    }
    if ends.map(\.minorUnits) != ends.map(\.minorUnits).sorted() {
      broken.append((.valuation, .valuationBandInvalid))
    }
    if isFuture(body.asOf) { broken.append((.valuation, .valuationFutureDated)) }
    if let model = body.model {
      let models = everything.compactMap { record -> ModelRegistration? in
        if case .registerModel(let body) = record.operation.body { body } else { nil }
      }
      if let found = models.first(where: { $0.model == model }) {
        if Int(found.nextCalibration.daysSinceEpoch) < day(time) {
          broken.append((.valuation, .modelCalibrationOverdue))
        }
      } else {
        broken.append((.valuation, .modelNotRegistered))
      }
    }
    return broken
  }

  private func broken(by body: PledgeCreation) -> [Broken] {
    var broken = brokenRole([.lender])
    if case .transcribed = body.basis {
      let registries = signers.filter { $0 != operation.by && roles(of: $0).contains(.registry) }
      if registries.isEmpty {
        broken.append((.role, .signerMissing))
      } else if registries.allSatisfy(contract.suspended.contains) {
        broken.append((.role, .memberSuspended))
      }
    }
    guard let registration else { return broken + [(.vehicle, .vehicleUnknown)] }
    broken += brokenVehicle(registration, body)
    if live != nil { broken.append((.slot, .pledgeAlreadyActive)) }
    if pledges.contains(where: { $0.body.id == body.id }) { broken.append((.ids, .pledgeIDUsed)) }
    broken += brokenOwner(registration, body)
    if let maximum = body.maximumSecured,
      maximum.currency != body.principal.currency || maximum.minorUnits < body.principal.minorUnits
    {
      broken.append((.amounts, .maximumBelowPrincipal))
    }
    if case .search(let valuation, let height) = body.basis {
      broken += brokenSearch(height)
      broken += brokenValuation(valuation, body, registration)
    }
    return broken + brokenTerms(registration, body)
  }

  private func brokenVehicle(
    _ registration: VehicleRegistration, _ body: PledgeCreation
  ) -> [Broken] {
    var broken: [Broken] = []
    if flags.contains(.deregistered) { broken.append((.vehicle, .vehicleDeregistered)) }
    let blocking: [VehicleFlags] = [
      .stolen, .customs, .seizedByPolice, .scrapped, .totalLoss, .seizedByCourt, .underDisposal,
    ]
    if blocking.contains(where: flags.contains) { broken.append((.vehicle, .vehicleBlocked)) }
    if flags.contains(.onWatchList) { broken.append((.vehicle, .vehicleOnWatchList)) }
    var isStated = registration.owners != nil
    if case .search = body.basis {
      isStated =
        isStated && registration.region != nil && registration.certificate != nil
        && registration.use != nil && registration.energy != nil
    }
    if !isStated { broken.append((.vehicle, .vehicleTitleUnstated)) }
    return broken
  }

  private func brokenOwner(
    _ registration: VehicleRegistration, _ body: PledgeCreation
  ) -> [Broken] {
    let owners = registration.owners ?? []
    var broken: [Broken] = []
    let isTitleItself = body.security == .retentionOfTitle || body.security == .financeLease
    let isPledgeeOwner = owners.contains { owner($0) == operation.by }
    if !owners.contains(body.pledgor), !(isTitleItself && isPledgeeOwner) {
      broken.append((.owner, .pledgorNotOwner))
    }
    for member in owners.compactMap(owner) {
      if !signers.contains(member) {
        broken.append((.owner, .signerMissing))
      } else if contract.suspended.contains(member) {
        broken.append((.owner, .memberSuspended))
      }
    }
    return broken
  }

  private func brokenSearch(_ height: Height) -> [Broken] {
    let changes = records.filter { record in
      if case .recordValuation = record.operation.body { return false }
      return record.place != place
    }
    let lastChange = changes.map(\.place.height).max() ?? .genesis
    let isCurrent = height < place.height && height >= lastChange
    return isCurrent ? [] : [(.search, .searchOutdated)]
  }

  private func brokenValuation(
    _ id: Identifier, _ body: PledgeCreation, _ registration: VehicleRegistration
  ) -> [Broken] {
    let eligible = valuations.filter {
      $0.by == operation.by || roles(of: $0.by).contains(.appraiser)
    }
    let newestTime = eligible.map(\.body.asOf).max()
    guard let newest = eligible.last(where: { $0.body.asOf == newestTime })?.body else {
      return [(.valuation, .valuationMissing)]
    }
    var broken: [Broken] = newest.id == id ? [] : [(.valuation, .valuationMissing)]
    let age = day(time) - day(newest.asOf)
    if age > Int(contract.policy.valuationFreshnessDays) {
      broken.append((.valuation, .valuationStale))
    }
    if newest.value.currency != body.principal.currency {
      broken.append((.valuation, .valuationCurrencyMismatch))
    }
    if !isWithinCap(body.principal, newest, registration) {
      broken.append((.amounts, .loanToValueExceeded))
    }
    return broken
  }

  private func isWithinCap(
    _ principal: Money, _ valuation: ValuationRecording, _ registration: VehicleRegistration
  ) -> Bool {
    guard let use = registration.use, let energy = registration.energy else { return true }
    let isNew =
      registration.firstRegistered.map {
        day(time) - Int($0.daysSinceEpoch) <= Int(contract.policy.newVehicleDays)
      } ?? false
    let isNewEnergy = energy != .internalCombustion
    var value = valuation.value.minorUnits
    if contract.policy.valuationEnd == .low, let low = valuation.low { value = low.minorUnits }
    for cap in contract.policy.loanToValueCaps {
      if let wanted = cap.use, wanted != use { continue }
      if let wanted = cap.energy, (wanted == .newEnergy) != isNewEnergy { continue }
      if let wanted = cap.age, (wanted == .new) != isNew { continue }
      let loan = UInt64(principal.minorUnits).multipliedFullWidth(by: 10_000)
      let limit = UInt64(value).multipliedFullWidth(by: UInt64(cap.cap.rawValue))
      return (loan.high, loan.low) <= (limit.high, limit.low)
    }
    return true
  }

  private func brokenTerms(
    _ registration: VehicleRegistration, _ body: PledgeCreation
  ) -> [Broken] {
    var broken: [Broken] = []
    if body.maturity <= body.start { broken.append((.terms, .maturityBeforeStart)) }
    if body.maturity < add(months: 1, to: body.start)
      || body.maturity > add(months: 360, to: body.start)
    {
      broken.append((.terms, .termOutOfRange))
    }
    if case .transcribed(let since, _) = body.basis {
      if isFuture(since) { broken.append((.terms, .timeInFuture)) }
      if let first = registration.firstRegistered, day(since) < Int(first.daysSinceEpoch) {
        broken.append((.terms, .timeBeforeRegistration))
      }
    }
    return broken
  }

  private func broken(by body: PledgeRelease) -> [Broken] {
    var broken: [Broken] = []
    if !roles(of: operation.by).contains(.lender), live?.record.operation.by != operation.by {
      broken.append((.role, .roleNotAuthorised))
    }
    guard let registration else { return broken + [(.vehicle, .vehicleUnknown)] }
    if flags.contains(.seizedByCourt) { broken.append((.vehicle, .releaseBlockedBySeizure)) }
    if flags.contains(.underDisposal) { broken.append((.vehicle, .releaseBlockedByDisposal)) }
    broken += brokenPledge(body.id)
    if live?.record.operation.by != operation.by {
      broken.append((.owner, .releaseNotByPledgee))
    }
    if isFuture(body.paidOn) { broken.append((.terms, .timeInFuture)) }
    if let paid = body.paidOn, let first = registration.firstRegistered, paid < first {
      broken.append((.terms, .timeBeforeRegistration))
    }
    return broken
  }

  private func broken(by body: PledgeReleaseByOrder) -> [Broken] {
    let broken = brokenRole([.court])
    guard registration != nil else { return broken + [(.vehicle, .vehicleUnknown)] }
    return broken + brokenPledge(body.id)
  }

  private func brokenPledge(_ id: Identifier) -> [Broken] {
    if !pledges.contains(where: { $0.body.id == id }) { return [(.slot, .pledgeUnknown)] }
    return endedIDs.contains(id) ? [(.slot, .pledgeNotActive)] : []
  }

  private func broken(by body: ModelRegistration) -> [Broken] {
    var broken = brokenRole([.appraiser, .operator])
    let isUsed = records.contains { record in
      if case .registerModel(let other) = record.operation.body {
        other.model == body.model
      } else {
        false
      }
    }
    if isUsed { broken.append((.ids, .modelVersionUsed)) }
    let days = body.nextCalibration.daysSinceEpoch - body.calibratedOn.daysSinceEpoch
    if days < 1 || days > 92 { broken.append((.terms, .calibrationTooFar)) }
    if isFuture(body.calibratedOn) { broken.append((.terms, .timeInFuture)) }
    return broken
  }
}
