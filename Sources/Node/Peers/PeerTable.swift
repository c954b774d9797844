import Consensus
import Ledger

/// A peer that this node has a link to.
struct Peer {
  let link: Link
  let member: MemberID
  /// Where it connects from or was dialled, for people.
  let remote: String
  let since: Instant
  /// What it said last.
  var status: PeerStatus?
  var statusAt: Instant?
  var roundTripMicroseconds: UInt64?
  /// What it may still make this node do.
  var quota: PeerQuota
  var standing = PeerScore.Standing.good
  /// Whether it was shown the recovery record that ended the epoch in which it is.
  var knowsRecovery = false
  /// How far its clock is ahead.
  var clockOffsetMilliseconds: Int64?
}

/// The peers by link, listed in the order in which their links came up.
struct PeerTable {
  private var peers: [Link: Peer] = [:]
  private(set) var links: [Link] = []

  var isEmpty: Bool { links.isEmpty }
  var count: Int { links.count }

  subscript(link: Link) -> Peer? { peers[link] }

  /// In the order of `links`.
  var all: [Peer] { links.compactMap { peers[$0] } }

  /// The members of the peers, ascending.
  var members: [MemberID] { all.map(\.member).sorted() }

  mutating func insert(_ peer: Peer) {
    precondition(peers[peer.link] == nil, "a link's number is used once")
    peers[peer.link] = peer
    links.append(peer.link)
  }

  @discardableResult
  mutating func remove(_ link: Link) -> Peer? {
    links.removeAll { $0 == link }
    return peers.removeValue(forKey: link)
  }

  mutating func update(_ link: Link, _ change: (inout Peer) -> Void) {
    guard let index = peers.index(forKey: link) else { return }
    change(&peers.values[index])
  }

  /// The link after `link`, around and around: whom to ask next.
  func next(after link: Link?) -> Link? {
    guard let link, let index = links.firstIndex(of: link) else { return links.first }
    return links[(index + 1) % links.count]
  }
}
