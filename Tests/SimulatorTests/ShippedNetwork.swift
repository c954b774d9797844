import Cryptography
import Documents
import Foundation
import Ledger

/// The network files that `hypothec network create` makes of `network-configs/`, with keys that are
/// functions of names.
enum ShippedNetwork {
  static let genesisTime = Timestamp(milliseconds: 1_795_219_200_000)!

  static func file(_ name: String) throws -> NetworkFile {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../network-configs/\(name).json").standardized.path
    let template = try NetworkTemplate(try LocalFile.read(path), path)
    let file = NetworkFile(
      name: template.name, genesisTime: genesisTime,
      members: template.members.map {
        GenesisMember(
          id: $0.id, name: $0.name, roles: $0.roles, keys: [key($0.id, .member).publicKey],
          entities: $0.entities)
      },
      validators: try template.validators.map { try node($0.member, in: template.name) },
      followers: try template.followers.map { try node($0.member, in: template.name) },
      governors: template.governors.map {
        Governor(member: $0, key: key($0, .governor).publicKey)
      },
      governorThreshold: template.governorThreshold, policy: template.policy)
    try file.check()
    return file
  }

  static func node(_ member: MemberID, in network: NetworkName) throws -> NodeIdentity {
    func proven(_ purpose: KeyPurpose) throws -> ProvenKey {
      let key = key(member, purpose)
      let message = KeyPossession.toBeSigned(
        network: network, genesisTime: genesisTime, member: member, purpose: purpose,
        key: key.publicKey)
      return ProvenKey(key: key.publicKey, proof: try key.sign(message))
    }
    return NodeIdentity(
      member: member, consensusKey: try proven(.consensus), transportKey: try proven(.transport),
      addresses: [])
  }

  static func key(_ member: MemberID, _ purpose: KeyPurpose) -> SigningKey {
    .ed25519(seed: SHA256.hash(Array("test \(purpose.rawValue) \(member)".utf8)))
  }
}
