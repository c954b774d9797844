import CBOR
import Cryptography

/// Who may change the network, and how many changes there were.
///
/// Governing is an office of its own: a suspended member's governor key counts until it is retired,
/// so that no suspension can leave the others below the threshold for good.
package struct GovernanceState: Hashable, Sendable {
  /// A new key and the one it replaces.
  package static let keyLimit = 2
  private static let listLimit = keyLimit * NetworkFile.memberLimit

  /// Every key of every governor, in the order of the members' ids, then of the keys'.
  package private(set) var governors: [Governor]
  /// How many governors must sign a change.
  package var threshold: Int
  /// The number that the next change must carry.
  package var nextSequence: UInt64

  package init(governors: [Governor], threshold: Int, nextSequence: UInt64) {
    self.governors = governors.sorted { ($0.member, $0.key.keyID) < ($1.member, $1.key.keyID) }
    self.threshold = threshold
    self.nextSequence = nextSequence
  }

  /// Whether so many signatures can ever be had: a transaction has at most 16.
  package static func isReachable(threshold: Int, governorCount: Int) -> Bool {
    threshold >= 1 && threshold <= min(governorCount, TransactionPayload.signerLimit)
  }

  /// The governors, each once, ascending.
  package var members: [MemberID] {
    var members: [MemberID] = []
    for governor in governors where members.last != governor.member {
      members.append(governor.member)
    }
    return members
  }

  package func keys(of member: MemberID) -> [PublicKey] {
    governors.filter { $0.member == member }.map(\.key)
  }

  package mutating func add(_ governor: Governor) {
    self = GovernanceState(
      governors: governors + [governor], threshold: threshold, nextSequence: nextSequence)
  }

  package mutating func remove(_ keyID: Digest) {
    governors.removeAll { $0.key.keyID == keyID }
  }

  func encode(into encoder: inout CBOREncoder) {
    encoder.array(3)
    encoder.array(governors.count)
    for governor in governors { governor.encode(into: &encoder) }
    encoder.unsigned(UInt64(threshold))
    encoder.unsigned(nextSequence)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 3)
    governors = try reader.list(1...GovernanceState.listLimit) {
      reader throws(LedgerError) in try Governor(from: &reader)
    }
    threshold = Int(try reader.number(1...UInt64(NetworkFile.memberLimit)))
    nextSequence = try reader.unsigned()
  }
}
