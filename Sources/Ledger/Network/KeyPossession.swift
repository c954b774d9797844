import CBOR
import Cryptography

/// What a key is for: every key of a network has one purpose and one holder, for ever. Raw values are
/// part of the formats.
package enum KeyPurpose: String, CaseIterable, Sendable {
  /// Signs a member's transactions.
  case member
  /// Signs a validator's votes.
  case consensus
  /// A node's identity in TLS.
  case transport
  /// Signs changes of the network; kept offline.
  case governor
}

/// The purposes whose keys are added and retired one by one. A consensus key is not among them: a
/// node has one, which changes with the node's registration. Raw values are those of `KeyPurpose`.
package enum RotatingPurpose: String, CaseIterable, Sendable {
  case member
  case transport
  case governor

  package var purpose: KeyPurpose {
    switch self {
    case .member: .member
    case .transport: .transport
    case .governor: .governor
    }
  }
}

/// A key with its holder's proof that it has the private part.
package struct ProvenKey: Hashable, Sendable {
  package let key: PublicKey
  /// The key's signature of `KeyPossession.toBeSigned`.
  package let proof: [UInt8]

  package init(key: PublicKey, proof: [UInt8]) {
    self.key = key
    self.proof = proof
  }

  func encode(into encoder: inout CBOREncoder) {
    encoder.byteString(key.coseKey)
    encoder.byteString(proof)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    key = try reader.publicKey()
    proof = try reader.signature()
  }

  /// Whether the holder of the private part joined `network` with this key for this purpose.
  package func isProven(
    network: NetworkID, member: MemberID, purpose: KeyPurpose
  ) -> Bool {
    let message = KeyPossession.toBeSigned(
      network: network, member: member, purpose: purpose, key: key)
    return Verifier(key).isValid(signature: proof, message: message)
  }
}

/// What the holder of a key signs to show that it has the private part.
package enum KeyPossession {
  /// In a network file, whose hash is not known before the proofs are in it:
  /// `["hypothec/possession/1", network name, genesis time, member, purpose, COSE_Key]`.
  package static func toBeSigned(
    network: NetworkName, genesisTime: Timestamp, member: MemberID, purpose: KeyPurpose,
    key: PublicKey
  ) -> [UInt8] {
    var encoder = CBOREncoder()
    encoder.array(6)
    encoder.text("hypothec/possession/1")
    encoder.memberID(network)
    encoder.timestamp(genesisTime)
    encoder.memberID(member)
    encoder.text(purpose.rawValue)
    encoder.byteString(key.coseKey)
    return encoder.bytes
  }

  /// In a running network: `["hypothec/possession/2", network id, member, purpose, COSE_Key]`.
  package static func toBeSigned(
    network: NetworkID, member: MemberID, purpose: KeyPurpose, key: PublicKey
  ) -> [UInt8] {
    var encoder = CBOREncoder()
    encoder.array(5)
    encoder.text("hypothec/possession/2")
    encoder.digest(network.digest)
    encoder.memberID(member)
    encoder.text(purpose.rawValue)
    encoder.byteString(key.coseKey)
    return encoder.bytes
  }
}
