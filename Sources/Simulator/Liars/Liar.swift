import Cryptography
import Ledger
import Node
import SimulatedMachine

/// A validator that lies. Its replica is an honest one; the liar stands between it and its peers,
/// changes what it says, and says things of its own with the node's key.
protocol Liar {
  /// What goes to a peer in place of a message of the replica's.
  mutating func say(_ message: PeerMessage, to peer: Int, _ mind: inout Mind) -> [PeerMessage]
  /// What the liar says when it has heard a message.
  mutating func hear(_ message: PeerMessage, _ mind: inout Mind) -> [Lie]
  /// What it says of its own accord, ten times a second.
  mutating func idle(_ mind: inout Mind) -> [Lie]
}

extension Liar {
  mutating func say(_ message: PeerMessage, to peer: Int, _ mind: inout Mind) -> [PeerMessage] {
    [message]
  }

  mutating func hear(_ message: PeerMessage, _ mind: inout Mind) -> [Lie] { [] }
  mutating func idle(_ mind: inout Mind) -> [Lie] { [] }
}

/// A message for one peer.
struct Lie {
  let peer: Int
  let message: PeerMessage
}

/// What a liar has to lie with.
struct Mind {
  let member: MemberID
  let key: SigningKey
  let network: NetworkID
  let replica: Replica
  /// The peers that it has links to, ascending.
  let peers: [Int]
  var random: SimulatedRandom

  /// Its place among the validators of the epoch it is in.
  var index: ValidatorIndex? { replica.validators.index(of: member) }

  func vote(_ ballot: Ballot, signer: ValidatorIndex) -> Vote {
    Vote(
      ballot: ballot, signer: signer,
      signature: SimulatedMembership.sign(ballot.toBeSigned(network: network), with: key))
  }

  /// The same message for each peer with a chance of so many percent.
  mutating func scatter(_ message: PeerMessage, percent: Int) -> [Lie] {
    peers.filter { _ in random.chance(percent: percent) }.map { Lie(peer: $0, message: message) }
  }

  mutating func digest() -> Digest {
    SHA256.hash((0..<4).map { _ in UInt8(truncatingIfNeeded: random.next()) })
  }
}

extension LiarKind {
  /// `nil` of twins, which are honest each by itself.
  var liar: (any Liar)? {
    switch self {
    case .equivocatingLeader: EquivocatingLeader()
    case .doubleVoter: DoubleVoter()
    case .voteWithholder: VoteWithholder()
    case .illegalSkipper: IllegalSkipper()
    case .wrongRoots: WrongRoots()
    case .replayer: Replayer()
    case .flooder: Flooder()
    case .syncLiar: SyncLiar()
    case .twins: nil
    }
  }
}
