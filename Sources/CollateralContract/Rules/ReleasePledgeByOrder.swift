import Ledger

extension Rules {
  /// `pledge.release-by-order`: a court frees the slot.
  func releasePledgeByOrder(
    _ release: PledgeReleaseByOrder, by actor: MemberState
  ) throws(Failure) -> VehicleState {
    // Role.
    try require(actor, toBeOneOf: .court)

    // Vehicle.
    guard var vehicle = try vehicle(release.vin) else { throw .refused(.vehicleUnknown) }

    // Slot and ids.
    let pledge = try livePledge(release.id, of: vehicle)

    vehicle.end(pledge, at: context.height)
    return vehicle
  }
}
