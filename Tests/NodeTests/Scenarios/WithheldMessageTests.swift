import Consensus
import Ledger
import TestSupport
import Testing

@testable import Node

/// What some of the validators ought to say does not come, for a while.
@Suite("Replicas that hear less than they ought to")
struct WithheldMessageTests {
  private func network() throws -> ReplicaNetwork {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    return network
  }

  @Test("make final what two of four vote for unheard, since they pass on the certificates")
  func twoVoteDroppers() throws {
    let network = try network()
    network.filter = { from, _, message in
      if case .vote = message { from < 2 } else { true }
    }
    let sent = try network.submit(network.registration(1, by: 0), to: 0)
    #expect(
      try network.run(milliseconds: 20_000) { network.isAccepted(sent, at: 0) && network.isEven },
      "heights \(network.heights)")
    try network.checkAgreement()
  }

  @Test(
    "make nothing final while two of four let nothing out that is signed, and go on when they do")
  func twoSilent() throws {
    let network = try network()
    network.filter = { from, _, message in
      switch message {
      case .vote, .certificate, .proposal, .block, .range: from < 2
      default: true
      }
    }
    let sent = try network.submit(network.registration(1, by: 0), to: 0)
    try network.run(milliseconds: 20_000)
    #expect(network.heights[..<2] == [0, 0])
    #expect(network.result(sent, at: 0) == nil)
    network.filter = { _, _, _ in true }
    #expect(
      try network.run(milliseconds: 30_000) { network.isAccepted(sent, at: 0) && network.isEven },
      "heights \(network.heights)")
    try network.checkAgreement()
  }

  @Test("go on while three of four let no proposal out", arguments: [0, 1, 2, 3])
  func threeProposalDroppers(proposer: Int) throws {
    let network = try network()
    let member = network.members[proposer].id
    var proposers: [MemberID] = []
    network.filter = { _, _, message in
      guard case .proposal(let compact) = message else { return true }
      proposers.append(compact.proposal.header.proposer)
      return compact.proposal.header.proposer == member
    }
    for number in 0..<4 {
      let sent = try network.submit(network.registration(number, by: number), to: number)
      #expect(
        try network.run(milliseconds: 20_000) { network.isAccepted(sent, at: number) },
        "heights \(network.heights)")
    }
    #expect(Set(proposers).count == 4)
    for height in 1...network[0].replica.chainHead.height.rawValue {
      let block = try Block(network[0].replica.encodedBlock(at: Height(height)))
      #expect(block.header.proposer == member)
    }
    try network.checkAgreement()
  }

  @Test("open the next epoch once, when its closing block is final after views in which it was not")
  func closingBlockWaits() throws {
    let network = try network()
    network.filter = { _, _, message in
      guard case .vote(let vote) = message else { return true }
      return vote.ballot.subject.kind != .finalize
    }
    let change = network.transaction(
      [.govern(1, .advanceEpoch, by: network.members[0].id)], by: 0, reference: "change",
      key: network.governorKey)
    let sent = try network.submit(change, to: 0)
    let isHeldUp = try network.run(milliseconds: 30_000) {
      network[0].replica.machine.view >= View(7)
    }
    #expect(isHeldUp)
    #expect(network.heights == [0, 0, 0, 0])
    network.filter = { _, _, _ in true }
    #expect(
      try network.run(milliseconds: 30_000) { network.isAccepted(sent, at: 0) && network.isEven },
      "heights \(network.heights)")
    // The block was proposed again and again, and is in the chain once.
    #expect(network.heights == [1, 1, 1, 1])
    for index in 0..<4 { #expect(network[index].replica.machine.epoch == Epoch(2)) }
    for number in 0..<4 { try network.register(number, at: number) }
    try network.checkAgreement()
  }
}
