import CBOR
import Cryptography

/// The network file (genesis): who is in the network, who validates, who governs, and the policy
/// (docs/formats/network-file.md). Its hash is the network's id.
package struct NetworkFile: Hashable, Sendable {
  package static let version: UInt64 = 1
  package static let byteLimit = 4 * 1024 * 1024
  package static let memberLimit = 1_000
  private static let domain = Domain("hypothec/network/1")

  package var name: NetworkName
  package var genesisTime: Timestamp
  /// In the order of their ids.
  package var members: [GenesisMember]
  /// Nodes that vote, in the order of their members' ids, one a member.
  package var validators: [NodeIdentity]
  /// Nodes that follow and do not vote.
  package var followers: [NodeIdentity]
  package var governors: [Governor]
  /// How many governors must sign a change of the network.
  package var governorThreshold: Int
  package var policy: Policy

  package init(
    name: NetworkName, genesisTime: Timestamp, members: [GenesisMember],
    validators: [NodeIdentity], followers: [NodeIdentity], governors: [Governor],
    governorThreshold: Int, policy: Policy
  ) {
    self.name = name
    self.genesisTime = genesisTime
    self.members = members.sorted { $0.id < $1.id }
    self.validators = validators.sorted { $0.member < $1.member }
    self.followers = followers.sorted { $0.member < $1.member }
    self.governors = governors.sorted { $0.member < $1.member }
    self.governorThreshold = governorThreshold
    self.policy = policy
  }

  package var id: NetworkID { NetworkID(NetworkFile.domain.hash(encoded)) }

  /// The validators of epoch 1.
  package var validatorSet: ValidatorSet {
    get throws(NetworkFileError) {
      guard
        let set = ValidatorSet(
          epoch: Epoch.genesis.next,
          validators: validators.map {
            Validator(member: $0.member, consensusKey: $0.consensusKey.key)
          })
      else { throw .validatorSetInvalid }
      return set
    }
  }
}

extension NetworkFile {
  /// Every key in the file, with its holder and its purpose.
  var keyUses: [(key: PublicKey, use: KeyUse)] {
    var uses: [(key: PublicKey, use: KeyUse)] = []
    for member in members {
      uses += member.keys.map { ($0, KeyUse(member: member.id, purpose: .member)) }
    }
    for node in validators + followers {
      uses.append((node.consensusKey.key, KeyUse(member: node.member, purpose: .consensus)))
      uses.append((node.transportKey.key, KeyUse(member: node.member, purpose: .transport)))
    }
    uses += governors.map { ($0.key, KeyUse(member: $0.member, purpose: .governor)) }
    return uses
  }
}

/// The name that people give a network; it is also the proposer of the genesis block.
package typealias NetworkName = MemberID

/// A member as the network file lists it.
package struct GenesisMember: Hashable, Sendable {
  package static let keyLimit = 8
  package static let entityLimit = 8

  package var id: MemberID
  package var name: DescriptiveText
  /// Ascending, at least one.
  package var roles: [Role]
  /// The keys that sign transactions, in the order of their ids; at least one.
  package var keys: [PublicKey]
  /// The codes by which this member appears as a party; an owner that is a member co-signs a pledge.
  package var entities: [LegalEntity]

  package init(
    id: MemberID, name: DescriptiveText, roles: [Role], keys: [PublicKey], entities: [LegalEntity]
  ) {
    self.id = id
    self.name = name
    self.roles = Set(roles).sorted()
    self.keys = keys.sorted { $0.keyID < $1.keyID }
    self.entities = entities.sorted()
  }
}

/// A node's keys and where it listens.
package struct NodeIdentity: Hashable, Sendable {
  package static let addressLimit = 8

  package var member: MemberID
  /// Signs votes; a follower has one so that it can become a validator.
  package var consensusKey: ProvenKey
  /// The node's identity in TLS.
  package var transportKey: ProvenKey
  /// `host:port`, at most 8.
  package var addresses: [NodeAddress]

  package init(
    member: MemberID, consensusKey: ProvenKey, transportKey: ProvenKey, addresses: [NodeAddress]
  ) {
    self.member = member
    self.consensusKey = consensusKey
    self.transportKey = transportKey
    self.addresses = addresses
  }
}

/// A member's key, kept offline, that signs changes of the network.
package struct Governor: Hashable, Sendable {
  package var member: MemberID
  package var key: PublicKey

  package init(member: MemberID, key: PublicKey) {
    self.member = member
    self.key = key
  }
}

/// `host:port`: a host name, an IPv4 address, or an IPv6 address in brackets.
package struct NodeAddress: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  package init(_ text: String) throws(RefusalCode) {
    guard NodeAddress.isWellFormed(text) else { throw .identifierInvalid }
    self.text = text
  }

  package var description: String { text }

  private static func isWellFormed(_ text: String) -> Bool {
    guard text.utf8.count <= 255, let colon = text.lastIndex(of: ":") else { return false }
    let host = text[..<colon]
    let port = text[text.index(after: colon)...]
    let isNumber = port.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard isNumber, port.first != "0", let number = UInt16(port), number > 0 else { return false }
    if host.hasPrefix("["), host.hasSuffix("]") {
      return host.count > 2 && host.dropFirst().dropLast().utf8.allSatisfy(isAddressByte)
    }
    return !host.isEmpty && host.utf8.allSatisfy(isHostByte)
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"): true
    default: false
    }
  }

  private static func isAddressByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "."): true
    default: false
    }
  }
}
