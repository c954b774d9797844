import Cryptography
import Ledger

/// A peer node: who may connect, and whom to dial.
package struct PeerConfiguration: Hashable, Sendable {
  package var member: MemberID
  /// The keys that the peer may come with: one, or two during a rotation.
  package var transportKeys: [PublicKey]
  /// In order of preference; a peer without any cannot be dialled.
  package var addresses: [NodeAddress]
  package var isDialled: Bool

  package init(
    member: MemberID, transportKeys: [PublicKey], addresses: [NodeAddress], isDialled: Bool
  ) {
    self.member = member
    self.transportKeys = transportKeys
    self.addresses = addresses
    self.isDialled = isDialled
  }
}

/// What a node is in its network, and where it listens.
package struct TransportConfiguration: Sendable {
  package var network: NetworkID
  package var member: MemberID
  /// The node's identity in TLS.
  package var key: SigningKey
  /// None on a node that only dials.
  package var listenAddresses: [SocketAddress]
  /// Drawn anew by every process.
  package var instance: Nonce
  package var limits: TransportLimits
  /// Of what keeps nodes from dialling in step; from the operating system if `nil`.
  package var jitterSeed: UInt64?

  package init(
    network: NetworkID, member: MemberID, key: SigningKey, listenAddresses: [SocketAddress],
    instance: Nonce, limits: TransportLimits = TransportLimits(), jitterSeed: UInt64? = nil
  ) {
    self.network = network
    self.member = member
    self.key = key
    self.listenAddresses = listenAddresses
    self.instance = instance
    self.limits = limits
    self.jitterSeed = jitterSeed
  }
}
