import Ledger

extension Rules {
  /// `pledge.create`: a lender, the pledgee, takes the vehicle's one slot.
  ///
  /// A pledge that is transcribed from the vehicle office's own register is co-signed by a registry
  /// and skips the search, the valuation and loan to value.
  func createPledge(
    _ pledge: PledgeCreation, by actor: MemberState
  ) throws(Failure) -> VehicleState {
    // Role.
    try require(actor, toBeOneOf: .lender)
    if case .transcribed = pledge.basis { try requireRegistry(besides: actor) }

    // Vehicle.
    guard var vehicle = try vehicle(pledge.vin) else { throw .refused(.vehicleUnknown) }
    try requirePledgeable(vehicle)
    let title = try title(of: vehicle, for: pledge.basis)

    // Slot: the vehicle has at most one live pledge.
    if let live = vehicle.pledge {
      throw .refused(.pledgeAlreadyActive, conflict: conflict(with: live, of: vehicle.vin))
    }

    // Ids.
    guard !vehicle.isPledgeIDUsed(pledge.id) else { throw .refused(.pledgeIDUsed) }
    guard vehicle.endedPledges.count < VehicleState.endedPledgeLimit else {
      throw .refused(.vehicleRecordFull)
    }

    // Owner.
    try requireOwner(title.owners, pledgor: pledge.pledgor, security: pledge.security, by: actor)
    for owner in title.owners {
      if let member = try member(behind: owner) { try requireConsent(of: member) }
    }

    switch title.basis {
    case .search(let valuationID, let searchHeight, let classification):
      // Search.
      try requireCurrentSearch(searchHeight, of: vehicle.vin)

      // Valuation.
      let valuation = try requireNewest(valuationID, of: vehicle, for: actor.member.id)
      let age = context.day(of: valuation.asOf).days(until: context.today)
      guard age <= Int(context.policy.valuationFreshnessDays) else {
        throw .refused(.valuationStale)
      }
      guard valuation.value.currency == pledge.principal.currency else {
        throw .refused(.valuationCurrencyMismatch)
      }

      // Amounts.
      try requireMaximum(pledge.maximumSecured, toCover: pledge.principal)
      let limit = LoanToValue(policy: context.policy, classification: classification)
      guard limit.allows(principal: pledge.principal, against: valuation) else {
        throw .refused(.loanToValueExceeded)
      }
    case .transcribed:
      // Amounts.
      try requireMaximum(pledge.maximumSecured, toCover: pledge.principal)
    }

    // Terms.
    try requireTerm(from: pledge.start, to: pledge.maturity)
    if case .transcribed(let since, _) = pledge.basis {
      try requirePlausible(since: since, vehicle: vehicle.registration)
    }

    vehicle.pledge = LivePledge(
      id: pledge.id, pledgee: actor.member.id, acceptedAt: context.moment, creation: pledge)
    vehicle.lastChange = context.height
    return vehicle
  }
}

// MARK: Role and vehicle

extension Rules {
  /// A registry that is not the pledgee itself co-signed, and is not suspended.
  private func requireRegistry(besides pledgee: MemberState) throws(Failure) {
    let registries = signers.filter { $0.member.id != pledgee.member.id && $0.has(.registry) }
    guard !registries.isEmpty else { throw .refused(.signerMissing) }
    guard registries.contains(where: { $0.standing == .active }) else {
      throw .refused(.memberSuspended)
    }
  }

  private func requirePledgeable(_ vehicle: VehicleState) throws(Failure) {
    guard !vehicle.flags.contains(.deregistered) else { throw .refused(.vehicleDeregistered) }
    guard vehicle.flags.isDisjoint(with: .blockingPledge) else { throw .refused(.vehicleBlocked) }
    guard !vehicle.flags.contains(.onWatchList) else { throw .refused(.vehicleOnWatchList) }
  }

  /// What a pledge needs to be stated of a vehicle's title.
  private struct Title {
    let owners: [Party]
    let basis: Basis

    enum Basis {
      case search(valuation: Identifier, height: Height, VehicleClassification)
      case transcribed
    }
  }

