import Ledger
import Node
import SimulatedMachine

/// Says again what was said long ago, to whoever; and votes that it cast in another network, whose
/// signatures are right there and nowhere else.
struct Replayer: Liar {
  private static let memory = 256
  private var heard: [PeerMessage] = []

  mutating func hear(_ message: PeerMessage, _ mind: inout Mind) -> [Lie] {
    if heard.count < Replayer.memory {
      heard.append(message)
    } else {
      heard[mind.random.below(Replayer.memory)] = message
    }
    return []
  }

  mutating func idle(_ mind: inout Mind) -> [Lie] {
    guard !heard.isEmpty, !mind.peers.isEmpty else { return [] }
    var lies: [Lie] = []
    for _ in 0..<mind.random.below(8) {
      lies.append(
        Lie(
          peer: mind.peers[mind.random.below(mind.peers.count)],
          message: heard[mind.random.below(heard.count)]))
    }
    if let index = mind.index, mind.random.chance(percent: 2) {
      let ballot = Ballot(
        epoch: mind.replica.validators.epoch, view: mind.replica.view, subject: .nullify)
      let elsewhere = NetworkID(mind.digest())
      let signature = SimulatedMembership.sign(
        ballot.toBeSigned(network: elsewhere), with: mind.key)
      let vote = Vote(ballot: ballot, signer: index, signature: signature)
      lies += mind.scatter(.vote(vote), percent: 30)
    }
    return lies
  }
}
