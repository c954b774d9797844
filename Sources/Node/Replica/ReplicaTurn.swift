import Consensus
import Cryptography
import Ledger
import Transport

/// What comes into a turn.
package enum ReplicaInput: Sendable {
  case request(ClientID, NumberedRequest)
  /// The client is gone.
  case left(ClientID)
  case verified([VerificationResult])
  /// A key has its table.
  case prepared(Verifier)
  case written(WriteResult)
  /// A peer's node is connected and is who it says.
  case linkUp(Link, MemberID, remote: String)
  case linkDown(Link, reason: String)
  /// How fast a peer takes what it is sent on the bulk connection, when that changes.
  case pace(Link, LinkPace)
  /// A peer could not be dialled.
  case unreachable(MemberID, address: String, reason: String)
  case frame(Link, Channel, [UInt8])
}

/// What goes out of a turn. Everything in it may be done at once, in any order; what had to wait for
/// a sync has waited.
package struct ReplicaOutput: Sendable {
  package var answers: [ReplicaAnswer] = []
  package var verifications: [VerificationJob] = []
  /// Keys for which a verifier with a table is to be made.
  package var tables: [PublicKey] = []
  package var writes: [WriteJob] = []
  /// For peers, in this order.
  package var frames: [PeerFrame] = []
  /// Links to be closed; nothing more is said on them.
  package var cuts: [PeerCut] = []
  /// The registry of nodes, at the start and when it has changed.
  package var nodes: NodeRegistry?
  /// When the next turn is due although nothing has come in.
  package var wake: Instant?

  package init() {}
}

package struct ReplicaAnswer: Sendable {
  package let client: ClientID
  package let number: RequestNumber
  package let response: NodeResponse
}
