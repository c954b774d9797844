import Cryptography
import Ledger
import Merkle
import TestSupport
import Testing

@Suite("A chain of headers")
struct HeaderChainTests {
  static let network = ChainNetwork(validatorCount: 4)
  static let genesis = network.genesis

  private let chain = HeaderChain(genesis)

  /// A header that can follow `chain`, with some fields otherwise.
  private func header(
    on chain: HeaderChain, network: NetworkID? = nil, epoch: Epoch? = nil, view: View? = nil,
    parentView: View? = nil, height: Height? = nil, time: Timestamp? = nil,
    proposer: MemberID? = nil, parent: BlockHash? = nil, historyRoot: Digest? = nil,
    nextValidators: Digest? = nil
  ) -> BlockHeader {
    BlockHeader(
      network: network ?? Self.network.id, epoch: epoch ?? chain.nextEpoch,
      view: view ?? View(chain.nextParentView.rawValue + 2),
      parentView: parentView ?? chain.nextParentView, height: height ?? chain.header.height.next,
      time: time ?? chain.header.time.advanced(byMilliseconds: 1),
      proposer: proposer ?? Self.network.proposer, parent: parent ?? chain.hash,
      transactionsRoot: MerkleTree.emptyRoot, outcomesRoot: MerkleTree.emptyRoot,
      transactionCount: 0, operationCount: 0, stateRoot: .zero,
      historyRoot: historyRoot ?? chain.history.root, nextValidators: nextValidators)
  }

  private func follow(_ chain: HeaderChain, _ header: BlockHeader) -> HeaderError? {
    do {
      try chain.check(header, validators: Self.genesis.validators)
      return nil
    } catch {
      return error
    }
  }

  @Test("begins after the genesis block, which closes epoch 0")
  func begins() {
    #expect(Self.genesis.header.isClosing)
    #expect(chain.nextEpoch == Epoch(1))
    #expect(chain.nextParentView == .genesis)
    #expect(follow(chain, header(on: chain)) == nil)
    #expect(Self.genesis.header.nextValidators == Self.genesis.validators.hash)
  }

  @Test("grows by the rules, and its history is the tree of all block hashes")
  func grows() throws {
    var chain = chain
    var hashes = [chain.hash.digest]
    for _ in 0..<20 {
      let next = header(on: chain)
      #expect(follow(chain, next) == nil)
      #expect(next.historyRoot == MerkleTree.root(ofLeaves: hashes))
      chain = chain.appending(next, hash: next.hash)
      hashes.append(next.hash.digest)
      #expect(HeaderChain(endingWith: next, history: chain.history) == chain)
    }
    #expect(HeaderChain(endingWith: chain.header, history: MerkleFrontier()) == nil)
  }

  @Test("refuses a header for each rule that it breaks")
  func refuses() {
    let first = header(on: chain)
    let chain = chain.appending(first, hash: first.hash)
    let early = chain.header.time
    let stranger = try! MemberID("stranger")
    let cases: [(BlockHeader, HeaderError)] = [
      (header(on: chain, network: ContractNetwork.id), .network(ContractNetwork.id)),
      (
        header(on: chain, height: Height(3)),
        .height(expected: Height(2), found: Height(3))
      ),
      (
        header(on: chain, parent: Self.genesis.hash),
        .parent(expected: chain.hash, found: Self.genesis.hash)
      ),
      (header(on: chain, time: early), .timeNotAfterParent(parent: early, time: early)),
      (header(on: chain, epoch: Epoch(2)), .epoch(expected: Epoch(1), found: Epoch(2))),
      (header(on: chain, epoch: .genesis), .epoch(expected: Epoch(1), found: .genesis)),
      (
        header(on: chain, parentView: .genesis),
        .parentView(expected: View(2), found: .genesis)
      ),
      (
        header(on: chain, view: View(2)), .viewNotAfterParent(parentView: View(2), view: View(2))
      ),
      (header(on: chain, proposer: stranger), .proposerNotValidator(stranger)),
      (
        header(on: chain, historyRoot: .zero),
        .historyRoot(expected: chain.history.root, found: .zero)
      ),
    ]
    for (header, error) in cases { #expect(follow(chain, header) == error) }
  }

  @Test("goes on in the next epoch after a closing block, from view 1 on")
  func closes() throws {
    let validators = try #require(
      ValidatorSet(epoch: Epoch(2), validators: Self.genesis.validators.validators))
    let closing = header(on: chain, nextValidators: validators.hash)
    #expect(follow(chain, closing) == nil)
    let closed = chain.appending(closing, hash: closing.hash)
    let next = header(on: closed, view: View(1))
    #expect(next.epoch == Epoch(2))
    try closed.check(next, validators: validators)
    #expect(
      follow(closed, next) == .epoch(expected: Epoch(2), found: Epoch(2)),
      "the validators are still those of epoch 1")
  }
}

