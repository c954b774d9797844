import Consensus
import Ledger

/// What a node knows of its links: whom they lead to, and whom those have links to in their turn.
///
/// **Only the recipient's word counts.** Whether a peer was served by somebody else is decided by its
/// own list of neighbours. A liar can so deprive nobody but itself.
package struct Neighbourhood: Sendable {
  package struct Peer: Sendable {
    package let link: Link
    package let member: MemberID
    package fileprivate(set) var isValidator: Bool
    /// As its last status has them, ascending; empty before the first one.
    package fileprivate(set) var neighbours: [MemberID] = []
    /// In microseconds; `nil` before it was measured.
    package fileprivate(set) var roundTrip: UInt64?
    /// The links whose peers have no link to this one: whom it cannot have served. Ascending.
    package fileprivate(set) var unserved: [Unserved] = []
    /// Whether it has links to nodes to which this node has none.
    package fileprivate(set) var hasStrangers = false

    package func isNeighbour(of member: MemberID) -> Bool {
      var (low, high) = (0, neighbours.count)
      while low < high {
        let middle = (low + high) / 2
        if neighbours[middle] < member { low = middle + 1 } else { high = middle }
      }
      return low < neighbours.count && neighbours[low] == member
    }
  }

  /// A peer to which something has to go on that came from another one.
  package struct Unserved: Hashable, Sendable {
    package let link: Link
    /// Whether it is this node that brings it. Among those who have links to both ends, and so got it
    /// as well, all choose the same one; the others only announce it.
    package let isOurs: Bool
  }

  package let own: MemberID
  private let seed: UInt64
  /// In the order of their links' numbers.
  package private(set) var peers: [Peer] = []
  /// All links in the order in which they are pushed to: see `preference`.
  package private(set) var preferred: [Link] = []
  private var validators: ValidatorSet
  private var favoured: [MemberID] = []
  private var strangerCount = 0

  /// - Parameter seed: differs between nodes, so that not all of them prefer the same peers.
  package init(own: MemberID, validators: ValidatorSet, seed: UInt64) {
    self.own = own
    self.validators = validators
    self.seed = seed
  }

  package subscript(link: Link) -> Peer? { index(of: link).map { peers[$0] } }

  package var links: [Link] { peers.map(\.link) }

  /// Whether somebody other than the peer on `link` may bring what that peer has: if not, whoever
  /// has it has served the same neighbours, and waiting for a push is in vain.
  package func mayBeServedByOthers(than link: Link) -> Bool {
    strangerCount > (self[link]?.hasStrangers ?? false ? 1 : 0)
  }

  /// The links on which something goes on that came on `source` and that its author sent to all of
  /// its own peers; see `ConsensusRelay`.
  package func relayPeers(of author: MemberID?, from source: Link) -> [Peer] {
    let servers = [author, self[source]?.member].compactMap { $0 }
    return peers.filter { peer in
      peer.link != source
        && servers.allSatisfy { peer.member != $0 && !peer.isNeighbour(of: $0) }
    }
  }

  // MARK: Changes

  package mutating func linkUp(_ link: Link, to member: MemberID) {
    guard index(of: link) == nil else { return }
    peers.insert(
      Peer(link: link, member: member, isValidator: validators.index(of: member) != nil),
      at: peers.firstIndex { $0.link.rawValue > link.rawValue } ?? peers.count)
    rearrange()
  }

  package mutating func linkDown(_ link: Link) {
    guard let index = index(of: link) else { return }
    peers.remove(at: index)
    rearrange()
  }

  package mutating func statusReceived(
    from link: Link, neighbours: [MemberID], roundTrip: UInt64?
  ) {
    guard let index = index(of: link) else { return }
    if let roundTrip { peers[index].roundTrip = roundTrip }
    let neighbours = neighbours.sorted()
    guard peers[index].neighbours != neighbours else { return }
    peers[index].neighbours = neighbours
    rearrange()
  }

  package mutating func validatorsChanged(to validators: ValidatorSet) {
    self.validators = validators
    for index in peers.indices {
      peers[index].isValidator = validators.index(of: peers[index].member) != nil
    }
    arrangePreferences()
  }

  /// Prefers members for pushes: those who lead the next views, and so want transactions first.
  package mutating func favour(_ members: [MemberID]) {
    guard members != favoured else { return }
    favoured = members
    arrangePreferences()
  }

  private func index(of link: Link) -> Int? {
    var (low, high) = (0, peers.count)
    while low < high {
      let middle = (low + high) / 2
      if peers[middle].link.rawValue < link.rawValue { low = middle + 1 } else { high = middle }
    }
    return low < peers.count && peers[low].link == link ? low : nil
  }

  private mutating func rearrange() {
    for index in peers.indices {
      let peer = peers[index]
      peers[index].unserved = peers.filter {
        $0.link != peer.link && $0.member != peer.member && !$0.isNeighbour(of: peer.member)
      }.map { Unserved(link: $0.link, isOurs: isBearer(from: peer, to: $0)) }
      peers[index].hasStrangers = peer.neighbours.contains { member in
        member != own && !peers.contains { $0.member == member }
      }
    }
    strangerCount = peers.count { $0.hasStrangers }
    arrangePreferences()
  }

  /// Whether this node comes first among those between two peers.
  private func isBearer(from source: Peer, to target: Peer) -> Bool {
    let lot = Neighbourhood.lot(of: own, for: target.member)
    return !target.neighbours.contains { member in
      member != own && source.isNeighbour(of: member)
        && (Neighbourhood.lot(of: member, for: target.member), member) < (lot, own)
    }
  }

  /// The same on every node, and another order for every target, so that no node bears all.
  private static func lot(of member: MemberID, for target: MemberID) -> UInt64 {
    hash(of: member, from: hash(of: target, from: 0))
  }

  /// FNV-1a, finished as SplitMix64 does: the same in every process.
  private static func hash(of member: MemberID, from seed: UInt64) -> UInt64 {
    var mixed = member.text.utf8.reduce(seed ^ 0xCBF2_9CE4_8422_2325) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  private mutating func arrangePreferences() {
    var linksOfMember: [MemberID: Int] = [:]
    let ranked = peers.map { peer in
      let place = linksOfMember[peer.member, default: 0]
      linksOfMember[peer.member] = place + 1
      return (rank: preference(of: peer, place: place), link: peer.link)
    }
    preferred = ranked.sorted {
      $0.rank == $1.rank ? $0.link.rawValue < $1.link.rawValue : $0.rank < $1.rank
    }.map(\.link)
  }

  /// Another link to a member comes after all members' first links, so that what is pushed goes to
  /// as many organisations as there are; then leaders to be, then validators, then the others.
  private func preference(of peer: Peer, place: Int) -> Preference {
    let standing =
      if let turn = favoured.firstIndex(of: peer.member) {
        turn
      } else {
        peer.isValidator ? favoured.count : favoured.count + 1
      }
    return Preference(
      place: place, standing: standing, lot: Neighbourhood.hash(of: peer.member, from: seed))
  }
}

/// Where a link comes in the order of pushes: the least first.
private struct Preference: Comparable {
  let place: Int
  let standing: Int
  let lot: UInt64

  static func < (left: Preference, right: Preference) -> Bool {
    (left.place, left.standing, left.lot) < (right.place, right.standing, right.lot)
  }
}
