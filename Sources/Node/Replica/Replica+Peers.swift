import Consensus
import Cryptography
import Ledger
import Transport

// Links to peers: who is there, and what they say.

extension Replica {
  /// A link is up: the peer is shown its own votes that this node holds, then told how this node is.
  /// Whoever has heard that from a quorum knows that its journal is complete (`ConsensusInput.joined`).
  func linkUp(_ link: Link, _ member: MemberID, remote: String) {
    unreachable.removeAll { $0.member == member }
    peers.insert(
      Peer(
        link: link, member: member, remote: remote, since: now.instant,
        quota: PeerQuota(at: now.instant)))
    gossip.linkUp(link, to: member, at: now.instant)
    topology.linksChanged()
    if let signer = machine.validators.index(of: member) {
      for vote in machine.votes(of: signer) { send(.vote(vote), to: [link]) }
    }
    sendStatus(to: link)
    sendReports(to: link)
    reconsider(link)
    log(
      LogEvent(
        .information, "peer-connected", "A link to a peer is up",
        [LogField("peer", member.text), LogField("address", remote)]))
  }

  func linkDown(_ link: Link, reason: String) {
    guard let peer = peers.remove(link) else { return }
    forget(link)
    log(
      LogEvent(
        .information, "peer-disconnected", "A link to a peer is down",
        [LogField("peer", peer.member.text), LogField("reason", reason)]))
  }

  /// Closes a link whose peer breaks the protocol. It may connect again: what it says is verified,
  /// so it costs no more than that.
  func cut(_ link: Link, _ fault: PeerFault) {
    guard let peer = peers[link] else { return }
    output.cuts.append(PeerCut(link: link, fault: fault))
    log(
      LogEvent(
        .error, "peer-cut-off", "Closed the link to a peer that breaks the protocol",
        [
          LogField("peer", peer.member.text), LogField("address", peer.remote),
          LogField("reason", fault.description),
        ]))
    peers.remove(link)
    forget(link)
  }

  private func forget(_ link: Link) {
    gossip.linkDown(link)
    relay.linkDown(link)
    ranges.linkDown(link)
    early.removeAll { $0.1 == link }
    topology.linksChanged()
  }

  // MARK: What peers say

  func take(frame body: [UInt8], on channel: Channel, from link: Link) throws(ReplicaFault) {
    guard peers[link] != nil, allows(.frame(channel, byteCount: body.count), link) else { return }
    let message: PeerMessage
    do throws(LedgerError) {
      message = try PeerMessage(body, on: channel)
    } catch {
      cut(link, .malformed("\(error)"))
      return
    }
    try take(message, from: link)
  }

  private func take(_ message: PeerMessage, from link: Link) throws(ReplicaFault) {
    switch message {
    case .status(let status): if allows(.status, link) { take(status, from: link) }
    case .vote, .certificate, .proposal: try takeConsensus(message, from: link)
    case .certificatesWanted(let request):
      if isListening, allows(.question, link) {
        machineInputs.append(.certificatesRequested(request, from: link))
      }
    case .bodyWanted, .blockWanted, .rangeWanted: try answer(message, of: link)
    case .transactions(let transactions):
      for bytes in transactions { try take(transaction: bytes, from: link) }
    case .announcement, .transactionsWanted, .mempoolDigest, .mempoolTags, .prune:
      if allows(.gossip, link) { takeGossip(message, from: link) }
    case .topology(let reports):
      if allows(.reports(count: reports.count), link) { take(reports, from: link) }
    case .block(let bytes): try take(block: bytes, from: link)
    case .range(let range): try take(range, from: link)
    case .recovery(let bytes):
      if allows(.question, link) { try take(recovery: bytes, from: link) }
    }
  }

