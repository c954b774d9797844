import Consensus
import Ledger
import Node
import TestSupport
import Testing

@Suite("Transaction gossip")
struct TransactionGossipTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let validators: Int
    var followers = 0
    let pairs: @Sendable (UInt64) -> [(Int, Int)]
    /// Received bytes for each unique one, at most.
    let redundancy: Double

    var count: Int { validators + followers }
  }

  static let shapes = [
    Shape(
      testDescription: "a full mesh of 4", validators: 4, pairs: { _ in Layout.mesh(4) },
      redundancy: 1),
    Shape(
      testDescription: "a full mesh of 7", validators: 7, pairs: { _ in Layout.mesh(7) },
      redundancy: 1),
    Shape(
      testDescription: "a line of 5", validators: 5, pairs: { _ in Layout.line(5) }, redundancy: 1),
    Shape(
      testDescription: "a ring of 7", validators: 7, pairs: { _ in Layout.ring(7) },
      redundancy: 1.5),
    Shape(
      testDescription: "10 at random with 3 links, 3 of them followers", validators: 7,
      followers: 3, pairs: { Layout.random(10, degree: 3, seed: $0) }, redundancy: 1.5),
    Shape(
      testDescription: "a full mesh of 4 with 3 followers of two each", validators: 4,
      followers: 3,
      pairs: { _ in Layout.mesh(4) + [(0, 4), (1, 4), (1, 5), (2, 5), (3, 6), (0, 6)] },
      redundancy: 1.2),
  ]

  static func network(
    _ shape: Shape, _ conditions: GossipNetwork.Conditions
  ) -> GossipNetwork {
    let network = GossipNetwork(
      validators: shape.validators, followers: shape.followers, conditions)
    network.connect(shape.pairs(conditions.seed))
    network.run(milliseconds: 1_500)
    return network
  }

  /// Submits `count` transactions at all nodes in turn, `interval` milliseconds apart.
  static func submit(
    _ count: Int, every interval: UInt64, in network: GossipNetwork
  ) -> [TransactionID] {
    (0..<count).map { number in
      let id = network.submit(at: number * 7 % network.nodes.count)
      network.run(milliseconds: interval)
      return id
    }
  }

  @Test("brings every transaction to everybody, with little redundancy", arguments: shapes)
  func spreads(_ shape: Shape) {
    for seed in SeedRange.seeds(1...3) {
      let network = Self.network(shape, .init(seed: seed))
      let ids = Self.submit(600, every: 10, in: network)
      network.run(milliseconds: 1_000)
      #expect(network.isEverywhere(ids), "seed \(seed)")
      #expect(network.redundancy <= shape.redundancy, "seed \(seed)")
      print(
        shape.testDescription, seed, network.redundancy, network.latencies(of: ids)[ids.count / 2],
        network.latencies(of: ids)[ids.count * 99 / 100], Self.overhead(network))
    }
  }

  static func overhead(_ network: GossipNetwork) -> Double {
    Double(network.nodes.reduce(0) { $0 + $1.overheadByteCount })
      / Double(network.nodes.reduce(0) { $0 + $1.uniqueByteCount })
  }
}
