import Cryptography
import Ledger
import Node
import Transport

extension World {
  func say(_ message: PeerMessage, by node: SimulatedNode, to peer: Int) {
    think(node) { liar, mind in
      liar.say(message, to: peer, &mind).map { Lie(peer: peer, message: $0) }
    }
  }

  func hear(_ frame: Frame) {
    think(nodes[frame.to]) { liar, mind in
      guard let message = try? PeerMessage(frame.body, on: frame.channel) else { return [] }
      return liar.hear(message, &mind)
    }
  }

  /// Lets the checkers hear what a node is told, where they ask for that: to read every frame a second
  /// time would be much of the work of a run.
  func overhear(_ frame: Frame) {
    let node = nodes[frame.to]
    guard schedule.liars[node.original] == nil, let replica = node.replica,
      schedule.isBeyondLimit
        || (!replica.isVoting && replica.validators.index(of: node.member) != nil),
      let message = try? PeerMessage(frame.body, on: frame.channel)
    else { return }
    observe(.heard(node, peer: frame.from, message))
  }

  func lie(_ index: Int) {
    think(nodes[index]) { liar, mind in liar.idle(&mind) }
    push(.lie(index), after: 100_000)
  }

  private func think(
    _ node: SimulatedNode, _ body: (inout any Liar, inout Mind) -> [Lie]
  ) {
    guard var liar = liars[node.index], let replica = node.replica else { return }
    var mind = Mind(
      member: node.member, key: membership.key(of: node.member, .consensus),
      network: membership.network, replica: replica, peers: node.links.keys.sorted(),
      random: random)
    let lies = body(&liar, &mind)
    random = mind.random
    liars[node.index] = liar
    for lie in lies {
      guard let link = node.links[lie.peer] else { continue }
      let body = lie.message.encoded
      guard body.count <= lie.message.channel.bodyByteLimit else { continue }
      pass(body, on: lie.message.channel, link, from: node.index, to: lie.peer)
    }
  }
}
