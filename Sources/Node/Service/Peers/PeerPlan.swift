import Cryptography
import Ledger
import Transport

/// Whom a node links to, of the nodes that the ledger registers.
///
/// Every registered node may connect. A validator dials all other validators; a node that follows
/// dials a few of them, not always the same ones, so that hundreds of followers spread. An operator's
/// list of peers restricts both, for networks that are not fully connected.
package struct PeerPlan: Sendable {
  /// Validators that a following node dials.
  static let followedCount = 4

  package var member: MemberID
  /// The only peers, if the operator lists them.
  package var only: [MemberID]?

  package init(member: MemberID, only: [MemberID]?) {
    self.member = member
    self.only = only
  }

  /// - Parameter nodes: those of the registry; this node among them.
  package func peers(
    of nodes: [NodeState], validators: ValidatorSet
  ) -> [PeerConfiguration] {
    let others = nodes.filter { $0.member != member && (only?.contains($0.member) ?? true) }
    let dialled = dialled(others.map(\.member), validators)
    return others.map { node in
      PeerConfiguration(
        member: node.member, transportKeys: node.transportKeys, addresses: node.addresses,
        isDialled: dialled.contains(node.member))
    }
  }

  private func dialled(_ others: [MemberID], _ validators: ValidatorSet) -> Set<MemberID> {
    if only != nil { return Set(others) }
    let voting = others.filter { validators.index(of: $0) != nil }.sorted()
    guard validators.index(of: member) == nil, voting.count > PeerPlan.followedCount else {
      return Set(voting)
    }
    let start = Int(SHA256.hash(Array(member.text.utf8)).words.0 % UInt64(voting.count))
    return Set((0..<PeerPlan.followedCount).map { voting[(start + $0) % voting.count] })
  }
}

/// The nodes that the ledger registers, and which of them vote.
package struct NodeRegistry: Hashable, Sendable {
  package var nodes: [NodeState]
  package var validators: ValidatorSet

  package init(nodes: [NodeState], validators: ValidatorSet) {
    self.nodes = nodes
    self.validators = validators
  }
}

extension SocketAddress {
  /// Where to listen so as to be reached at `addresses`: there, where they are literal; on all of the
  /// machine's, IPv4 and IPv6, where they are names, which may stand for any, and other machines see
  /// others behind them.
  ///
  /// Nothing is listened on twice: where all of the machine's addresses are, each of them is.
  ///
  /// - Parameter everywhere: what all of the machine's addresses are written as.
  static func listening(
    at addresses: [NodeAddress], everywhere: [Host] = allOfThisMachine
  ) -> [SocketAddress] {
    let wanted = addresses.flatMap { address in
      if let literal = SocketAddress(address.text) { return [literal] }
      let port = parts(of: address.text)?.port
      return everywhere.compactMap { host in port.map { SocketAddress(host: host, port: $0) } }
    }
    var listening: [SocketAddress] = []
    for address in wanted where !listening.contains(address) {
      let all = SocketAddress(host: address.host.unspecified, port: address.port)
      if address == all || !wanted.contains(all) { listening.append(address) }
    }
    return listening
  }

  private static var allOfThisMachine: [Host] {
    [Host.unspecifiedV4, .unspecifiedV6].filter(\.isSupported)
  }
}
