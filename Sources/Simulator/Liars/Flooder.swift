import Consensus
import Ledger
import Node
import SimulatedMachine

/// Says as much as it can: votes for views that are far away, questions without end, and now and then
/// the same question hundreds of times.
struct Flooder: Liar {
  private static let messagesAtOnce = 60
  private static let questionsAtOnce = 300

  func idle(_ mind: inout Mind) -> [Lie] {
    guard !mind.peers.isEmpty else { return [] }
    if mind.random.chance(percent: 4) { return interrogation(&mind) }
    return (0..<mind.random.below(Flooder.messagesAtOnce)).map { _ in
      let peer = mind.peers[mind.random.below(mind.peers.count)]
      return Lie(peer: peer, message: message(&mind))
    }
  }

  /// Asks one peer for what it surely has.
  private func interrogation(_ mind: inout Mind) -> [Lie] {
    let peer = mind.peers[mind.random.below(mind.peers.count)]
    let view = mind.replica.view
    let first = View(max(1, view.rawValue - min(view.rawValue, 8)))
    let question = PeerMessage.certificatesWanted(
      CertificateRequest(epoch: mind.replica.validators.epoch, views: first...max(first, view)))
    return Array(
      repeating: Lie(peer: peer, message: question), count: Flooder.questionsAtOnce)
  }

  private func message(_ mind: inout Mind) -> PeerMessage {
    let height = Height(mind.random.next() >> UInt64(mind.random.below(64)))
    switch mind.random.below(8) {
    case 0, 1:
      guard let index = mind.index else { return .rangeWanted(from: height) }
      let view = View(max(1, mind.random.next() >> UInt64(mind.random.below(64))))
      let block = BlockReference(parentView: .genesis, hash: BlockHash(mind.digest()))
      let subject: VoteSubject = mind.random.chance(percent: 50) ? .nullify : .notarize(block)
      let ballot = Ballot(epoch: mind.replica.validators.epoch, view: view, subject: subject)
      return .vote(mind.vote(ballot, signer: index))
    case 2: return .rangeWanted(from: height)
    case 3: return .blockWanted(BlockHash(mind.digest()), above: height)
    case 4: return .bodyWanted(BlockHash(mind.digest()), [mind.digest()])
    case 5:
      let first = View(max(1, mind.random.next() >> UInt64(mind.random.below(64))))
      return .certificatesWanted(
        CertificateRequest(epoch: mind.replica.validators.epoch, views: first...first))
    case 6:
      return .announcement([TransactionTag(high: mind.random.next(), low: mind.random.next())])
    default: return .prune
    }
  }
}
