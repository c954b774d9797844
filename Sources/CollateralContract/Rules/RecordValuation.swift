import Ledger

extension Rules {
  /// `valuation.record`: an appraiser, or a lender for its own use, states what a vehicle is worth.
  func recordValuation(
    _ valuation: ValuationRecording, by actor: MemberState
  ) throws(Failure) -> VehicleState {
    // Role.
    try require(actor, toBeOneOf: .appraiser, .lender)

    // Vehicle.
    guard var vehicle = try vehicle(valuation.vin) else { throw .refused(.vehicleUnknown) }
    guard !vehicle.flags.contains(.deregistered) else { throw .refused(.vehicleDeregistered) }

    // Ids.
    let place = vehicle.placeOfValuationID(valuation.id)
    guard !place.isTaken else { throw .refused(.valuationIDUsed) }
    guard vehicle.valuationIDs.count < VehicleState.valuationLimit else {
      throw .refused(.vehicleRecordFull)
    }

    // Valuation.
    guard valuation.isBandInOneCurrency else { throw .refused(.valuationCurrencyMismatch) }
    guard valuation.isValueInBand else { throw .refused(.valuationBandInvalid) }
    guard valuation.asOf <= context.latestTime else { throw .refused(.valuationFutureDated) }
    if let model = valuation.model {
      guard let state = try self.model(model) else { throw .refused(.modelNotRegistered) }
      guard state.registration.nextCalibration >= context.today else {
        throw .refused(.modelCalibrationOverdue)
      }
    }

    let head = ValuationHead(
      author: actor.member.id, authority: actor.has(.appraiser) ? .appraiser : .lender,
      id: valuation.id, asOf: valuation.asOf, value: valuation.value, low: valuation.low,
      order: UInt32(vehicle.valuationIDs.count))
    vehicle.valuationIDs.insert(valuation.id, at: place.index)
    vehicle.record(head)
    return vehicle
  }
}

extension ValuationRecording {
  fileprivate var isBandInOneCurrency: Bool {
    [low, high].allSatisfy { $0 == nil || $0?.currency == value.currency }
  }

  /// low <= value <= high; an end that was not given bounds nothing.
  fileprivate var isValueInBand: Bool {
    let low = low?.minorUnits ?? value.minorUnits
    let high = high?.minorUnits ?? value.minorUnits
    return low <= value.minorUnits && value.minorUnits <= high
  }
}

extension VehicleState {
  /// Where an id is, or belongs, among the ids in use.
  fileprivate func placeOfValuationID(_ id: Identifier) -> (index: Int, isTaken: Bool) {
    let index = valuationIDs.firstIndexOfSorted(notBelow: id)
    return (index, index < valuationIDs.count && valuationIDs[index] == id)
  }

  /// Keeps of each author the valuation with the newest `asOf`; of two with the same, the later.
  fileprivate mutating func record(_ head: ValuationHead) {
    guard let index = valuations.firstIndex(where: { $0.author >= head.author }) else {
      valuations.append(head)
      return
    }
    if valuations[index].author != head.author {
      valuations.insert(head, at: index)
    } else if valuations[index].asOf <= head.asOf {
      valuations[index] = head
    }
  }
}

extension [Identifier] {
  /// The index of the first element that is not below `id`, by bisection.
  fileprivate func firstIndexOfSorted(notBelow id: Identifier) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
