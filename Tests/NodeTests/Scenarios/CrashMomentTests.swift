import Consensus
import Ledger
import SimulatedMachine
import TestSupport
import Testing

@testable import Node

/// Processes that die at the worst moment, and come back.
@Suite("Replicas of which one dies at a bad moment")
struct CrashMomentTests {
  /// When a leader dies: how much of its block is out.
  enum Progress: CaseIterable, Sendable { case beforeProposal, beforeBody, afterBody }

  private func leader(in network: ReplicaNetwork) -> Int {
    let machine = network[0].replica.machine
    return Int(machine.leader(of: machine.view).rawValue)
  }

  /// Stops a node as a power cut does, and starts it again on what its disk has.
  private func restart(_ index: Int, in network: ReplicaNetwork) throws {
    let (disk, store) = (network[index].disk, network[index].store)
    try network.crash(index)
    try network.restart(index, disk: disk, store)
  }

  private func isVoting(_ index: Int, in network: ReplicaNetwork) -> Bool {
    network[index].replica.runningStatus.role == .validator
      && network[index].replica.machine.right == .voting
  }

  @Test(
    "go on when a leader dies before its proposal, before its body, and after both",
    arguments: Progress.allCases)
  func leaderDies(progress: Progress) throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    let leader = leader(in: network)
    // Only the leader has the transaction, until it gives its block's body.
    var hasProposed = false
    var bodyCount = 0
    var isDead = false
    network.filter = { from, _, message in
      guard from == leader else { return true }
      if isDead { return false }
      switch message {
      case .proposal:
        isDead = progress == .beforeProposal
        hasProposed = true
        return !isDead
      case .announcement: return false
      case .transactions:
        guard hasProposed else { return false }
        isDead = progress == .beforeBody
        if isDead { return false }
        bodyCount += 1
        isDead = bodyCount == 3
        return true
      default: return true
      }
    }
    let transaction = network.registration(1, by: leader)
    try network.submit(transaction, to: leader)
    #expect(try network.run(milliseconds: 2_000) { isDead })
    let (disk, store) = (network[leader].disk, network[leader].store)
    try network.crash(leader)
    network.filter = { _, _, _ in true }
    // The client asks another node.
    let other = (leader + 1) % 4
    let sent = try network.submit(transaction, to: other)
    #expect(
      try network.run(milliseconds: 10_000) { network.isAccepted(sent, at: other) },
      "heights \(network.heights)")
    try network.restart(leader, disk: disk, store)
    #expect(
      try network.run(milliseconds: 10_000) {
        network.isEven && isVoting(leader, in: network)
      }, "heights \(network.heights)")
    try network.register(2, at: leader)
    for index in 0..<4 { #expect(network.logged("contradicting-votes", by: index).isEmpty) }
    try network.checkAgreement()
  }

  @Test(
    "take a validator back that dies when its vote is out, and never contradicts it",
    arguments: [VoteKind.notarize, .finalize], [0, 1, 2, 3])
  func voterDies(kind: VoteKind, voter: Int) throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    var isDead = false
    network.filter = { from, _, message in
      guard from == voter else { return true }
      if isDead { return false }
      switch message {
      case .vote(let vote):
        isDead = vote.signer.rawValue == UInt8(voter) && vote.ballot.subject.kind == kind
      case .proposal: isDead = kind == .notarize
      default: break
      }
      return true
    }
    let other = (voter + 1) % 4
    let sent = try network.submit(network.registration(1, by: other), to: other)
    #expect(try network.run(milliseconds: 2_000) { isDead })
    try restart(voter, in: network)
    network.filter = { _, _, _ in true }
    #expect(
      try network.run(milliseconds: 10_000) {
        network.isAccepted(sent, at: other) && network.isEven && isVoting(voter, in: network)
      }, "heights \(network.heights)")
    // Its vote counts: without it there is no quorum now.
    try network.crash(other)
    try network.register(2, at: voter)
    for index in 0..<4 { #expect(network.logged("contradicting-votes", by: index).isEmpty) }
    try network.checkAgreement()
  }

  @Test("go on while one after the other is shut down and comes back")
  func rollingShutdowns() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    for round in 0..<8 {
      let index = round % 4
      let (disk, store) = (network[index].disk, network[index].store)
      try network.crash(index)
      try network.register(2 * round, at: (index + 1) % 4)
      try network.restart(index, disk: disk, store)
      #expect(
        try network.run(milliseconds: 10_000) { network.isEven && isVoting(index, in: network) },
        "round \(round), heights \(network.heights)")
      try network.register(2 * round + 1, at: index)
    }
    for index in 0..<4 { #expect(network.logged("contradicting-votes", by: index).isEmpty) }
    try network.checkAgreement()
  }

  @Test("go on while one stands still, which then hears everything at once", arguments: [0, 3])
  func pause(index: Int) throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    try network.register(0, at: index)
    network.paused = [index]
    for number in 1..<9 {
      try network.register(number, at: (index + 1 + number % 3) % 4)
      try network.run(milliseconds: 500)
    }
    let before = network.heights[index]
    #expect(before < network.heights[(index + 1) % 4])
    network.paused = []
    #expect(try network.run(milliseconds: 5_000) { network.isEven }, "heights \(network.heights)")
    #expect(isVoting(index, in: network))
    try network.register(20, at: index)
    #expect(network.nodes.allSatisfy { $0?.cuts.isEmpty ?? false })
    for node in 0..<4 { #expect(network.logged("contradicting-votes", by: node).isEmpty) }
    try network.checkAgreement()
  }
}
