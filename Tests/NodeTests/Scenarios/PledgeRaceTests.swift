import Consensus
import Ledger
import TestSupport
import Testing

@testable import Node

/// Two banks, one vehicle, one moment.
@Suite("Replicas at which two banks pledge one vehicle")
struct PledgeRaceTests {
  /// A line of four nodes, with a vehicle that may be pledged. Banks are at its ends.
  private func line() throws -> ReplicaNetwork {
    let network = try ReplicaNetwork(4, roles: [0: .lender, 2: .appraiser, 3: .lender])
    for (first, second) in [(0, 2), (0, 3), (1, 3)] { try network.cut(first, second) }
    try network.run(milliseconds: 7_000)
    try accept(network, .register(TestNetwork.vin(1), by: network.members[1].member), by: 1)
    try accept(
      network,
      .value(
        TestNetwork.vin(1), "v1", asOf: network.now.wallClock, by: network.members[2].member),
      by: 2)
    #expect(try network.run(milliseconds: 5_000) { network.isEven })
    return network
  }

  private func accept(_ network: ReplicaNetwork, _ operation: Operation, by index: Int) throws {
    let sent = try network.submit(
      network.transaction([operation], by: index, reference: "first-\(index)"), to: index)
    try network.run(milliseconds: 10_000) { network.isAccepted(sent, at: index) }
    #expect(
      network.isAccepted(sent, at: index), "\(String(describing: network.result(sent, at: index)))")
  }

  private func pledge(_ network: ReplicaNetwork, by index: Int) -> Transaction {
    let height = network[index].replica.chainHead.height
    return network.transaction(
      [
        .pledge(
          TestNetwork.vin(1), "p\(index)", basis: .search(valuation: "v1", height: height),
          by: network.members[index].member)
      ], by: index, reference: "pledge-\(index)")
  }

  @Test(
    "tell one that it has it and the other who was first, at whichever ends of a line they are",
    arguments: 0..<4)
  func oppositeEdges(head: Int) throws {
    let network = try line()
    // So that not the same end is first each time, others than the first leader lead.
    for number in 0..<head { try network.register(100 + number, at: 1) }
    let sent = try [0, 3].map { index in
      (index: index, number: try network.submit(pledge(network, by: index), to: index))
    }
    let isDecided = try network.run(milliseconds: 20_000) {
      sent.allSatisfy { network.result($0.number, at: $0.index) != nil } && network.isEven
    }
    #expect(isDecided, "heights \(network.heights)")
    var winners: [(id: Identifier, height: Height)] = []
    var conflicts: [Conflict?] = []
    for (index, number) in sent {
      guard case .final(_, let place, _, let outcome)? = network.result(number, at: index) else {
        Issue.record("\(String(describing: network.result(number, at: index)))")
        continue
      }
      switch outcome {
      case .accepted: winners.append((id: Identifier("p\(index)"), height: place.height))
      case .refused(let refusal):
        #expect(refusal.code == .pledgeAlreadyActive)
        conflicts.append(refusal.conflict)
      }
    }
    #expect(winners.count == 1)
    #expect(conflicts == winners.map { Conflict(id: $0.id, height: $0.height) })
    try network.checkAgreement()
  }
}
