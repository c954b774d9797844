import Cryptography
import Ledger

/// A link to a peer node, numbered by the transport; numbers are never used twice.
package struct LinkID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }

  package static func < (left: LinkID, right: LinkID) -> Bool { left.rawValue < right.rawValue }

  package var description: String { "\(rawValue)" }
}

/// What happened on the links, in order.
package enum TransportEvent: Sendable {
  /// Both connections have greeted: frames can be sent and will come.
  case linkUp(LinkID, MemberID, remote: SocketAddress, dialledBy: LinkSide)
  /// Nothing comes from this link any more, and what waited for it is gone.
  case linkDown(LinkID, reason: LinkEnding)
  case frame(LinkID, Channel, [UInt8])
  /// Something to log; what strangers cause, at a bounded rate.
  case notice(TransportNotice)
}

package enum LinkSide: Hashable, Sendable {
  case thisNode
  case peer
}

/// Why a link ended.
package enum LinkEnding: Hashable, Sendable {
  /// One of its connections did.
  case connection(Channel, ConnectionFailure)
  /// Not a byte came for `TransportLimits.silenceMicroseconds`.
  case silent
  /// The peer does not read what it is sent: too much waits, or for too long.
  case unread(Channel)
  /// The same process of the peer has dialled again.
  case replaced
  /// It was silent when another process of the same member came.
  case replacedByOtherProcess
  /// The peer, or the key with which it came, is no longer configured.
  case notAdmitted
  /// The caller's own reason.
  case disconnected(String)
  case stopped
}

/// Why a connection between nodes failed, before or after its link was up.
package enum ConnectionFailure: Error, Hashable, Sendable {
  /// The other side closed it.
  case closed
  case system(SystemError)
  /// The host name leads nowhere, and why.
  case unresolved(String)
  /// OpenSSL's reason: not TLS, an older version, a broken record.
  case tls(String)
  /// The other side's key is nobody's here.
  case unknownKey(RefusedKey)
  /// This node itself, or another process with its key, is at the other end.
  case ownKey
  /// The other side does not know this node's key.
  case keyRefused
  /// The other side speaks TLS, but not the protocol between nodes.
  case otherProtocol
  case frameTooLarge(Int)
  case malformedHello
  case otherVersion(UInt64)
  case otherNetwork(NetworkID)
  /// Another member than the one that was dialled, or than the certificate's.
  case otherMember(MemberID)
  /// Control and bulk connection lead to different processes, or a hello answers another.
  case mismatchedHello
  /// The other side's hello refused the connection.
  case refusedByPeer(HelloRefusal)
  /// This node's hello refused the connection.
  case refused(HelloRefusal)
  /// It did not connect, shake hands and greet in time.
  case timedOut(ConnectionStep)
  /// Its place was needed for another half-open connection.
  case displaced
  case randomnessUnavailable
}

package enum ConnectionStep: Hashable, Sendable {
  case connecting
  case handshake
  case greeting
  case secondConnection
}

/// What the operator of a node wants to know and no link tells.
package enum TransportNotice: Hashable, Sendable {
  /// A peer could not be reached. The same failure is told once a minute.
  case dialFailed(MemberID, address: NodeAddress, ConnectionFailure)
  /// A connection that came in did not become part of a link; `nil` if whose it was is not known.
  case turnedAway(MemberID?, remote: SocketAddress, ConnectionFailure)
  /// Two processes run with one member's key: the linked one, and one that was turned away.
  case duplicateIdentity(MemberID, linked: SocketAddress, refused: SocketAddress)
  /// A source begins more handshakes than its quota.
  case handshakeQuotaExceeded(SocketAddress)
  /// All half-open places are taken.
  case tooManyHalfOpen(SocketAddress)
  /// Nothing is accepted for a second: the system is out of descriptors or memory.
  case acceptPaused(SystemError)
  /// So many notices that strangers caused were left out.
  case suppressed(UInt64)
}