  /// Gives blocks and bodies to those who ask, as fast as the peer's quota has it.
  private func answer(_ question: PeerMessage, of link: Link) throws(ReplicaFault) {
    // Looking costs something even if nothing is found.
    let cost: Int
    if case .blockWanted = question {
      cost = PeerLimits.blockLookByteCost
    } else {
      cost = PeerLimits.lookByteCost
    }
    guard allows(.answer(byteCount: cost), link) else { return }
    let frameCount = output.frames.count
    switch question {
    case .bodyWanted(let hash, let leaves): answerBodyWanted(hash, leaves, to: link)
    case .blockWanted(let hash, let height):
      let blocks = try faulting { () throws(ChainError) in
        try chain.encodedBlocks(
          endingWith: hash, above: height, depth: UInt64(ConsensusLimits.pursuitDepth),
          byteLimit: PeerLimits.bulkByteLimit)
      }
      for block in blocks { send(.block(block), to: [link]) }
    case .rangeWanted(let height):
      showRecovery(to: link, askingFrom: height)
      try answerRange(from: height, to: link)
    default: preconditionFailure("only questions for blocks come here")
    }
    let byteCount = output.frames[frameCount...].reduce(0) { $0 + $1.body.count }
    _ = allows(.answer(byteCount: byteCount), link)
  }

  /// Whether blocks are taken: a node that cannot write drops what it hears, and hears of all that
  /// matters again.
  var isFollowing: Bool { condition == .sound && phase != .stopped }

  /// Whether the machine takes messages: while it rests it hears nothing.
  package var isListening: Bool { isFollowing && !isSynchronising }

  // MARK: Status

  private func take(_ status: PeerStatus, from link: Link) {
    let (now, wallClock) = (now.instant, now.wallClock)
    peers.update(link) { peer in
      peer.status = status
      peer.statusAt = now
      let half = (peer.roundTripMicroseconds ?? 0) / 2_000
      peer.clockOffsetMilliseconds =
        Int64(status.clock.advanced(byMilliseconds: half).milliseconds)
        - Int64(wallClock.milliseconds)
      if let echo = status.echo {
        let waited = now.microseconds(since: Instant(microseconds: echo.sentAt))
        peer.roundTripMicroseconds = waited - min(waited, echo.heldMicroseconds)
      }
    }
    gossip.statusReceived(
      from: link, neighbours: status.neighbours, roundTrip: peers[link]?.roundTripMicroseconds)
    if let peer = peers[link] { showRecovery(to: peer, in: status.consensus.epoch) }
    if isListening { machineInputs.append(.status(status.consensus, from: link)) }
    joinIfHeard()
  }

  /// Lets the machine vote once as many validators as make a quorum with this node have shown what
  /// they hold. A node with fewer links waits for all its peers and a while longer: whatever anybody
  /// holds of its votes went through them.
  func joinIfHeard() {
    guard !hasJoined, isListening, !chain.awaitsRecovery else { return }
    let validators = machine.validators
    let heard = peers.all.filter { $0.status != nil }
    let count = Set(heard.map(\.member)).count {
      validators.index(of: $0) != nil && $0 != configuration.member
    }
    guard count + 1 >= validators.quorum || hasHeardAllForLong(heard) else { return }
    hasJoined = true
    machineInputs.append(.joined)
  }

  private func hasHeardAllForLong(_ heard: [Peer]) -> Bool {
    guard let first = heard.map(\.since).min(), heard.count == peers.count else { return false }
    return now.instant.microseconds(since: first) >= PeerLimits.joiningMicroseconds
  }

  func sendStatuses() {
    guard nextStatus <= now.instant else { return }
    nextStatus = now.instant.advanced(byMicroseconds: PeerLimits.statusMicroseconds)
    for link in peers.links { sendStatus(to: link) }
  }

  private func sendStatus(to link: Link) {
    guard let peer = peers[link] else { return }
    let echo: PeerStatus.Echo? =
      if let status = peer.status, let receivedAt = peer.statusAt {
        PeerStatus.Echo(
          sentAt: status.sentAt,
          heldMicroseconds: now.instant.microseconds(since: receivedAt))
      } else { nil }
    let status = PeerStatus(
      consensus: machine.status, head: chain.head.hash, role: role,
      neighbours: Array(peers.members.prefix(PeerLimits.neighbourLimit)), clock: now.wallClock,
      sentAt: now.instant.microseconds, echo: echo)
    send(.status(status), to: [link])
  }

  // MARK: Sending

  func send(_ message: PeerMessage, to links: [Link]) {
    guard !links.isEmpty else { return }
    output.frames.append(PeerFrame(message, to: links))
  }
}
