import Consensus
import Cryptography
import Ledger
import TestSupport
import Testing

@testable import Node

/// A validator that signs with its own key what is not its to say.
@Suite("A replica to which a validator speaks falsely")
struct ImpersonationTests {
  /// What node 1 says to node 0, and what is false in it.
  enum Lie: CaseIterable, Sendable {
    case othersName, otherNetwork, otherKind, otherView, othersNameInCertificate, othersView
  }

  private func vote(
    _ ballot: Ballot, signer: Int, key: SigningKey, signing other: Ballot? = nil,
    network: NetworkID
  ) throws -> Vote {
    Vote(
      ballot: ballot, signer: ValidatorIndex(UInt8(signer)),
      signature: try key.sign((other ?? ballot).toBeSigned(network: network)))
  }

  private func message(_ lie: Lie, in network: ReplicaNetwork) throws -> PeerMessage {
    let (id, keys) = (network.genesis.network, network.consensusKeys)
    let nullify = Ballot(epoch: Epoch(1), view: View(3), subject: .nullify)
    let block = BlockReference(parentView: .genesis, hash: BlockHash(SHA256.hash([1])))
    let finalize = Ballot(epoch: Epoch(1), view: View(3), subject: .finalize(block))
    let notarize = Ballot(epoch: Epoch(1), view: View(3), subject: .notarize(block))
    switch lie {
    case .othersName: return .vote(try vote(nullify, signer: 2, key: keys[1], network: id))
    case .otherNetwork:
      let elsewhere = NetworkID(SHA256.hash([2]))
      return .vote(try vote(nullify, signer: 1, key: keys[1], network: elsewhere))
    case .otherKind:
      return .vote(
        try vote(finalize, signer: 1, key: keys[1], signing: notarize, network: id))
    case .otherView:
      let later = Ballot(epoch: Epoch(1), view: View(4), subject: .nullify)
      return .vote(try vote(nullify, signer: 1, key: keys[1], signing: later, network: id))
    case .othersNameInCertificate:
      let votes = try [0, 1, 2].map {
        try vote(nullify, signer: $0, key: keys[$0 == 2 ? 1 : $0], network: id)
      }
      return .certificate(
        Certificate(
          ballot: nullify,
          signatures: votes.map {
            CertificateSignature(signer: $0.signer, signature: $0.signature)
          }))
    case .othersView:
      // A block of its own in a view that another leads.
      let machine = network[0].replica.machine
      let view = try #require(
        (1...4 as ClosedRange<UInt64>).map { View($0) }.first {
          machine.leader(of: $0) != ValidatorIndex(1)
        })
      let header = ConsensusFixture.header(
        epoch: Epoch(1), view: view, parentView: .genesis, height: Height(1),
        time: network.now.wallClock, proposer: network.members[1].id,
        parent: machine.tip.hash, content: Block.transactionsRoot(of: []), nextValidators: nil)
      let own = BlockReference(parentView: .genesis, hash: header.hash)
      let ballot = Ballot(epoch: Epoch(1), view: view, subject: .notarize(own))
      return .proposal(
        CompactProposal(
          proposal: Proposal(
            header: header, leaderVote: try vote(ballot, signer: 1, key: keys[1], network: id),
            justification: []), leaves: [], outcomes: []))
    }
  }

  /// Nodes 1 and 2 hear of each other by others alone.
  private func network() throws -> ReplicaNetwork {
    let network = try ReplicaNetwork(4)
    try network.cut(1, 2)
    try network.run(milliseconds: 2_500)
    return network
  }

  /// Whether node 0 passes on what node 1 says to it.
  private func passesOn(_ said: PeerMessage, in network: ReplicaNetwork) throws -> Bool {
    var isPassedOn = false
    network.filter = { from, _, message in
      if from == 0, message == said { isPassedOn = true }
      return true
    }
    try network.show(said, from: 1, to: 0)
    try network.run(milliseconds: 5)
    network.filter = { _, _, _ in true }
    return isPassedOn
  }

  @Test("cuts it off, counts nothing of it and passes nothing on", arguments: Lie.allCases)
  func lies(lie: Lie) throws {
    let network = try network()
    #expect(try !passesOn(message(lie, in: network), in: network))
    let expected: PeerFault =
      switch lie {
      case .othersNameInCertificate: .signatureInvalid("certificate")
      case .othersView: .malformed("a proposal that is not its leader's")
      default: .signatureInvalid("vote")
      }
    #expect(network[0].cuts.map(\.fault) == [expected])
    for signer in 0..<4 {
      #expect(network[0].replica.machine.votes(of: ValidatorIndex(UInt8(signer))).isEmpty)
    }
    try network.register(1, at: 0)
    try network.checkAgreement()
  }

  @Test("hears what is truly its own, and passes it on to who has no link to it")
  func truth() throws {
    let network = try network()
    let ballot = Ballot(epoch: Epoch(1), view: View(3), subject: .nullify)
    let said = try vote(
      ballot, signer: 1, key: network.consensusKeys[1], network: network.genesis.network)
    #expect(try passesOn(.vote(said), in: network))
    #expect(network[0].cuts.isEmpty)
    #expect(network[0].replica.machine.votes(of: ValidatorIndex(1)) == [said])
  }
}
