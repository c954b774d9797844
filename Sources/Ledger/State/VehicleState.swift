import CBOR
import Cryptography

/// Everything that the ledger knows of a vehicle now: the fold of its accepted operations.
package struct VehicleState: Hashable, Sendable {
  package var registration: VehicleRegistration
  package var registeredBy: MemberID
  package var registeredAt: LedgerMoment
  package var flags: VehicleFlags
  /// The height of the last change of title, pledge, seizure or status: what a search must not be
  /// older than.
  package var lastChange: Height
  /// The slot: at most one live pledge.
  package var pledge: LivePledge?
  /// Pledges that ended, in the ledger's order. Their ids stay used.
  package var endedPledges: [EndedPledge]
  /// Of each author the valuation with the newest `asOf`, in the order of the authors' ids.
  package var valuations: [ValuationHead]
  /// Every valuation id ever used for this vehicle, ascending.
  package var valuationIDs: [Identifier]
  /// Refused pledges whose pledgee or contract differed from the live pledge's.
  package var attemptedDoublePledges: UInt32
  /// Makes the digest of this record unguessable: the salt of the last accepted operation.
  package var blinding: Digest
  package var history: HistoryHead

  package init(
    registration: VehicleRegistration, registeredBy: MemberID, registeredAt: LedgerMoment,
    blinding: Digest
  ) {
    self.registration = registration
    self.registeredBy = registeredBy
    self.registeredAt = registeredAt
    self.flags = []
    self.lastChange = registeredAt.height
    self.pledge = nil
    self.endedPledges = []
    self.valuations = []
    self.valuationIDs = []
    self.attemptedDoublePledges = 0
    self.blinding = blinding
    self.history = HistoryHead(of: registration.vin)
  }

  package var vin: VehicleIdentificationNumber { registration.vin }

  /// The valuation with the newest `asOf` of all authors; of two with the same, the later recorded.
  package var currentValuation: ValuationHead? {
    valuations.max { ($0.asOf, $0.order) < ($1.asOf, $1.order) }
  }

  package func isPledgeIDUsed(_ id: Identifier) -> Bool {
    pledge?.id == id || endedPledges.contains { $0.id == id }
  }
}

/// A height and its block's time.
package struct LedgerMoment: Hashable, Sendable {
  package let height: Height
  package let time: Timestamp

  package init(height: Height, time: Timestamp) {
    self.height = height
    self.time = time
  }
}

/// What stands against a vehicle besides a pledge. Bits are part of the format.
package struct VehicleFlags: OptionSet, Hashable, Sendable {
  package static let deregistered = VehicleFlags(rawValue: 1 << 0)
  package static let stolen = VehicleFlags(rawValue: 1 << 1)
  package static let customs = VehicleFlags(rawValue: 1 << 2)
  package static let seizedByPolice = VehicleFlags(rawValue: 1 << 3)
  package static let scrapped = VehicleFlags(rawValue: 1 << 4)
  package static let totalLoss = VehicleFlags(rawValue: 1 << 5)
  package static let seizedByCourt = VehicleFlags(rawValue: 1 << 6)
  package static let onWatchList = VehicleFlags(rawValue: 1 << 7)
  package static let underDisposal = VehicleFlags(rawValue: 1 << 8)

  /// The flags that keep a vehicle from being pledged.
  package static let blockingPledge: VehicleFlags = [
    .stolen, .customs, .seizedByPolice, .scrapped, .totalLoss, .seizedByCourt, .underDisposal,
  ]

  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// The pledge that holds a vehicle's slot.
package struct LivePledge: Hashable, Sendable {
  package var id: Identifier
  package var pledgee: MemberID
  package var acceptedAt: LedgerMoment
  package var creation: PledgeCreation

  package init(
    id: Identifier, pledgee: MemberID, acceptedAt: LedgerMoment, creation: PledgeCreation
  ) {
    self.id = id
    self.pledgee = pledgee
    self.acceptedAt = acceptedAt
    self.creation = creation
  }
}

/// A pledge that was released.
package struct EndedPledge: Hashable, Sendable {
  package var id: Identifier
  package var pledgee: MemberID
  package var endedAt: Height

  package init(id: Identifier, pledgee: MemberID, endedAt: Height) {
    self.id = id
    self.pledgee = pledgee
    self.endedAt = endedAt
  }
}

/// What later rules need of a valuation.
package struct ValuationHead: Hashable, Sendable {
  package var author: MemberID
  package var authority: ValuationAuthority
  package var id: Identifier
  package var asOf: Timestamp
  package var value: Money
  package var low: Money?
  /// The place in the ledger's order: how many valuations of this vehicle came before.
  package var order: UInt32

  package init(
    author: MemberID, authority: ValuationAuthority, id: Identifier, asOf: Timestamp, value: Money,
    low: Money?, order: UInt32
  ) {
    self.author = author
    self.authority = authority
    self.id = id
    self.asOf = asOf
    self.value = value
    self.low = low
    self.order = order
  }
}

/// In what capacity a valuation was recorded. Raw values are part of the format.
package enum ValuationAuthority: UInt64, Sendable {
  case appraiser = 1
  /// A lender's own, which counts for that lender only.
  case lender = 2
}
