import Ledger

/// What must hold of every change of a vehicle when a block is committed, whoever computed it:
/// asserted once more, since nothing that was recorded may be lost and no vehicle pledged twice.
///
/// A `StateFault` here is a bug or damaged memory; the node stops before it stores the block.
package enum SlotAssertion {
  /// Compares a block's changes with the state before the block.
  package static func check(
    _ changes: [StateChange], over base: some StateReader
  ) throws(StateFault) {
    for change in changes {
      switch (change.id, change.entry) {
      case (.vehicle(let vin), .vehicle(let vehicle)?):
        try require(vehicle.vin == vin, "lies under its own number", vin)
        try check(vehicle)
        if case .vehicle(let before)? = try base.entry(change.id) {
          try check(vehicle, follows: before)
        }
      case (.vehicle(let vin), _): try require(false, "is never removed", vin)
      default: continue
      }
    }
  }

  /// What must hold of a vehicle's record by itself.
  package static func check(_ vehicle: VehicleState) throws(StateFault) {
    let ended = vehicle.endedPledges.map(\.id)
    let vin = vehicle.vin
    if let live = vehicle.pledge {
      try require(!ended.contains(live.id), "has a live pledge that has not ended", vin)
    }
    try require(Set(ended).count == ended.count, "has pledges that end once", vin)
    try require(vehicle.valuationIDs.isStrictlyAscending, "has valuation ids used once", vin)
    try require(
      vehicle.valuations.map(\.author).isStrictlyAscending, "has one newest valuation an author",
      vin)
  }

  /// What must hold of a vehicle after a block, given what it was before.
  private static func check(
    _ vehicle: VehicleState, follows before: VehicleState
  ) throws(StateFault) {
    let vin = vehicle.vin
    try require(
      vehicle.endedPledges.starts(with: before.endedPledges), "keeps the pledges that ended", vin)
    if let live = before.pledge, vehicle.pledge?.id != live.id {
      let isEnded = vehicle.endedPledges.dropFirst(before.endedPledges.count).contains {
        $0.id == live.id && $0.pledgee == live.pledgee
      }
      try require(isEnded, "frees its slot only by ending the pledge that holds it", vin)
    }
    if let live = before.pledge, vehicle.pledge?.id == live.id {
      try require(vehicle.pledge == live, "keeps the live pledge as it was made", vin)
    }
    try require(
      vehicle.valuationIDs == before.valuationIDs
        || Set(vehicle.valuationIDs).isSuperset(of: before.valuationIDs),
      "keeps its valuation ids", vin)
    try require(vehicle.history.count > before.history.count, "has a longer history", vin)
  }

  private static func require(
    _ condition: Bool, _ invariant: String, _ vin: VehicleIdentificationNumber
  ) throws(StateFault) {
    guard condition else { throw StateFault(reason: "broken: vehicle \(vin) \(invariant)") }
  }
}
