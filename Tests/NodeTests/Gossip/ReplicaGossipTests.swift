import Consensus
import Cryptography
import Ledger
import TestSupport
import Testing

@testable import Node

@Suite("A replica among its peers")
struct ReplicaGossipTests {
  /// Leaves those links.
  static func reduce(_ network: ReplicaNetwork, to pairs: [(Int, Int)]) throws {
    for (first, second) in Layout.mesh(network.members.count)
    where !pairs.contains(where: { $0 == (first, second) }) {
      try network.cut(first, second)
    }
  }

  static func isWeak(_ network: ReplicaNetwork) -> [Bool?] {
    network.nodes.map { $0?.replica.connectivity?.isWeak }
  }

  @Test("brings transactions to all over a line, and they become final")
  func line() throws {
    let network = try ReplicaNetwork(5, followers: 1)
    try Self.reduce(network, to: Layout.line(5))
    try network.run(milliseconds: 1_500)
    var received = 0
    network.filter = { _, _, message in
      if case .transactions(let transactions) = message { received += transactions.count }
      return true
    }
    let numbers = try (0..<10).map { number in
      try network.submit(network.registration(number, by: number % 5), to: number % 5)
    }
    let done = try network.run(milliseconds: 10_000) {
      numbers.indices.allSatisfy { network.isAccepted(numbers[$0], at: $0 % 5) }
        && network.isEven
    }
    #expect(done, "heights \(network.heights)")
    // Some come a second time, as parts of a proposal that was faster.
    #expect((10 * 4...10 * 4 * 3 / 2).contains(received), "\(received)")
    try network.checkAgreement()
    #expect(network.nodes.allSatisfy { $0?.cuts.isEmpty ?? true })
  }

  @Test("says that a line of validators is weak, and no more once it is a ring")
  func topology() throws {
    let network = try ReplicaNetwork(4, reportsLinks: true)
    try Self.reduce(network, to: Layout.line(4))
    try network.run(milliseconds: 15_000)
    #expect(Self.isWeak(network) == [true, true, true, true])
    #expect(
      network[0].replica.connectivity?.cut == [network.members[1].id]
        || network[0].replica.connectivity?.cut == [network.members[2].id])
    // What does not last is not told.
    #expect(network[0].replica.runningStatus.weakness == "")
    try network.run(milliseconds: 10_000)
    #expect(network[0].replica.runningStatus.weakness.contains("have no way to the others"))
    try network.heal(0, 3)
    try network.run(milliseconds: 12_000)
    #expect(Self.isWeak(network) == [false, false, false, false])
    #expect(network[0].replica.runningStatus.weakness == "")
    #expect(network.nodes.allSatisfy { $0?.cuts.isEmpty ?? true })
  }

  @Test("passes each report of links on once, and tells a new peer all of them")
  func reports() throws {
    let network = try ReplicaNetwork(4, reportsLinks: true)
    try network.run(milliseconds: 5_000)
    var counts = 0
    network.filter = { _, _, message in
      if case .topology(let reports) = message { counts += reports.count }
      return true
    }
    // In a full mesh nothing is relayed: each node tells the three others, twice a minute.
    try network.run(milliseconds: 60_000)
    #expect(counts == 2 * 4 * 3)
    let (disk, store) = (network[3].disk, network[3].store)
    try network.crash(3)
    try network.restart(3, disk: disk, store)
    try network.run(milliseconds: 3_000)
    #expect(network[3].replica.topology.reports.count == 4)
  }

  @Test("cuts off who passes on a report with a wrong signature")
  func forgedReport() throws {
    let network = try ReplicaNetwork(4, reportsLinks: true)
    try network.run(milliseconds: 2_000)
    let content = TopologyContent(
      member: network.members[2].id, time: network.now.wallClock.advanced(byMilliseconds: 5_000),
      neighbours: [])
    let forged = TopologyReport(
      content: content,
      signature: try network.transportKeys[1].sign(
        content.toBeSigned(network: network.genesis.network)))
    try network.show(.topology([forged]), from: 1, to: 0)
    #expect(network[0].cuts.map(\.fault) == [.signatureInvalid("report of links")])
  }

  @Test("drops what is beyond a quota, cuts off a follower that floods, and no validator")
  func flooding() throws {
    let network = try ReplicaNetwork(5, followers: 1)
    try network.run(milliseconds: 1_500)
    let question = PeerMessage.certificatesWanted(
      CertificateRequest(epoch: Epoch.genesis.next, views: View(1)...View(1)))
    for sender in [1, 4] {
      guard let link = network[0].links[sender] else { return }
      let inputs = (0..<3_000).map { _ in
        ReplicaInput.frame(link, question.channel, question.encoded)
      }
      for _ in 0..<6 { try network.turn(0, inputs) }
    }
    #expect(
      network[0].cuts.map(\.fault) == [.unbearable(.flooding)], "\(network[0].cuts)")
    guard let link = network[0].links[1] else { return }
    #expect(network[0].replica.peers[link]?.standing == .unbearable)
    // Its votes are heard all the same.
    let sent = try network.submit(network.registration(1, by: 1), to: 1)
    #expect(try network.run(milliseconds: 5_000) { network.isAccepted(sent, at: 1) })
  }

  @Test("asks a peer with a bad record last, and as any other when that is forgiven")
  func avoids() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 1_500)
    guard let link = network[0].links[1] else { return }
    let tags = (0..<10).map { TransactionTag(high: UInt64($0), low: 1) }
    for tag in tags {
      // It announces what it does not have.
      try network.show(.announcement([tag]), from: 1, to: 0)
      try network.run(milliseconds: 300)
    }
    #expect(network[0].replica.peers[link]?.standing == .avoided)
    #expect(network[0].replica.gossip.links[link]?.isAvoided == true)
    try network.run(milliseconds: 4 * GossipLimits.scoreHalfLife / 1_000)
    #expect(network[0].replica.peers[link]?.standing == .good)
    #expect(network[0].replica.gossip.links[link]?.isAvoided == false)
    #expect(network[0].cuts.isEmpty)
  }
}
