import Consensus
import Ledger

/// Decides on which links a consensus message goes on (CONSENSUS section 3, class P0).
///
/// A node's own messages go to all of its peers. Those of others go to peers that cannot have had them
/// directly: whose member is neither a neighbour of the message's author nor of the peer from which
/// it came, which has the same duty. So a full mesh relays nothing and a line relays everything.
///
/// Why everybody gets everything: take the messages' first arrivals as a tree whose root is the
/// author. A node that is no neighbour of the author has a peer in the tree; that peer leaves it out
/// only if the node is a neighbour of the peer's own source, and so on up to the author, who leaves
/// nobody out. What is lost because a list of neighbours was a second old, or because somebody in the
/// tree withheld it, comes back by the statuses, each second.
///
/// Validators get everything. Followers get no votes, and no notarizations, which proposals carry as
/// their justification: what they want to know is what became final.
///
/// Whoever holds a certificate needs no more votes for it: votes are relayed until then.
package struct ConsensusRelay: Sendable {
  /// Certificates of which something is remembered: those of the latest views.
  static let certificateLimit = 96

  private struct Key: Hashable, Comparable {
    let epoch: Epoch
    let view: View
    let kind: UInt64

    init(_ ballot: Ballot) {
      epoch = ballot.epoch
      view = ballot.view
      kind = ballot.subject.kind.rawValue
    }

    static func < (left: Key, right: Key) -> Bool {
      (left.epoch, left.view, left.kind) < (right.epoch, right.view, right.kind)
    }
  }

  private struct Holding {
    let key: Key
    /// The links over which the certificate went, either way.
    var links: [Link] = []
  }

  /// Ascending by key.
  private var holdings: [Holding] = []

  package init() {}

  /// Notes that a certificate has come on a link, also when it was held before: it need not go back.
  package mutating func note(_ certificate: Certificate, from link: Link) {
    note(certificate.ballot, on: [link])
  }

  package mutating func linkDown(_ link: Link) {
    for index in holdings.indices { holdings[index].links.removeAll { $0 == link } }
  }

  private mutating func note(_ ballot: Ballot, on links: [Link]) {
    let key = Key(ballot)
    let index = holdings.firstIndex { $0.key >= key } ?? holdings.count
    if index == holdings.count || holdings[index].key != key {
      holdings.insert(Holding(key: key), at: index)
    }
    for link in links where !holdings[index].links.contains(link) {
      holdings[index].links.append(link)
    }
    if holdings.count > ConsensusRelay.certificateLimit { holdings.removeFirst() }
  }

  /// The links on which `outbound` goes, ascending. A certificate counts as held and sent from here
  /// on: it goes once over each link, unless the machine sends it to one peer.
  package mutating func recipients(
    of outbound: Outbound, validators: ValidatorSet, in neighbourhood: Neighbourhood
  ) -> [Link] {
    let links =
      switch outbound.recipients {
      case .only(let link): neighbourhood[link].map { [$0.link] } ?? []
      case .everyone:
        neighbourhood.peers.filter { concerns(outbound.message, $0) }.map(\.link)
      case .everyoneExcept(let source):
        relays(outbound.message, from: source, validators: validators, in: neighbourhood)
      }
    if case .certificate(let certificate) = outbound.message {
      note(certificate.ballot, on: links)
    }
    return links
  }

  private func relays(
    _ message: ConsensusMessage, from source: Link, validators: ValidatorSet,
    in neighbourhood: Neighbourhood
  ) -> [Link] {
    if case .vote(let vote) = message, holding(of: vote.ballot) != nil { return [] }
    return neighbourhood.relayPeers(
      of: author(of: message, validators: validators), from: source
    ).filter { concerns(message, $0) }.map(\.link)
  }

  /// Whose the message is, who sends it to all of its peers; nobody in particular makes a
  /// certificate.
  private func author(of message: ConsensusMessage, validators: ValidatorSet) -> MemberID? {
    let signer: ValidatorIndex
    switch message {
    case .proposal(let proposal): signer = proposal.leaderVote.signer
    case .vote(let vote): signer = vote.signer
    case .certificate: return nil
    }
    return signer.rawValue < validators.count ? validators[signer].member : nil
  }

  /// Whether the peer has a use for the message.
  private func concerns(_ message: ConsensusMessage, _ peer: Neighbourhood.Peer) -> Bool {
    switch message {
    case .proposal: true
    case .vote: peer.isValidator
    case .certificate(let certificate):
      (peer.isValidator || certificate.ballot.subject.kind != .notarize)
        && holding(of: certificate.ballot)?.links.contains(peer.link) != true
    }
  }

  private func holding(of ballot: Ballot) -> Holding? {
    let key = Key(ballot)
    return holdings.last { $0.key == key }
  }
}
