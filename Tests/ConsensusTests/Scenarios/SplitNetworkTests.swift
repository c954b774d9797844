import Consensus
import Ledger
import TestSupport
import Testing

/// Validators of which some know of a notarization and some of a nullification, brought about message
/// by message, and then left to themselves.
@Suite("A network whose validators heard different things")
struct SplitNetworkTests {
  /// The first block, which all four validators have notarized and nobody else has heard of.
  private struct Notarized {
    let network: SimulatedNetwork
    let ballot: Ballot

    var notarization: Certificate { ConsensusFixture.certificate(ballot, signers: 3) }
    var nullification: Certificate {
      let ballot = Ballot(epoch: ballot.epoch, view: ballot.view, subject: .nullify)
      return ConsensusFixture.certificate(ballot, signers: 3)
    }

    func leader(of view: View) -> Int {
      Int(network.hosts[0].machine.leader(of: view).rawValue)
    }

    /// Whether a validator has cast a vote of that kind in the first view.
    func hasCast(_ kind: VoteKind, _ index: Int) -> Bool {
      network.hosts[index].machine.votes(of: ValidatorIndex(UInt8(index))).contains {
        $0.ballot.view == ballot.view && $0.ballot.subject.kind == kind
      }
    }

    func show(_ certificate: Certificate, to index: Int) {
      network.inject(.message(.certificate(certificate)), from: (index + 1) % 4, to: index)
    }
  }

  private func network(seed: UInt64) -> SimulatedNetwork {
    var plan = SimulationPlan(seed: seed, validatorCount: 4)
    plan.timing.maximumDelay = 2_000_000
    let network = SimulatedNetwork(plan)
    network.isCut = { _, _ in true }
    return network
  }

