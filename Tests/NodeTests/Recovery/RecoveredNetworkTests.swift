import Consensus
import Cryptography
import Ledger
import SimulatedMachine
import Storage
import TestSupport
import Testing

@testable import Node

/// Networks whose validators were lost, and what the governors make of the rest.
@Suite("Replicas that lost their quorum for good")
struct RecoveredNetworkTests {
  /// Four validators and some followers that recorded a few vehicles, all of it in their logs.
  private func network(
    followers: Int = 0, reportsLinks: Bool = false
  ) throws -> ReplicaNetwork {
    let network = try ReplicaNetwork(
      4 + followers, followers: followers, reportsLinks: reportsLinks)
    try network.run(milliseconds: 50)
    for number in 0..<3 { try network.register(number, at: 1) }
    try network.run(milliseconds: 5_000)
    #expect(network.isEven)
    return network
  }

  /// A record behind the head of node 0, signed by the one governor.
  private func record(
    _ network: ReplicaNetwork, to indices: [Int], nodes: [NodeIdentity] = [],
    epoch: Epoch = Epoch(2)
  ) throws -> RecoveryRecord {
    let head = network[0].replica.chainHead
    let validators = indices.map {
      Validator(
        member: network.members[$0].id, consensusKey: network.consensusKeys[$0].publicKey)
    }
    let set = try #require(ValidatorSet(epoch: epoch, validators: validators))
    var record = try #require(
      RecoveryRecord(
        network: head.network, height: head.height, block: head.block, time: network.now.wallClock,
        validators: set, nodes: nodes))
    try record.sign(with: network.governorKey)
    return record
  }

  /// What `node recover` does on a stopped node.
  private func accept(
    _ record: RecoveryRecord, _ network: ReplicaNetwork, on disk: SimulatedDisk,
    _ store: MemoryStateStore
  ) throws -> Chain.RecoveryAcceptance {
    try Chain.open(
      network.genesis, on: disk, network.logConfiguration, index: .memory(store)
    ).accept(record, on: disk)
  }

  /// Stops a node and starts it again with the record.
  private func restart(
    _ index: Int, _ network: ReplicaNetwork, accepting record: RecoveryRecord
  ) throws -> Chain.RecoveryAcceptance {
    let (disk, store) = (network[index].disk, network[index].store)
    try network.crash(index)
    let acceptance = try accept(record, network, on: disk, store)
    try network.restart(index, disk: disk, store)
    return acceptance
  }

  @Test("go on with the one that is left and three that followed; those lost come back and stop")
  func followersTakeOver() throws {
    let network = try network(followers: 3)
    let lost = [1, 2, 3].map { (index: $0, disk: network[$0].disk, store: network[$0].store) }
    for node in lost { try network.crash(node.index) }
    let stuck = try network.submit(network.registration(10, by: 0), to: 0)
    try network.run(milliseconds: 10_000)
    #expect(!network.isAccepted(stuck, at: 0))
    let height = network.heights[0]
    let record = try record(network, to: [0, 4, 5, 6])
    for index in [0, 4, 5, 6] {
      #expect(try restart(index, network, accepting: record) == .begun)
    }
    for number in 20..<24 { try network.register(number, at: [0, 4, 5, 6][number % 4]) }
    #expect(network.heights[0] > height)
    #expect(network[5].replica.runningStatus.role == .validator)

    // Three of the old four would be a quorum.
    for node in lost { try network.restart(node.index, disk: node.disk, node.store) }
    try network.submit(network.registration(30, by: 1), to: 1)
    try network.run(milliseconds: 20_000)
    for node in lost {
      #expect(network.heights[node.index] == height)
      let waitsFor = network[node.index].replica.runningStatus.waitsFor
      #expect(waitsFor.contains(record.hash.description), "\(waitsFor)")
      #expect(waitsFor.contains("node recover"), "\(waitsFor)")
    }
    try network.register(31, at: 4)
    try network.checkAgreement()

    // One whose operator accepts the record follows.
    #expect(try restart(1, network, accepting: record) == .begun)
    let target = network.heights[0]
    #expect(
      try network.run(milliseconds: 30_000) { network.heights[1] >= target },
      "heights \(network.heights)")
    #expect(network[1].replica.runningStatus.role == .follower)
    try network.checkAgreement()
  }

  @Test("go on with new nodes in empty directories, which catch up over the record's block")
  func newNodes() throws {
    // Who is behind does not know the keys under the others' reports.
    let network = try network(reportsLinks: true)
    for index in 1...3 { try network.crash(index) }
    try network.run(milliseconds: 5_000)
    var nodes: [NodeIdentity] = []
    for index in 1...3 {
      network.consensusKeys[index] = try SigningKey.generate(.edDSA)
      network.transportKeys[index] = try SigningKey.generate(.edDSA)
      nodes.append(try node(network, index))
    }
    let record = try record(network, to: [0, 1, 2, 3], nodes: nodes)
    #expect(try restart(0, network, accepting: record) == .begun)
    for index in 1...3 {
      let (disk, store) = (SimulatedDisk(), MemoryStateStore())
      _ = try DataDirectory.create(on: disk, network.logConfiguration)
      #expect(try accept(record, network, on: disk, store) == .awaited)
      try network.start(index, on: disk, store)
    }
    let height = network.heights[0]
    #expect(
      try network.run(milliseconds: 30_000) { network.heights.allSatisfy { $0 >= height } },
      "heights \(network.heights)")
    try network.run(milliseconds: 5_000)
    for number in 20..<24 { try network.register(number, at: number % 4) }
    #expect(try network.run(milliseconds: 10_000) { network.isEven })
    for index in 0..<4 { #expect(network[index].replica.runningStatus.role == .validator) }
    try network.checkAgreement()

    // It is the same after they all stop at once.
    let disks = (0..<4).map { (disk: network[$0].disk, store: network[$0].store) }
    for index in 0..<4 { try network.crash(index) }
    for index in 0..<4 {
      try network.restart(index, disk: disks[index].disk, MemoryStateStore())
    }
    try network.run(milliseconds: 2_000)
    try network.register(40, at: 2)
    try network.checkAgreement()
  }

  private func node(_ network: ReplicaNetwork, _ index: Int) throws -> NodeIdentity {
    let member = network.members[index].id
    func proven(_ key: SigningKey, _ purpose: KeyPurpose) throws -> ProvenKey {
      let message = KeyPossession.toBeSigned(
        network: network.genesis.network, member: member, purpose: purpose, key: key.publicKey)
      return ProvenKey(key: key.publicKey, proof: try key.sign(message))
    }
    return NodeIdentity(
      member: member, consensusKey: try proven(network.consensusKeys[index], .consensus),
      transportKey: try proven(network.transportKeys[index], .transport), addresses: [])
  }

  @Test("of which an old quorum went on apart stop when they meet the others, and say why")
  func partedQuorum() throws {
    let network = try network(followers: 3)
    for old in 1...3 { for new in [0, 4, 5, 6] { try network.cut(old, new) } }
    let record = try record(network, to: [0, 4, 5, 6])
    for index in [0, 4, 5, 6] { _ = try restart(index, network, accepting: record) }
    try network.run(milliseconds: 1_000)
    // The governors were wrong: three of four were not lost. Both sides go on.
    try network.register(20, at: 1)
    try network.register(21, at: 4)
    for old in 1...3 { for new in [0, 4, 5, 6] { try network.heal(old, new) } }
    try network.run(milliseconds: 10_000)
    for old in 1...3 {
      let waitsFor = network[old].replica.runningStatus.waitsFor
      #expect(waitsFor.contains("goes on otherwise"), "\(waitsFor)")
    }
    let heights = network.heights
    try network.submit(network.registration(30, by: 2), to: 2)
    try network.register(31, at: 5)
    #expect(Array(network.heights[1...3]) == Array(heights[1...3]))
  }

  @Test("are not stopped by a record that too few governors signed, an old one, or another chain's")
  func harmlessRecords() throws {
    let network = try network()
    let signed = try record(network, to: [0, 1, 2])
    let unsigned = try #require(
      RecoveryRecord(
        network: signed.network, height: signed.height, block: signed.block, time: signed.time,
        validators: signed.validators, nodes: []))
    var foreign = try #require(
      RecoveryRecord(
        network: NetworkID(SHA256.hash([1])), height: signed.height, block: signed.block,
        time: signed.time, validators: signed.validators, nodes: []))
    try foreign.sign(with: network.governorKey)
    let past = try record(network, to: [0, 1, 2], epoch: Epoch(1))
    for harmless in [unsigned, foreign, past] {
      try network.show(.recovery(harmless.encoded), from: 1, to: 0)
    }
    try network.register(20, at: 0)
    // The right one does: its network goes on by it, so this node must not beside it.
    try network.show(.recovery(signed.encoded), from: 1, to: 0)
    let waitsFor = network[0].replica.runningStatus.waitsFor
    #expect(waitsFor.contains("goes on otherwise"), "\(waitsFor)")
    try network.register(21, at: 1)
  }
}
