import Consensus
import Cryptography
import Ledger
import Storage

/// What a replica knows from the start.
package struct ReplicaConfiguration: Sendable {
  package var network: NetworkID
  package var networkName: NetworkName
  package var member: MemberID
  /// `nil` on a node that only follows.
  package var consensusKey: SigningKey?
  /// Signs the node's reports of its links; without it, it makes none.
  package var transportKey: SigningKey?
  /// An empty block is made when there was no other for so long; never if `nil`.
  package var heartbeatMilliseconds: UInt64? = 3_600_000
  /// The bound on the network's delay when all is well.
  package var delayMicroseconds: UInt64 = ConsensusTiming().delay
  /// What is done about damage to the block log, if other nodes are registered that could have what is
  /// lost; a node that is alone always refuses it.
  package var damage = DamagePolicy.leaveHoles
  /// The same on all nodes of all networks, but in tests.
  package var segmentByteCount = BlockLog.Configuration.usualSegmentByteCount
  /// A block is built although a write is under way if it has at least so many transactions.
  package var overlapTransactionCount = 256
  /// Shared by all nodes of one process, in a simulation.
  package var signatureMemo: SignatureMemo?

  /// The journal is emptied when nothing was written for so long, in microseconds.
  static let quiet: UInt64 = 1_000_000
  /// Between attempts to write to a full disk, in microseconds.
  static let spaceRetry: UInt64 = 2_000_000
  /// Between the segments that are looked through for damage, in microseconds: until all were, and
  /// from then on. A segment costs about 100 ms of a processor and 64 MiB of reading.
  static let firstScrub: UInt64 = 1_000_000
  static let laterScrub: UInt64 = 60_000_000

  package init(
    network: NetworkID, networkName: NetworkName, member: MemberID, consensusKey: SigningKey?
  ) {
    self.network = network
    self.networkName = networkName
    self.member = member
    self.consensusKey = consensusKey
  }

  func timing(validatorCount: Int) -> ConsensusTiming {
    var timing = ConsensusTiming.local(validatorCount: validatorCount)
    timing.delay = delayMicroseconds
    return timing
  }
}
