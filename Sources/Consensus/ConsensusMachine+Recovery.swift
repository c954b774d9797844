import Ledger

// Restart: CONSENSUS section 2 "Restart".

extension ConsensusMachine {
  /// Goes on from the journal. Demands a sync before anything is released: what was read may have
  /// come from the page cache of a process that died before its own sync.
  mutating func recover(_ journal: RecoveredJournal) {
    out.sync = .beforeRelease
    switch journal {
    case .intact(let records): recovered = records.filter { $0.isNeeded(above: current.tip) }
    case .missing: abstain(.journalMissing)
    case .damaged: abstain(.journalDamaged)
    }
    load()
    determineRight()
  }

  /// Takes the records of the present epoch and keeps those of later ones, for when they open.
  mutating func load() {
    let records = recovered
    recovered = []
    var highest = current.finalizedView
    for record in records { load(record, highest: &highest) }
    // "resume at (highest durable certificate view) + 1".
    enter(highest.next)
    restoreProposal()
  }

  private mutating func load(_ record: JournalRecord, highest: inout View) {
    switch record {
    case .abstention(let since):
      abstention = Abstention(reason: .journalReplaced, since: since)
    case .block(let header):
      if header.epoch > current.epoch { return recovered.append(record) }
      // The epoch may have opened with a tip that was caught up to beyond what the journal knows.
      guard header.epoch == current.epoch, header.height > current.tip.header.height else { return }
      current.blocks.insert(
        KnownBlock(header: header, stage: .stored, isJournaled: true), hash: header.hash)
    case .certificate(let certificate):
      guard isLoaded(certificate.ballot, record) else { return }
      current.rounds.update(certificate.ballot.view) { $0.hold(certificate) }
      highest = max(highest, certificate.ballot.view)
    case .vote(let vote):
      guard isLoaded(vote.ballot, record), vote.signer == current.own else { return }
      let validatorCount = current.validators.count
      current.rounds.update(vote.ballot.view) {
        $0.own.add(vote.ballot.subject)
        _ = $0.record(vote, validatorCount: validatorCount)
      }
    }
  }

  /// Whether a record is of this epoch; one of a later epoch is put by.
  private mutating func isLoaded(_ ballot: Ballot, _ record: JournalRecord) -> Bool {
    if ballot.epoch > current.epoch { recovered.append(record) }
    return ballot.epoch == current.epoch && ballot.view > current.finalizedView
  }

  /// A leader that stopped after its vote was durable proposes the same block again.
  private mutating func restoreProposal() {
    guard let own = current.own,
      let vote = current.rounds[current.view]?.votes(of: own).notarize,
      let proposal = ownProposal(with: vote)
    else { return }
    current.rounds.update(current.view) { $0.proposal = proposal }
    out.releases.append(.send(Outbound(.proposal(proposal), to: .everyone)))
  }
}
