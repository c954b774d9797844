import CBOR
import Cryptography

/// A member of the network as the state has it.
package struct MemberState: Hashable, Sendable {
  package var member: GenesisMember
  package var standing: MemberStanding
  /// How many of the member's transactions were refused in the hour that began at `hour` hours
  /// after 1970-01-01T00:00:00Z, by block time.
  package var refusals: RefusalWindow

  package init(
    member: GenesisMember, standing: MemberStanding = .active, refusals: RefusalWindow = .none
  ) {
    self.member = member
    self.standing = standing
    self.refusals = refusals
  }

  package func has(_ role: Role) -> Bool { member.roles.contains(role) }

  package func key(_ keyID: Digest) -> PublicKey? { member.keys.first { $0.keyID == keyID } }

  func encode(into encoder: inout CBOREncoder) {
    encoder.array(4)
    member.encode(into: &encoder)
    encoder.unsigned(standing.rawValue)
    encoder.unsigned(refusals.hour)
    encoder.unsigned(UInt64(refusals.count))
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 4)
    member = try GenesisMember(from: &reader)
    standing = try reader.enumeration(MemberStanding.self)
    let hour = try reader.unsigned()
    refusals = RefusalWindow(hour: hour, count: UInt32(try reader.number(0...UInt64(UInt32.max))))
  }
}

package enum MemberStanding: UInt64, CaseIterable, Sendable {
  case active = 1
  case suspended = 2
}

/// A count that starts anew with every hour of block time.
package struct RefusalWindow: Hashable, Sendable {
  package static let none = RefusalWindow(hour: 0, count: 0)
  private static let hourMilliseconds: UInt64 = 3_600_000

  package let hour: UInt64
  package let count: UInt32

  package init(hour: UInt64, count: UInt32) {
    self.hour = hour
    self.count = count
  }

  /// How many refusals the hour of `time` has so far.
  package func count(at time: Timestamp) -> UInt32 {
    hour == time.milliseconds / RefusalWindow.hourMilliseconds ? count : 0
  }

  /// The window with one more refusal at `time`.
  package func adding(at time: Timestamp) -> RefusalWindow {
    RefusalWindow(
      hour: time.milliseconds / RefusalWindow.hourMilliseconds, count: count(at: time) + 1)
  }
}

/// A version of a valuation model.
package struct ModelState: Hashable, Sendable {
  package var registration: ModelRegistration
  package var registeredBy: MemberID
  package var registeredAt: LedgerMoment

  package init(
    registration: ModelRegistration, registeredBy: MemberID, registeredAt: LedgerMoment
  ) {
    self.registration = registration
    self.registeredBy = registeredBy
    self.registeredAt = registeredAt
  }

  func encode(into encoder: inout CBOREncoder) {
    encoder.array(3)
    Operation(by: registeredBy, body: .registerModel(registration)).encode(into: &encoder)
    encoder.height(registeredAt.height)
    encoder.timestamp(registeredAt.time)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 3)
    let start = reader.offset
    let operation = try Operation(from: &reader)
    guard case .registerModel(let registration) = operation.body else {
      throw reader.invalidValue(at: start)
    }
    let height = try reader.height()
    self.init(
      registration: registration, registeredBy: operation.by,
      registeredAt: LedgerMoment(height: height, time: try reader.timestamp()))
  }
}

/// A reference that was used, until its transaction's `valid until` has passed.
package struct ReferenceState: Hashable, Sendable {
  package var transaction: TransactionID
  package var validUntil: Timestamp

  package init(transaction: TransactionID, validUntil: Timestamp) {
    self.transaction = transaction
    self.validUntil = validUntil
  }

  func encode(into encoder: inout CBOREncoder) {
    encoder.array(2)
    encoder.digest(transaction.digest)
    encoder.timestamp(validUntil)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 2)
    transaction = TransactionID(try reader.digest())
    validUntil = try reader.timestamp()
  }
}