  /// The owners always; region and certificate, and what chooses the cap, unless the pledge is
  /// transcribed, since its register vouched for the rest.
  private func title(of vehicle: VehicleState, for basis: PledgeBasis) throws(Failure) -> Title {
    let registration = vehicle.registration
    guard let owners = registration.owners else { throw .refused(.vehicleTitleUnstated) }
    switch basis {
    case .transcribed:
      return Title(owners: owners, basis: .transcribed)
    case .search(let valuation, let height):
      guard registration.region != nil, registration.certificate != nil,
        let classification = VehicleClassification(
          registration, today: context.today, newVehicleDays: context.policy.newVehicleDays)
      else { throw .refused(.vehicleTitleUnstated) }
      return Title(
        owners: owners, basis: .search(valuation: valuation, height: height, classification))
    }
  }
}

// MARK: Slot and owner

extension Rules {
  /// The pledge that stands in the way, unless the policy withholds it or it was created by this
  /// very transaction, whose refusal undoes it.
  private func conflict(
    with live: LivePledge, of vin: VehicleIdentificationNumber
  ) -> Conflict? {
    guard vehicleBefore(vin)?.livePledge == live.id else { return nil }
    return switch context.policy.holderDisclosure {
    case .pledgeNamed: Conflict(id: live.id, height: live.acceptedAt.height)
    case .pledgeWithheld: nil
    }
  }

  /// Whether a pledge that met a full slot was an attempt to pledge the vehicle twice: another
  /// pledgee or another contract than those of the pledge that the ledger holds.
  func isAttemptedDoublePledge(_ operation: Operation) throws(Failure) -> Bool {
    guard case .createPledge(let pledge) = operation.body,
      let live = try vehicle(pledge.vin)?.pledge,
      vehicleBefore(pledge.vin)?.livePledge == live.id
    else { return false }
    return live.pledgee != operation.by || live.creation.contract != pledge.contract
  }

  /// The pledgor is an owner; where the security is the title itself, the pledgee may be.
  private func requireOwner(
    _ owners: [Party], pledgor: Party, security: SecurityKind, by pledgee: MemberState
  ) throws(Failure) {
    if owners.contains(pledgor) { return }
    switch security {
    case .mortgage, .possessory:
      throw .refused(.pledgorNotOwner)
    case .retentionOfTitle, .financeLease:
      for owner in owners where try member(behind: owner) == pledgee.member.id { return }
      throw .refused(.pledgorNotOwner)
    }
  }
}

// MARK: Search and valuation

extension Rules {
  /// parent's height >= search height >= height of the vehicle's last change before this
  /// transaction.
  private func requireCurrentSearch(
    _ height: Height, of vin: VehicleIdentificationNumber
  ) throws(Failure) {
    guard height <= context.parentHeight else { throw .refused(.searchOutdated) }
    if let lastChange = vehicleBefore(vin)?.lastChange {
      guard height >= lastChange else { throw .refused(.searchOutdated) }
    }
  }

  /// The vehicle's newest valuation by an appraiser or the pledgee, which must be the named one.
  private func requireNewest(
    _ id: Identifier, of vehicle: VehicleState, for pledgee: MemberID
  ) throws(Failure) -> ValuationHead {
    let newest = vehicle.valuations
      .filter { $0.authority == .appraiser || $0.author == pledgee }
      .max { ($0.asOf, $0.order) < ($1.asOf, $1.order) }
    guard let newest, newest.id == id else { throw .refused(.valuationMissing) }
    return newest
  }
}

// MARK: Amounts and terms

extension Rules {
  /// The maximum secured is at least the principal, in the principal's currency.
  private func requireMaximum(
    _ maximum: Money?, toCover principal: Money
  ) throws(Failure) {
    guard let maximum else { return }
    guard maximum.currency == principal.currency, maximum.minorUnits >= principal.minorUnits else {
      throw .refused(.maximumBelowPrincipal)
    }
  }

  private static let longestTermMonths = 360

  /// Maturity after the start, one to 360 months later. The contract's start may be before the
  /// vehicle's first registration: a new car is financed before it is registered.
  private func requireTerm(
    from start: CalendarDate, to maturity: CalendarDate
  ) throws(Failure) {
    guard maturity > start else { throw .refused(.maturityBeforeStart) }
    guard maturity >= start.addingMonths(1),
      maturity <= start.addingMonths(Rules.longestTermMonths)
    else { throw .refused(.termOutOfRange) }
  }

  /// The vehicle office annotated the pledge in the past, and not before it registered the vehicle.
  private func requirePlausible(
    since: Timestamp, vehicle: VehicleRegistration
  ) throws(Failure) {
    guard since <= context.latestTime else { throw .refused(.timeInFuture) }
    if let firstRegistered = vehicle.firstRegistered, context.day(of: since) < firstRegistered {
      throw .refused(.timeBeforeRegistration)
    }
  }
}
