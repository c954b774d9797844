import CBOR
import Cryptography

/// A member's node as the state has it: what peers pin their connections to, and what validators are
/// chosen from.
package struct NodeState: Hashable, Sendable {
  /// A new key and the one it replaces.
  package static let transportKeyLimit = 2

  package var member: MemberID
  /// What the node votes with once an epoch begins that has it; the running epoch's set may have
  /// another.
  package var consensusKey: PublicKey
  /// One or two, the newest first; the node may show any of them.
  package var transportKeys: [PublicKey]
  package var addresses: [NodeAddress]

  package init(
    member: MemberID, consensusKey: PublicKey, transportKeys: [PublicKey],
    addresses: [NodeAddress]
  ) {
    self.member = member
    self.consensusKey = consensusKey
    self.transportKeys = transportKeys
    self.addresses = addresses
  }

  package init(_ identity: NodeIdentity) {
    self.init(
      member: identity.member, consensusKey: identity.consensusKey.key,
      transportKeys: [identity.transportKey.key], addresses: identity.addresses)
  }

  func encode(into encoder: inout CBOREncoder) {
    encoder.array(4)
    encoder.memberID(member)
    encoder.byteString(consensusKey.coseKey)
    encoder.array(transportKeys.count)
    for key in transportKeys { encoder.byteString(key.coseKey) }
    encoder.array(addresses.count)
    for address in addresses { encoder.text(address.text) }
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 4)
    member = try reader.memberID()
    consensusKey = try reader.publicKey()
    transportKeys = try reader.list(1...NodeState.transportKeyLimit) {
      reader throws(LedgerError) in try reader.publicKey()
    }
    addresses = try reader.list(0...NodeIdentity.addressLimit) {
      reader throws(LedgerError) in try reader.nodeAddress()
    }
  }
}

/// Whose a key is, and what for. It stays when the key is retired: a key has one use, for ever.
package struct KeyUse: Hashable, Sendable {
  package let member: MemberID
  package let purpose: KeyPurpose

  package init(member: MemberID, purpose: KeyPurpose) {
    self.member = member
    self.purpose = purpose
  }

  func encode(into encoder: inout CBOREncoder) {
    encoder.array(2)
    encoder.memberID(member)
    encoder.text(purpose.rawValue)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 2)
    member = try reader.memberID()
    purpose = try reader.word(KeyPurpose.self)
  }
}
