import Consensus
import Cryptography
import Ledger
import SimulatedMachine
import TestSupport
import Testing

@testable import Node

/// A node that is behind, and what its peers give it.
@Suite("A replica that catches up")
struct CatchingUpTests {
  /// What is wrong with the ranges that liars give.
  enum Lie: CaseIterable {
    case empty, short, reversed, doubled, gap, wrongStart, spoilt, otherCertificate, nothing
  }

  private func lie(_ lie: Lie, about range: BlockRange) -> [BlockRange] {
    var (first, blocks, certificate) = (range.first, range.blocks, range.certificate)
    guard blocks.count > 2 else { return [range] }
    switch lie {
    case .empty: blocks = []
    case .short: blocks.removeLast()
    case .reversed: blocks.reverse()
    case .doubled: return [range, range, range]
    case .gap: blocks.remove(at: blocks.count / 2)
    case .wrongStart: first = first.next
    case .spoilt: blocks[1][blocks[1].count / 2] ^= 1
    case .otherCertificate: certificate[certificate.count - 3] ^= 1
    case .nothing: return []
    }
    return [BlockRange(first: first, blocks: blocks, certificate: certificate)]
  }

  /// Heights that a liar claims, one after the other: now far ahead, now behind what it said before.
  private static let claims = [Height(1 << 62), .genesis, Height(7), Height((1 << 63) - 1)]

  private func boast(_ said: PeerStatus, _ number: Int) -> PeerStatus {
    let consensus = said.consensus
    return PeerStatus(
      consensus: Status(
        epoch: consensus.epoch, view: consensus.view, finalizedView: consensus.finalizedView,
        finalizedHeight: Self.claims[number % Self.claims.count]),
      head: said.head, role: said.role, neighbours: said.neighbours, clock: said.clock,
      sentAt: said.sentAt, echo: said.echo)
  }

  @Test("comes to the end by the one that is honest, whatever the two others give it")
  func twoLiars() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    let old = network[3].disk.copy()
    try network.crash(3)
    for number in 0..<80 { try network.register(number, at: 1) }
    for kind in Lie.allCases {
      var (lieCount, statusCount, askedCount) = (0, 0, 0)
      network.filter = { from, to, message in
        if from == 3, case .rangeWanted = message { askedCount += 1 }
        guard to == 3, from < 2 else { return true }
        switch message {
        case .range(let range):
          lieCount += 1
          for lie in lie(kind, about: range) { try? network.show(.range(lie), from: from, to: 3) }
          return false
        case .status(let status):
          statusCount += 1
          try? network.show(.status(boast(status, statusCount)), from: from, to: 3)
          return false
        default: return true
        }
      }
      try network.start(3, on: old.copy(), MemoryStateStore())
      let isEven = try network.run(milliseconds: 60_000) {
        network.isEven && network[3].replica.machine.right == .voting
      }
      #expect(isEven, "\(kind), heights \(network.heights)")
      #expect(lieCount > 0, "\(kind)")
      #expect(network[3].cuts.isEmpty, "\(kind)")
      try network.checkAgreement()
      // What liars claim does not keep it asking.
      let before = askedCount
      try network.run(milliseconds: 10_000)
      #expect(askedCount - before < 20, "\(kind)")
      try network.crash(3)
    }
  }

  @Test("keeps nothing of ranges and blocks that it did not ask for")
  func unsolicited() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    for other in 0..<3 { try network.cut(other, 3) }
    for number in 0..<10 { try network.register(number, at: 1) }
    let range = try network[0].replica.chain.range(from: Height(1))
    #expect(range.blocks.count == 10)
    network.filter = { _, _, _ in false }
    try network.heal(0, 3)
    let before = network[3].replica.chain.waitingByteCount
    for _ in 0..<3 {
      try network.show(.range(range), from: 0, to: 3)
      for block in range.blocks.dropFirst() { try network.show(.block(block), from: 0, to: 3) }
      try network.run(milliseconds: 100)
    }
    #expect(network.heights[3] == 0)
    #expect(network[3].replica.chain.waitingByteCount == before)
    let asksForRanges = !network[3].replica.ranges.isIdle
    #expect(!asksForRanges)
    #expect(network[3].cuts.isEmpty)
    network.filter = { _, _, _ in true }
    for other in 1..<3 { try network.heal(other, 3) }
    #expect(try network.run(milliseconds: 10_000) { network.isEven })
  }

  @Test(
    "comes from nothing when it joins late, as a follower and as a validator", arguments: [3, 4])
  func late(index: Int) throws {
    let network = try ReplicaNetwork(5, followers: 1)
    try network.run(milliseconds: 50)
    let empty = network[index].disk.copy()
    try network.crash(index)
    for number in 0..<40 { try network.register(number, at: 1) }
    try network.start(index, on: empty, MemoryStateStore())
    #expect(try network.run(milliseconds: 20_000) { network.isEven }, "heights \(network.heights)")
    try network.run(milliseconds: 3_000)
    #expect(network[index].replica.runningStatus.role == (index == 4 ? .follower : .validator))
    try network.register(200, at: index)
    try network.checkAgreement()
  }
}
