import Cryptography
import Ledger

extension Rules {
  /// `vehicle.register`: a registry opens the title of a vehicle that the ledger does not know.
  func registerVehicle(
    _ registration: VehicleRegistration, by actor: MemberState
  ) throws(Failure) -> VehicleState {
    // Role.
    try require(actor, toBeOneOf: .registry)

    // Vehicle. There is no id to name as the conflict: the vehicle's number is in the operation.
    guard try vehicle(registration.vin) == nil else { throw .refused(.vehicleAlreadyRegistered) }

    // Terms.
    if let firstRegistered = registration.firstRegistered, firstRegistered > context.latestDay {
      throw .refused(.timeInFuture)
    }

    return VehicleState(
      registration: registration, registeredBy: actor.member.id, registeredAt: context.moment,
      blinding: .zero)
  }
}