  private func notarized(seed: UInt64) throws -> Notarized {
    let network = network(seed: seed)
    let leader = Int(network.hosts[0].machine.leader(of: View(1)).rawValue)
    network.submit(1, to: leader)
    network.run(for: 5_000)
    let index = ValidatorIndex(UInt8(leader))
    let vote = try #require(network.hosts[leader].machine.votes(of: index).first)
    let hash = try #require(vote.ballot.subject.block?.hash)
    let block = try #require(network.hosts[leader].block(hash))
    let proposal = Proposal(header: block.header, leaderVote: vote, justification: [])
    for other in 0..<4 where other != leader {
      network.inject(.block(block), from: leader, to: other)
      network.inject(.message(.proposal(proposal)), from: leader, to: other)
    }
    network.run(for: 5_000)
    let notarized = Notarized(network: network, ballot: vote.ballot)
    for index in 0..<4 { #expect(notarized.hasCast(.notarize, index)) }
    return notarized
  }

  /// All links work, and within ten seconds everybody has the transaction.
  private func expectHealing(
    _ network: SimulatedNetwork, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    network.isCut = { _, _ in false }
    network.run(for: 10_000_000)
    let chains = network.hosts.map { $0.chain.flatMap(\.transactions) }
    #expect(chains == Array(repeating: [1], count: 4), sourceLocation: sourceLocation)
    #expect(network.checker.violation == nil, sourceLocation: sourceLocation)
  }

  @Test(
    "goes on when two finalize a view that two give up, which nobody can decide any more",
    arguments: [1, 2, 3] as [UInt64])
  func splitViews(seed: UInt64) throws {
    let split = try notarized(seed: seed)
    for index in [0, 1] { split.show(split.notarization, to: index) }
    split.network.run(for: 400_000)
    for index in 0..<4 {
      #expect(split.hasCast(.finalize, index) == (index < 2))
      #expect(split.hasCast(.nullify, index) == (index >= 2))
    }
    expectHealing(split.network)
  }

  /// What the leader of the second view knows of the first; the others know of the rest.
  enum Knowledge: CaseIterable, Sendable { case notarization, nullification, both }

  @Test(
    "goes on when one view is notarized for some and nullified for others",
    arguments: Knowledge.allCases, [1, 2] as [UInt64])
  func certifiedSplit(knowledge: Knowledge, seed: UInt64) throws {
    let split = try notarized(seed: seed)
    split.network.run(for: 400_000)
    for index in 0..<4 { #expect(split.hasCast(.nullify, index)) }
    let leader = split.leader(of: View(2))
    for index in 0..<4 {
      let isNotarized: Bool
      switch knowledge {
      case .notarization: isNotarized = index == leader
      case .nullification: isNotarized = index != leader
      case .both: isNotarized = index.isMultiple(of: 2)
      }
      split.show(isNotarized ? split.notarization : split.nullification, to: index)
    }
    if knowledge == .both {
      split.show(split.notarization, to: leader)
      split.show(split.nullification, to: leader)
    }
    split.network.run(for: 5_000)
    for host in split.network.hosts { #expect(host.machine.view == View(2)) }
    expectHealing(split.network)
  }

  @Test(
    "goes on when all crash after they have given the view up, before anybody heard of it",
    arguments: [4, 7])
  func crashAfterNullify(validatorCount: Int) {
    var plan = SimulationPlan(seed: 9, validatorCount: validatorCount)
    plan.timing.maximumDelay = 2_000_000
    let network = SimulatedNetwork(plan)
    network.isCut = { _, _ in true }
    for index in 0..<validatorCount { network.submit(1, to: index) }
    network.run(for: 450_000)
    for (index, host) in network.hosts.enumerated() {
      let votes = host.machine.votes(of: ValidatorIndex(UInt8(index)))
      #expect(votes.contains { $0.ballot.subject == .nullify })
      #expect(host.machine.view == View(1))
    }
    for index in 0..<validatorCount { network.crash(index) }
    for index in 0..<validatorCount { network.restart(index) }
    network.isCut = { _, _ in false }
    // Their transactions went with them; the client submits its own again.
    network.submit(1, to: 0)
    network.run(for: 10_000_000)
    for host in network.hosts { #expect(host.chain.flatMap(\.transactions) == [1]) }
    #expect(network.checker.violation == nil)
  }

  @Test(
    "goes on when its leader proposed one block to one side and another to the other, and names it",
    arguments: [1, 2])
  func conflictingProposals(firstCount: Int) throws {
    let leader = Int(network(seed: 1).hosts[0].machine.leader(of: View(1)).rawValue)
    var plan = SimulationPlan(seed: 10, validatorCount: 4)
    plan.timing.maximumDelay = 2_000_000
    plan.misbehaviours = [leader: .silentLeader]
    let network = SimulatedNetwork(plan)
    let honest = (0..<4).filter { $0 != leader }
    let first = honest.prefix(firstCount)
    network.isCut = { one, other in
      one != leader && other != leader && first.contains(one) != first.contains(other)
    }
    let genesis = network.hosts[leader].chain[0].header
    for index in honest {
      let number: UInt64 = first.contains(index) ? 1 : 2
      let block = network.hosts[leader].block(
        for: ProposalRequest(
          epoch: Epoch(1), view: View(1), parentView: .genesis, parent: genesis.hash,
          height: Height(1), minimumTime: genesis.time.advanced(byMilliseconds: 1),
          kind: .transactions),
        transactions: [number], proposer: network.hosts[leader].member, salt: 0,
        at: genesis.time.advanced(byMilliseconds: 60_000))
      let reference = BlockReference(parentView: .genesis, hash: block.header.hash)
      let ballot = Ballot(epoch: Epoch(1), view: View(1), subject: .notarize(reference))
      let proposal = Proposal(
        header: block.header,
        leaderVote: ConsensusFixture.vote(ballot, signer: ValidatorIndex(UInt8(leader))),
        justification: [])
      network.inject(.block(block), from: leader, to: index)
      network.inject(.message(.proposal(proposal)), from: leader, to: index)
      network.submit(number, to: index)
    }
    network.run(for: 5_000_000)
    network.isCut = { _, _ in false }
    network.run(for: 15_000_000)
    for index in honest {
      #expect(network.hosts[index].chain.flatMap(\.transactions).sorted() == [1, 2])
    }
    #expect(network.checker.evidenceCount > 0)
    #expect(network.checker.violation == nil)
  }
}
