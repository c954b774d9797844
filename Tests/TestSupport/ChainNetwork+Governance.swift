import Cryptography
import Ledger

// What changes of the network are made of: keys with their proofs, nodes, attestations.

extension ChainNetwork {
  /// A key that joins the running network, proven by itself.
  package func provenKey(
    of member: MemberID, _ purpose: KeyPurpose, number: Int = 1
  ) -> ProvenKey {
    let key = ChainNetwork.key(of: member, purpose, number: number)
    let message = KeyPossession.toBeSigned(
      network: id, member: member, purpose: purpose, key: key.publicKey)
    return ProvenKey(key: key.publicKey, proof: try! key.sign(message))
  }

  /// The node of a member, by default with its first keys.
  package func node(
    of member: MemberID, consensus: Int = 1, transport: Int = 1, addresses: [String] = []
  ) -> NodeIdentity {
    NodeIdentity(
      member: member, consensusKey: provenKey(of: member, .consensus, number: consensus),
      transportKey: provenKey(of: member, .transport, number: transport),
      addresses: addresses.map { try! NodeAddress($0) })
  }

  /// A change to these validators, with the attestations of `ready`, by default all.
  ///
  /// - Parameters:
  ///   - epoch: that of the new set.
  ///   - consensus: the number of a member's consensus key, where it is not the first.
  package func validatorChange(
    to members: [MemberID], in epoch: Epoch, ready: [MemberID]? = nil,
    consensus: [MemberID: Int] = [:]
  ) -> ValidatorChange {
    func key(_ member: MemberID) -> SigningKey {
      ChainNetwork.key(of: member, .consensus, number: consensus[member] ?? 1)
    }
    let set = ValidatorSet(
      epoch: epoch,
      validators: members.map { Validator(member: $0, consensusKey: key($0).publicKey) })!
    let message = ReadyAttestation.toBeSigned(network: id, set: set)
    return ValidatorChange(
      members: members,
      attestations: (ready ?? members).map {
        ReadyAttestation(member: $0, signature: try! key($0).sign(message))
      })
  }

  /// A member that the network does not have yet.
  package static func newcomer(
    _ id: String, roles: [Role] = [.lender], entities: [String] = [], keys: [Int] = [1]
  ) -> GenesisMember {
    let id = try! MemberID(id)
    return GenesisMember(
      id: id, name: try! DescriptiveText(id.text), roles: roles,
      keys: keys.map { key(of: id, .member, number: $0).publicKey },
      entities: entities.map { try! LegalEntity($0) })
  }
}

extension Operation {
  package static func govern(
    _ sequence: UInt64, _ action: GovernanceAction, by member: MemberID = ChainNetwork.governors[0]
  ) -> Operation {
    Operation(
      by: member, body: .governance(GovernanceChange(sequence: sequence, action: action)))
  }
}
