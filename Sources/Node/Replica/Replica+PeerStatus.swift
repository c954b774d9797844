import Consensus
import Cryptography
import Ledger

// What an operator sees of the peers, and why nothing moves.

extension Replica {
  /// A peer that cannot be dialled now.
  struct Unreachable {
    let member: MemberID
    let address: String
    let reason: String
  }

  /// Notes why a peer cannot be reached, until it is.
  func note(_ failure: Unreachable) {
    guard !peers.all.contains(where: { $0.member == failure.member }) else { return }
    unreachable.removeAll { $0.member == failure.member }
    unreachable.append(failure)
  }

  var peerSummaries: [PeerSummary] {
    let linked = peers.all.map { peer in
      PeerSummary(
        member: peer.member, address: peer.remote, reach: .linked(summary(of: peer)))
    }
    let others = unreachable.map {
      PeerSummary(member: $0.member, address: $0.address, reach: .unreachable($0.reason))
    }
    return (linked + others).sorted { $0.member < $1.member }
  }

  private func summary(of peer: Peer) -> LinkSummary {
    let said = peer.status.map { status in
      LinkSummary.Said(
        role: status.role, height: status.consensus.finalizedHeight, view: status.consensus.view,
        clockMilliseconds: peer.clockOffsetMilliseconds ?? 0)
    }
    return LinkSummary(
      sinceMilliseconds: now.instant.microseconds(since: peer.since) / 1_000,
      roundTripMicroseconds: peer.roundTripMicroseconds, said: said)
  }

  /// Tells the host which nodes there are and which of them vote.
  func tellRegistry() throws(ReplicaFault) {
    toldRegistry = (chain.nodeRevision, machine.epoch)
    let nodes = try faulting { () throws(ChainError) in try chain.nodes }
    chooseDamagePolicy(nodes)
    transportKeys = [:]
    for node in nodes { transportKeys[node.member] = node.transportKeys }
    topology.keep { transportKeys[$0] != nil }
    unreachable.removeAll { transportKeys[$0.member] == nil }
    output.nodes = NodeRegistry(nodes: nodes, validators: machine.validators)
  }

  /// Tells it again if a final block changed it, or another epoch has begun.
  func tellChangedRegistry() throws(ReplicaFault) {
    if toldRegistry.revision != chain.nodeRevision || toldRegistry.epoch != machine.epoch {
      try tellRegistry()
    }
  }

  /// Why the registry, as far as this node has it, would not let it vote; `nil` if nothing does.
  var registrationDefect: String? {
    guard let key = configuration.consensusKey?.publicKey,
      let nodes = output.nodes?.nodes ?? (try? chain.nodes)
    else { return nil }
    guard let node = nodes.first(where: { $0.member == configuration.member }) else {
      return "no node of \(configuration.member) is registered"
    }
    return node.consensusKey == key
      ? nil
      : "the registered consensus key is \(node.consensusKey.keyID), this node has \(key.keyID)"
  }

  // MARK: Why nothing moves

  /// The validators that this node reaches, directly or over a peer, itself included.
  private var reachedValidators: Set<MemberID> {
    let linked = peers.all.flatMap { [$0.member] + ($0.status?.neighbours ?? []) }
    return Set(linked + [configuration.member]).filter { machine.validators.index(of: $0) != nil }
  }

  /// In words, if too few validators are reached for anything to become final.
  var missingQuorum: String? {
    let validators = machine.validators
    let reached = reachedValidators
    guard validators.count > 1, reached.count < validators.quorum else { return nil }
    let missing = validators.validators.map(\.member).filter { !reached.contains($0) }
    return "a quorum: \(validators.quorum) of \(validators.count) validators are needed, "
      + "\(reached.count) are reached; not \(missing.map(\.text).joined(separator: ", "))"
  }

  /// In words, if transactions have waited here for long although a quorum is reached.
  var slowView: String? {
    guard !mempool.isEmpty, let since = waitingSince,
      now.instant.microseconds(since: since) > PeerLimits.slowMicroseconds
    else { return nil }
    let leader = machine.validators[machine.leader(of: machine.view)].member
    return
      "votes: nothing became final for \(now.instant.microseconds(since: since) / 1_000_000) s; "
      + "view \(machine.view.rawValue) is led by \(leader)"
  }

  /// Keeps since when transactions wait without anything becoming final.
  func watchProgress() {
    if mempool.isEmpty {
      waitingSince = nil
    } else if waitingSince == nil {
      waitingSince = now.instant
    }
  }
}
