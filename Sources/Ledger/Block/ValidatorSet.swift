import CBOR
import Cryptography

/// A validator's place in its epoch's set, 0..<31.
package struct ValidatorIndex: Hashable, Comparable, Sendable {
  package let rawValue: UInt8

  package init(_ rawValue: UInt8) { self.rawValue = rawValue }

  package static func < (left: ValidatorIndex, right: ValidatorIndex) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// A member's node that votes.
package struct Validator: Hashable, Sendable {
  package let member: MemberID
  /// Signs votes and nothing else.
  package let consensusKey: PublicKey

  package init(member: MemberID, consensusKey: PublicKey) {
    self.member = member
    self.consensusKey = consensusKey
  }
}

/// The validators of an epoch, in the order of their members' names: 1 to 31, one a member.
package struct ValidatorSet: Hashable, Sendable {
  package static let limit = 31
  private static let domain = Domain("hypothec/validators/1")

  package let epoch: Epoch
  package let validators: [Validator]

  /// `nil` unless there are 1 to 31 validators with different members and different keys.
  package init?(epoch: Epoch, validators: [Validator]) {
    let members = Set(validators.map(\.member))
    let keys = Set(validators.map(\.consensusKey))
    guard (1...ValidatorSet.limit).contains(validators.count), members.count == validators.count,
      keys.count == validators.count
    else { return nil }
    self.epoch = epoch
    self.validators = validators.sorted { $0.member < $1.member }
  }

  package var count: Int { validators.count }

  /// How many validators may fail in any way: the greatest `f` with `3 f < count`.
  package var faultLimit: Int { (count - 1) / 3 }

  /// How many signatures make a certificate: `count - faultLimit`.
  package var quorum: Int { count - faultLimit }

  /// How many validators a next set may change: each that goes, each that comes, and each that stays
  /// with another key is one.
  package var changeLimit: Int { max(1, count / 3) }

  /// How many validators went, came, or stayed with another key.
  package func changeCount(from before: ValidatorSet) -> Int {
    let removed = before.validators.count { index(of: $0.member) == nil }
    let addedOrChanged = validators.count { !before.validators.contains($0) }
    return removed + addedOrChanged
  }

  package subscript(index: ValidatorIndex) -> Validator { validators[Int(index.rawValue)] }

  package func index(of member: MemberID) -> ValidatorIndex? {
    validators.firstIndex { $0.member == member }.map { ValidatorIndex(UInt8($0)) }
  }

  /// What a closing block's header commits to: SHA-256(domain, [epoch, [+ [member, COSE_Key]]]).
  package var hash: Digest {
    var encoder = CBOREncoder()
    encode(into: &encoder)
    return ValidatorSet.domain.hash(encoder.bytes)
  }

  package func encode(into encoder: inout CBOREncoder) {
    encoder.array(2)
    encoder.epoch(epoch)
    encoder.array(validators.count)
    for validator in validators {
      encoder.array(2)
      encoder.memberID(validator.member)
      encoder.byteString(validator.consensusKey.coseKey)
    }
  }

  package init(from reader: inout LedgerReader) throws(LedgerError) {
    let start = reader.offset
    try reader.array(count: 2)
    let epoch = try reader.epoch()
    let validators = try reader.list(1...ValidatorSet.limit) {
      reader throws(LedgerError) in
      try reader.array(count: 2)
      let member = try reader.memberID()
      return Validator(member: member, consensusKey: try reader.publicKey())
    }
    guard let set = ValidatorSet(epoch: epoch, validators: validators),
      set.validators == validators
    else { throw .malformed(.invalidValue(offset: start)) }
    self = set
  }
}

/// The prepared consensus keys of a validator set, in its order.
package struct ValidatorKeys: Sendable {
  private let verifiers: [Verifier]

  package init(_ set: ValidatorSet) {
    verifiers = set.validators.map { Verifier($0.consensusKey) }
  }

  package subscript(index: ValidatorIndex) -> Verifier { verifiers[Int(index.rawValue)] }
}
