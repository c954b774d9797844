import Cryptography
import Ledger

/// One transaction on its way through the rules.
///
/// Every rule is a function of what this holds, the operation, and the overlay's entries; it
/// returns what the operation makes of its vehicle or model, and changes nothing itself.
struct Rules {
  let context: BlockContext
  let overlay: StateOverlay
  /// The members who signed, in the payload's order, as they are when the transaction begins.
  let signers: [MemberState]
  /// The vehicles that this transaction named, as they were before it. Only ever looked up.
  private var vehiclesBefore: [VehicleIdentificationNumber: VehicleBefore] = [:]
  /// Whether the signers could change the network when the transaction began; `nil` until asked.
  private var hadQuorum: Bool?

  /// What an operation sets.
  enum Effect {
    case vehicle(VehicleState)
    case model(ModelState)
    case network(NetworkEdit)
  }

  /// What later rules ask of a vehicle as it was before the transaction.
  struct VehicleBefore {
    /// `nil` for a vehicle that the transaction itself registers.
    let lastChange: Height?
    let livePledge: Identifier?
  }

  init(context: BlockContext, overlay: StateOverlay, signers: [MemberState]) {
    self.context = context
    self.overlay = overlay
    self.signers = signers
  }

  /// What `operation` does after all that the overlay holds, or why it may not.
  mutating func effect(of operation: Operation) throws(Failure) -> Effect {
    try remember(operation.body.vehicle)
    if case .governance = operation.body { try requireQuorum() }
    let actor = try signer(operation.by)
    let effect = try effect(of: operation, by: actor)
    // Terms: the last of the checks, and the same for every operation.
    if let occurredAt = operation.occurredAt, occurredAt > context.latestTime {
      throw .refused(.timeInFuture)
    }
    return effect
  }

  private func effect(
    of operation: Operation, by actor: MemberState
  ) throws(Failure) -> Effect {
    switch operation.body {
    case .registerVehicle(let body): .vehicle(try registerVehicle(body, by: actor))
    case .recordValuation(let body): .vehicle(try recordValuation(body, by: actor))
    case .createPledge(let body): .vehicle(try createPledge(body, by: actor))
    case .releasePledge(let body): .vehicle(try releasePledge(body, by: actor))
    case .releasePledgeByOrder(let body): .vehicle(try releasePledgeByOrder(body, by: actor))
    case .registerModel(let body): .model(try registerModel(body, by: actor))
    case .governance(let change): .network(try govern(change))
    }
  }

  /// - Precondition: a well-formed transaction names its actors among its signers.
  private func signer(_ id: MemberID) throws(Failure) -> MemberState {
    guard let signer = signers.first(where: { $0.member.id == id }) else {
      throw .refused(.signerMissing)
    }
    return signer
  }

  /// Enough governors signed: of those that the state had, and by the threshold that it had, when the
  /// transaction began.
  private mutating func requireQuorum() throws(Failure) {
    if hadQuorum == nil {
      let governance = try reading { () throws(StateFault) in try overlay.governance() }
      let governors = governance.members
      hadQuorum = signers.count { governors.contains($0.member.id) } >= governance.threshold
    }
    guard hadQuorum == true else { throw .refused(.quorumMissing) }
  }

  private mutating func remember(_ vin: VehicleIdentificationNumber?) throws(Failure) {
    guard let vin, vehiclesBefore[vin] == nil else { return }
    let vehicle = try vehicle(vin)
    vehiclesBefore[vin] = VehicleBefore(
      lastChange: vehicle?.lastChange, livePledge: vehicle?.pledge?.id)
  }
}

// MARK: What the rules ask

extension Rules {
  /// Role: the acting member is not suspended and has one of `roles`.
  func require(_ actor: MemberState, toBeOneOf roles: Role...) throws(Failure) {
    guard actor.standing == .active else { throw .refused(.memberSuspended) }
    guard roles.contains(where: actor.has) else { throw .refused(.roleNotAuthorised) }
  }

  /// A member whose consent is needed signed, and is not suspended.
  func requireConsent(of member: MemberID) throws(Failure) {
    guard let signer = signers.first(where: { $0.member.id == member }) else {
      throw .refused(.signerMissing)
    }
    guard signer.standing == .active else { throw .refused(.memberSuspended) }
  }

  /// The vehicle as it is now, with what earlier operations of this transaction did to it.
  func vehicle(_ vin: VehicleIdentificationNumber) throws(Failure) -> VehicleState? {
    switch try entry(.vehicle(vin)) {
    case nil: return nil
    case .vehicle(let vehicle): return vehicle
    case let other?: throw .fault(.misplaced(other))
    }
  }

  /// The vehicle as it was before this transaction.
  func vehicleBefore(_ vin: VehicleIdentificationNumber) -> VehicleBefore? {
    vehiclesBefore[vin]
  }

  func model(_ model: ModelReference) throws(Failure) -> ModelState? {
    switch try entry(.model(model)) {
    case nil: return nil
    case .model(let state): return state
    case let other?: throw .fault(.misplaced(other))
    }
  }

  /// The member who appears as `party`; `nil` for a commitment, and for who is no member.
  func member(behind party: Party) throws(Failure) -> MemberID? {
    guard case .disclosed(let entity) = party else { return nil }
    switch try entry(.entity(entity)) {
    case nil: return nil
    case .entity(let member): return member
    case let other?: throw .fault(.misplaced(other))
    }
  }

  func entry(_ id: StateID) throws(Failure) -> StateEntry? {
    try reading { () throws(StateFault) in try overlay.entry(id) }
  }

  func reading<Value>(_ body: () throws(StateFault) -> Value) throws(Failure) -> Value {
    do { return try body() } catch { throw .fault(error) }
  }
}
