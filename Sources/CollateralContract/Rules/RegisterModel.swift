import Ledger

extension Rules {
  private static let longestCalibrationDays = 92

  /// `model.register`: one version of a valuation model becomes usable until its next calibration.
  func registerModel(
    _ registration: ModelRegistration, by actor: MemberState
  ) throws(Failure) -> ModelState {
    // Role.
    try require(actor, toBeOneOf: .appraiser, .operator)

    // Ids.
    guard try model(registration.model) == nil else { throw .refused(.modelVersionUsed) }

    // Terms.
    let days = registration.calibratedOn.days(until: registration.nextCalibration)
    guard (1...Rules.longestCalibrationDays).contains(days) else {
      throw .refused(.calibrationTooFar)
    }
    guard registration.calibratedOn <= context.latestDay else { throw .refused(.timeInFuture) }

    return ModelState(
      registration: registration, registeredBy: actor.member.id, registeredAt: context.moment)
  }
}
