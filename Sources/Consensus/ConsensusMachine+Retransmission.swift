import Ledger

// What heals losses: CONSENSUS section 2 "Retry", section 3 "Anti-entropy".

extension ConsensusMachine {
  /// "Retry every max(0.5 s, Δ) ± 20 %: re-send stored Z/N/F votes above lastF and held
  /// certificates". Nothing here ever makes a vote.
  mutating func retransmit() {
    guard isUnsettled() else {
      retryAt = nil
      return
    }
    if let retryAt, now.instant >= retryAt {
      for message in stored() {
        out.releases.append(.send(Outbound(message, to: .everyone)))
      }
      askAgain()
      if current.reminderCount > 0 { current.reminderCount -= 1 }
      self.retryAt = nil
    }
    let next = retryAt ?? now.instant.advanced(byMicroseconds: retryInterval())
    retryAt = next
    wakeUp(by: next)
  }

  /// Whether there is something to repeat. A node that gave its view up for work that has since gone
  /// reminds the others a few times and then rests too: too few to end the view, they would go on
  /// for ever. Each further NULLIFY that it hears for the first time makes it remind once more.
  private mutating func isUnsettled() -> Bool {
    let isWaiting = !current.wantedBlocks.isEmpty || current.wantedCertificates != nil
    if isVoter, isWorking() {
      current.reminderCount = ConsensusLimits.reminderCount
      return true
    }
    let hasGivenUp = current.rounds[current.view]?.own.hasNullified ?? false
    return isWaiting || (isVoter && hasGivenUp && current.reminderCount > 0)
  }

  private mutating func askAgain() {
    for hash in current.wantedBlocks {
      out.requests.append(.fetchBlock(hash, above: current.tip.header.height))
    }
    if let request = current.wantedCertificates { out.requests.append(.fetchCertificates(request)) }
  }

  /// The jitter is a function of what differs between nodes and between retries.
  private mutating func retryInterval() -> UInt64 {
    retryCount &+= 1
    let place = UInt64(current.own?.rawValue ?? .max)
    var mixed = (retryCount &* 0x9E37_79B9_7F4A_7C15) ^ (place &* 0xBF58_476D_1CE4_E5B9)
    mixed = (mixed ^ mixed >> 30) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return max(configuration.timing.minimumRetry, delay) / 100 * (80 + mixed % 41)
  }

  /// The stored votes and certificates above the finalized view and the certificate of that view,
  /// within `retransmissionByteCount`. First what the present view needs.
  private func stored() -> [ConsensusMessage] {
    var budget = MessageBudget()
    if let proposal = current.rounds[current.view]?.proposal { budget.add(.proposal(proposal)) }
    addVotes(of: current.view, to: &budget)
    for view in current.rounds.views {
      addCertificates(of: view, to: &budget)
      if view > current.finalizedView, view != current.view { addVotes(of: view, to: &budget) }
    }
    return budget.messages
  }

  private func addVotes(of view: View, to budget: inout MessageBudget) {
    guard let own = current.own, let votes = current.rounds[view]?.votes(of: own) else { return }
    for kind in VoteKind.allCases {
      if let vote = votes[kind] { budget.add(.vote(vote)) }
    }
  }

  private func addCertificates(of view: View, to budget: inout MessageBudget) {
    for kind in VoteKind.allCases {
      if let certificate = current.rounds[view]?.certificate(kind) {
        budget.add(.certificate(certificate))
      }
    }
  }

  // MARK: Answers

  /// A peer in an earlier epoch is shown how that ended; one that is behind
  /// or in another view, or that may be waiting for what this node is in the middle of, all that is
  /// stored.
  mutating func onStatus(_ status: Status, from link: Link) {
    if status.epoch > .genesis, status.epoch < current.epoch {
      out.requests.append(.showEnd(of: status.epoch, to: link))
    }
    guard status.epoch == current.epoch, status.finalizedView <= current.finalizedView else {
      return
    }
    let isBehind = status.finalizedView < current.finalizedView || status.view != current.view
    guard isBehind || (phase == .open && isWorking()) else { return }
    for message in stored() { send(message, to: link) }
  }

  mutating func onRequest(_ request: CertificateRequest, from link: Link) {
    guard request.epoch == current.epoch else { return }
    var budget = MessageBudget()
    for view in current.rounds.views where request.views.contains(view) {
      addCertificates(of: view, to: &budget)
    }
    for message in budget.messages { send(message, to: link) }
  }

  private mutating func send(_ message: ConsensusMessage, to link: Link) {
    out.releases.append(.send(Outbound(message, to: .only(link))))
  }
}

/// Messages that together keep under `retransmissionByteCount`, by a generous estimate of each.
private struct MessageBudget {
  private(set) var messages: [ConsensusMessage] = []
  private var byteCount = 0

  mutating func add(_ message: ConsensusMessage) {
    let size = MessageBudget.byteCount(of: message)
    guard byteCount + size <= ConsensusLimits.retransmissionByteCount else { return }
    byteCount += size
    messages.append(message)
  }

  private static func byteCount(of message: ConsensusMessage) -> Int {
    switch message {
    case .vote: 192
    case .certificate(let certificate): byteCount(of: certificate)
    case .proposal(let proposal):
      BlockHeader.byteLimit + 192 + proposal.justification.reduce(0) { $0 + byteCount(of: $1) }
    }
  }

  private static func byteCount(of certificate: Certificate) -> Int {
    128 + 68 * certificate.signatures.count
  }
}