@Suite("The genesis")
struct GenesisTests {
  @Test("state has members, codes, nodes, the use of every key, validators, governance and policy")
  func entries() throws {
    let network = ChainNetwork(validatorCount: 4, governorCount: 2)
    let entries = Dictionary(
      uniqueKeysWithValues: network.genesis.entries.map { ($0.id, $0.entry) })
    #expect(entries[.policy] == .policy(PolicySchedule(current: network.file.policy)))
    #expect(entries[.validators] == .validators(try network.file.validatorSet))
    guard case .governance(let governance)?? = entries[.governance] else {
      Issue.record("no governance")
      return
    }
    #expect(governance.governors == network.file.governors)
    #expect(governance.nextSequence == 1)
    for member in network.file.members {
      #expect(entries[.member(member.id)] == .member(MemberState(member: member)))
      for entity in member.entities { #expect(entries[.entity(entity)] == .entity(member.id)) }
    }
    #expect(entries[.members] == .members(network.file.members.map(\.id)))
    func use(_ key: PublicKey) -> StateEntry? { entries[.key(key.keyID)] ?? nil }
    for node in network.file.validators {
      #expect(entries[.node(node.member)] == .node(NodeState(node)))
      #expect(
        use(node.consensusKey.key) == .key(KeyUse(member: node.member, purpose: .consensus)))
      #expect(
        use(node.transportKey.key) == .key(KeyUse(member: node.member, purpose: .transport)))
    }
    for member in network.file.members {
      #expect(use(member.keys[0]) == .key(KeyUse(member: member.id, purpose: .member)))
    }
    for governor in network.file.governors {
      #expect(use(governor.key) == .key(KeyUse(member: governor.member, purpose: .governor)))
    }
    let keyCount = network.file.members.count + 2 * 4 + 2
    let entityCount = network.file.members.reduce(0) { $0 + $1.entities.count }
    #expect(entityCount > 2)
    #expect(entries.count == 4 + network.file.members.count + entityCount + 4 + keyCount)
    #expect(network.genesis.entries.map(\.key) == network.genesis.entries.map(\.key).sorted())
  }

  @Test("header is that of an empty block at height 0, and depends on the whole file")
  func header() throws {
    let network = ChainNetwork()
    let header = network.genesis.header
    #expect(header.height == .genesis)
    #expect(header.epoch == .genesis)
    #expect(header.parent == BlockHash(.zero))
    #expect(header.proposer == network.file.name)
    #expect(header.time == network.file.genesisTime)
    let roots = [header.transactionsRoot, header.outcomesRoot, header.historyRoot]
    #expect(roots == Array(repeating: SHA256.hash([]), count: 3))
    var file = network.file
    file.followers = [ChainNetwork(validatorCount: 2).file.validators[1]]
    #expect(try Genesis(file).hash != network.genesis.hash)
    file.followers = file.validators
    #expect(throws: NetworkFileError.nodeListedTwice(file.validators[0].member)) {
      try Genesis(file)
    }
  }
}
