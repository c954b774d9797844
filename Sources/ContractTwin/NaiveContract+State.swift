import CollateralContract
import Ledger

extension NaiveContract {
  /// The whole state, worked out from the lists.
  package var entries: [StateID: StateEntry] {
    var entries: [StateID: StateEntry] = [
      .policy: .policy(PolicySchedule(current: policy))
    ]
    for member in members.values {
      entries[.member(member.id)] = .member(memberState(member))
      for entity in member.entities { entries[.entity(entity)] = .entity(member.id) }
    }
    for use in used where use.state.validUntil >= now ?? use.state.validUntil {
      entries[.reference(submitter: use.submitter, use.reference)] = .reference(use.state)
    }
    for record in accepted {
      switch record.operation.body {
      case .registerVehicle(let body):
        entries[.vehicle(body.vin)] = .vehicle(vehicleState(body, registered: record))
      case .registerModel(let body):
        entries[.model(body.model)] = .model(
          ModelState(
            registration: body, registeredBy: record.operation.by, registeredAt: moment(record)))
      default: continue
      }
    }
    return entries
  }

  private func memberState(_ member: GenesisMember) -> MemberState {
    var state = MemberState(
      member: member, standing: suspended.contains(member.id) ? .suspended : .active)
    let hours = refused.filter { $0.submitter == member.id }.map {
      $0.time.milliseconds / 3_600_000
    }
    if let last = hours.last {
      state.refusals = RefusalWindow(hour: last, count: UInt32(hours.count { $0 == last }))
    }
    return state
  }

  private func vehicleState(
    _ registration: VehicleRegistration, registered: Accepted
  ) -> VehicleState {
    let vin = registration.vin
    let records = accepted.filter { $0.operation.body.vehicle == vin }
    var state = VehicleState(
      registration: registration, registeredBy: registered.operation.by,
      registeredAt: moment(registered), blinding: records.last!.salt)
    state.flags = flags[vin, default: []]
    var valuationCount: UInt32 = 0
    for record in records {
      switch record.operation.body {
      case .registerVehicle, .registerModel, .governance: continue
      case .recordValuation(let body):
        state.valuationIDs = (state.valuationIDs + [body.id]).sorted()
        let head = head(of: body, record, order: valuationCount)
        let others = state.valuations.filter { $0.author != head.author }
        let own = state.valuations.first { $0.author == head.author }
        let newest = own.map { $0.asOf > head.asOf ? $0 : head } ?? head
        state.valuations = (others + [newest]).sorted { $0.author < $1.author }
        valuationCount += 1
      case .createPledge(let body):
        state.pledge = LivePledge(
          id: body.id, pledgee: record.operation.by, acceptedAt: moment(record), creation: body)
        state.lastChange = record.place.height
      case .releasePledge, .releasePledgeByOrder:
        let pledge = state.pledge!
        state.endedPledges.append(
          EndedPledge(id: pledge.id, pledgee: pledge.pledgee, endedAt: record.place.height))
        state.pledge = nil
        state.lastChange = record.place.height
      }
    }
    for entry in history where entry.vin == vin {
      state.history = state.history.appending(entry.entry)
    }
    state.attemptedDoublePledges = UInt32(refused.count { $0.attempt == vin })
    return state
  }

  private func head(
    of body: ValuationRecording, _ record: Accepted, order: UInt32
  ) -> ValuationHead {
    let author = record.operation.by
    let isAppraiser = members[author]!.roles.contains(.appraiser)
    return ValuationHead(
      author: author, authority: isAppraiser ? .appraiser : .lender, id: body.id, asOf: body.asOf,
      value: body.value, low: body.low, order: order)
  }

  private func moment(_ record: Accepted) -> LedgerMoment {
    LedgerMoment(height: record.place.height, time: record.time)
  }
}
