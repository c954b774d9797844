import Cryptography
import Ledger

/// Random changes of a network: few members and few keys, so that they meet; mostly as they should
/// be, and each thing wrong now and then.
package struct GovernanceGenerator {
  package var random: ContractRandom
  private let network: ChainNetwork
  private let state: MemoryState

  package init(seed: UInt64, network: ChainNetwork, state: MemoryState) {
    random = ContractRandom(seed: seed)
    self.network = network
    self.state = state
  }

  /// Five members of genesis, and three who may join.
  private static let members =
    [
      ContractNetwork.appraiser, ContractNetwork.bankA, ContractNetwork.bankB,
      ContractNetwork.operatorA, ContractNetwork.registry,
    ].map(\.id) + ["new-a", "new-b", "new-c"].map { try! MemberID($0) }

  /// One to three changes with their signers.
  package mutating func changes(at height: Height) -> ([Operation], signers: [MemberID]) {
    let governance = try! state.governance()
    var sequence = governance.nextSequence
    if random.chance(4) { sequence += 1 }
    var actions: [GovernanceAction] = []
    for _ in 0..<random.pick([1, 1, 1, 2, 3]) {
      let action = action(height)
      if actions.last?.closesEpoch == true { break }
      actions.append(action)
    }
    var signers = governance.members
    while signers.count > 1, random.chance(signers.count > governance.threshold ? 50 : 6) {
      signers.remove(at: random.number(0...(signers.count - 1)))
    }
    let operations = actions.enumerated().map { index, action in
      Operation.govern(sequence + UInt64(index), action, by: signers[0])
    }
    return (operations, signers)
  }

  private mutating func action(_ height: Height) -> GovernanceAction {
    let member = random.pick(Self.members)
    return switch random.number(0...99) {
    case ..<12: .admitMember(newcomer())
    case ..<22: .setStanding(member, random.chance(40) ? .suspended : .active)
    case ..<38: addition(member)
    case ..<52: retirement(member)
    case ..<68: .setNode(node(member))
    case ..<86: .setValidators(validators())
    case ..<92:
      .setPolicy(
        .init(
          policy: ContractNetwork.policy,
          height: Height(height.rawValue + UInt64(random.number(0...4)))))
    case ..<96: .advanceEpoch
    default: .setThreshold(random.number(1...4))
    }
  }

  private mutating func newcomer() -> GenesisMember {
    let id = random.chance(90) ? random.pick(Array(Self.members.suffix(3))) : Self.members[1]
    let entities =
      random.chance(70)
      ? [] : [random.pick(["911100001000054748", ContractNetwork.bankB.entities[0].text])]
    var member = ChainNetwork.newcomer(id.text, entities: entities)
    if random.chance(10) {
      member.keys = [ChainNetwork.key(of: random.pick(Self.members), .member).publicKey]
    }
    return member
  }

  private mutating func addition(_ member: MemberID) -> GovernanceAction {
    let purpose = random.pick(RotatingPurpose.allCases)
    let number = random.number(1...9)
    let proven = network.provenKey(
      of: random.chance(95) ? member : random.pick(Self.members),
      random.chance(95) ? purpose.purpose : .member, number: number)
    return .addKey(member, purpose, proven)
  }

  private mutating func retirement(_ member: MemberID) -> GovernanceAction {
    let purpose = random.pick(RotatingPurpose.allCases)
    let held: [PublicKey] =
      switch purpose {
      case .member: (try! state.signingKeys(of: member, for: .members)) ?? []
      case .governor: (try! state.signingKeys(of: member, for: .governors)) ?? []
      case .transport: (try! state.node(of: member))?.transportKeys ?? []
      }
    let key =
      held.isEmpty || random.chance(10)
      ? ChainNetwork.key(of: member, purpose.purpose, number: 9).publicKey : random.pick(held)
    return .retireKey(member, purpose, keyID: key.keyID)
  }

  private mutating func node(_ member: MemberID) -> NodeIdentity {
    let current = try! state.node(of: member)
    let consensus =
      random.chance(70) ? current.flatMap { number(of: $0.consensusKey, member, .consensus) } : nil
    let transport =
      random.chance(60)
      ? current.flatMap { number(of: $0.transportKeys[0], member, .transport) } : nil
    var node = network.node(
      of: member, consensus: consensus ?? random.number(1...5),
      transport: transport ?? random.number(1...6), addresses: ["a:\(random.number(1...9))"])
    if random.chance(5) {
      node.transportKey = ProvenKey(key: node.transportKey.key, proof: node.consensusKey.proof)
    }
    if random.chance(3) { node.transportKey = network.provenKey(of: member, .consensus, number: 5) }
    return node
  }

  /// The validators as they are, with one or two members more or less.
  private mutating func validators() -> ValidatorChange {
    let before = try! state.validatorSet()
    var members = Set(before.validators.map(\.member))
    for _ in 0..<random.pick([0, 1, 1, 1, 2]) {
      let member = random.pick(Self.members)
      if members.contains(member), members.count > 1 {
        members.remove(member)
      } else {
        members.insert(member)
      }
    }
    let named = members.sorted()
    var ready = named
    while !ready.isEmpty, random.chance(15) {
      ready.remove(at: random.number(0...(ready.count - 1)))
    }
    var consensus: [MemberID: Int] = [:]
    for member in named {
      guard let node = try! state.node(of: member) else { continue }
      consensus[member] =
        random.chance(95) ? number(of: node.consensusKey, member, .consensus) : 6
    }
    return network.validatorChange(
      to: named, in: before.epoch.next, ready: ready, consensus: consensus)
  }

  private func number(of key: PublicKey, _ member: MemberID, _ purpose: KeyPurpose) -> Int? {
    (1...6).first { ChainNetwork.key(of: member, purpose, number: $0).publicKey == key }
  }
}
