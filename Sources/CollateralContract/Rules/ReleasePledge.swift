import Ledger

extension Rules {
  /// `pledge.release`: the pledgee of record frees the slot, even while suspended, so that no
  /// debtor waits for a member's affairs.
  func releasePledge(
    _ release: PledgeRelease, by actor: MemberState
  ) throws(Failure) -> VehicleState {
    let known = try vehicle(release.vin)

    // Role: a lender, or who is the pledgee although no lender any more.
    guard actor.has(.lender) || known?.pledge?.pledgee == actor.member.id else {
      throw .refused(.roleNotAuthorised)
    }

    // Vehicle.
    guard var vehicle = known else { throw .refused(.vehicleUnknown) }
    guard !vehicle.flags.contains(.seizedByCourt) else { throw .refused(.releaseBlockedBySeizure) }
    guard !vehicle.flags.contains(.underDisposal) else {
      throw .refused(.releaseBlockedByDisposal)
    }

    // Slot and ids.
    let pledge = try livePledge(release.id, of: vehicle)

    // Owner.
    guard pledge.pledgee == actor.member.id else { throw .refused(.releaseNotByPledgee) }

    // Terms.
    if let paidOn = release.paidOn {
      guard paidOn <= context.latestDay else { throw .refused(.timeInFuture) }
      if let firstRegistered = vehicle.registration.firstRegistered, paidOn < firstRegistered {
        throw .refused(.timeBeforeRegistration)
      }
    }

    vehicle.end(pledge, at: context.height)
    return vehicle
  }

  /// The live pledge, which must be the named one.
  func livePledge(
    _ id: Identifier, of vehicle: VehicleState
  ) throws(Failure) -> LivePledge {
    if let live = vehicle.pledge, live.id == id { return live }
    throw .refused(vehicle.isPledgeIDUsed(id) ? .pledgeNotActive : .pledgeUnknown)
  }
}

extension VehicleState {
  /// Frees the slot; the pledge's id stays used.
  mutating func end(_ pledge: LivePledge, at height: Height) {
    self.pledge = nil
    endedPledges.append(EndedPledge(id: pledge.id, pledgee: pledge.pledgee, endedAt: height))
    lastChange = height
  }
}
