import Consensus
import Cryptography
import Ledger

/// A conversation between a host and one machine, as text.
///
/// Lines that begin with `> ` are inputs. `play` runs them and writes the transcript: each input and
/// below it, indented, what the machine asked, appended, released and requested. A test compares the
/// transcript with the whole text, so a change of behaviour is a diff to review.
///
///     > node 2 of 4                      the machine: validator 2 of 4
///     > block A view 1 on genesis        a block exists; `closing` after it ends the epoch
///     > proposal A [in 3 after 1] [Z 2]  from the view's leader; re-proposed in 3 with parent view 1;
///                                        with nullifications attached
///     > stored A | work few | empty | wait 200ms | nothing | built A [closing]
///     > vote N 1 A by 3 | vote Z 1 by 3 | vote F 1 A by 3      (`A/1`: with parent view 1)
///     > certificate N 1 A | certificate Z 1 | certificate F 1 A
///     > verdict valid | verdict invalid | verdict late         how validation is answered from here
///     > validated A invalid
///     > restart | restart missing        the machine recovers from what was synced
///     > epoch opens
///     > status view 3 final 1 | certificates 1...3             from link 9
package struct Conversation {
  private enum Answers { case valid, invalid, late }

  private var machine: ConsensusMachine?
  private var member = ConsensusFixture.member(0)
  private var validatorCount = 1
  private var now: UInt64 = 0
  private var blocks: [String: BlockHeader] = [:]
  private var labels: [BlockHash: String] = [:]
  private var lastRequest: ProposalRequest?
  private var answers = Answers.valid
  private var appended: [JournalRecord] = []
  private var durable: [JournalRecord] = []
  private var tip: FinalizedTip?
  private var context: EpochContext?
  private var wake: Instant?
  private var lines: [String] = []

  /// The transcript of the inputs in `text`.
  package static func play(_ text: String) -> String {
    var conversation = Conversation()
    for line in text.split(separator: "\n") where line.hasPrefix("> ") {
      conversation.lines.append(String(line))
      conversation.take(line.dropFirst(2).split(separator: " ").map(String.init))
    }
    return conversation.lines.joined(separator: "\n")
  }

  private var moment: Moment {
    let wallClock = ConsensusFixture.genesisMilliseconds + 60_000 + now / 1_000
    return Moment(
      instant: Instant(microseconds: now), wallClock: ConsensusFixture.timestamp(wallClock))
  }

  private var validators: ValidatorSet {
    ConsensusFixture.validators(
      Array(0..<validatorCount), epoch: machine?.epoch ?? Epoch.genesis.next)
  }

  // MARK: Inputs

  private mutating func take(_ words: [String]) {
    switch words[0] {
    case "node": begin(own: words[1], count: words[3])
    case "block": define(words)
    case "wait": wait(words[1])
    case "verdict": answers = words[1] == "valid" ? .valid : words[1] == "late" ? .late : .invalid
    case "restart": restart(isMissing: words.count > 1)
    case "built":
      build(words)
      turn(input(words))
    default: turn(input(words))
    }
  }

  private func input(_ words: [String]) -> ConsensusInput {
    switch words[0] {
    case "work": .work(words[1] == "none" ? .none : words[1] == "few" ? .few : .many)
    case "empty": .emptyBlockRequested
    case "tick": .tick
    case "nothing": .nothingToPropose(request)
    case "built": .built(header(words[1]), for: request)
    case "stored": .blockStored(header(words[1]))
    case "validated": .validated(header(words[1]).hash, words[2] == "valid" ? .valid : .invalid)
    case "vote": .vote(Verified(byVerifier: vote(words)), from: Link(UInt64(words.last ?? "") ?? 0))
    case "certificate": .certificate(Verified(byVerifier: certificate(words)), from: Link(9))
    case "proposal": .proposal(Verified(byVerifier: proposal(words)), from: Link(9))
    case "epoch":
      .epochOpened(ConsensusFixture.validators(Array(0..<validatorCount), epoch: nextEpoch))
    case "status": .status(status(words), from: Link(9))
    case "certificates": .certificatesRequested(certificateRequest(words[1]), from: Link(9))
    default: preconditionFailure("unknown input \(words)")
    }
  }

  private mutating func begin(own: String, count: String) {
    validatorCount = Int(count) ?? 1
    member = ConsensusFixture.member(Int(own) ?? 0)
    let genesis = ConsensusFixture.genesis(validators)
    labels[genesis.hash] = "genesis"
    blocks["genesis"] = genesis
    tip = FinalizedTip(header: genesis, finalization: nil)
    context = ConsensusFixture.context(validators)
    makeMachine(.intact([]))
    let leaders = (1...6).map { current.leader(of: View($0)).rawValue }
    lines.append("  leaders of 1...6: \(leaders.map(String.init).joined(separator: " "))")
    turn(.tick)
  }

  private mutating func makeMachine(_ journal: RecoveredJournal) {
    guard let tip, let context else { preconditionFailure("a conversation begins with its node") }
    var timing = ConsensusTiming.local(validatorCount: validatorCount)
    timing.minimumInterval = 0
    machine = ConsensusMachine(
      recovering: journal, tip: tip, context: context,
      configuration: ConsensusConfiguration(
        network: ConsensusFixture.network, member: member, timing: timing,
        joining: .atOnce),
      at: moment)
  }

  private mutating func restart(isMissing: Bool) {
    appended = durable
    makeMachine(isMissing ? .missing : .intact(durable.filter { $0.isNeeded(above: currentTip) }))
    turn(.tick)
  }

  private mutating func wait(_ duration: String) {
    now += (UInt64(duration.dropLast(2)) ?? 0) * 1_000
    turn(.tick)
  }

  /// `block A view 1 on genesis [+3000ms] [closing]`
  private mutating func define(_ words: [String]) {
    let parent = header(words[5])
    let isFirst = parent.isClosing
    let view = View(UInt64(words[3]) ?? 0)
    let ahead = words.first { $0.hasPrefix("+") }.flatMap { UInt64($0.dropFirst().dropLast(2)) }
    add(
      words[1],
      ConsensusFixture.header(
        epoch: current.epoch, view: view, parentView: isFirst ? .genesis : parent.view,
        height: parent.height.next,
        time: max(
          moment.wallClock.advanced(byMilliseconds: ahead ?? 0),
          parent.time.advanced(byMilliseconds: 1)),
        proposer: current.validators[current.leader(of: view)].member, parent: parent.hash,
        content: SHA256.hash(Array(words[1].utf8)), nextValidators: closing(words)))
  }

  private func closing(_ words: [String]) -> Digest? {
    guard words.contains("closing") else { return nil }
    return ConsensusFixture.validators(Array(0..<validatorCount), epoch: current.epoch.next).hash
  }

  private mutating func add(_ label: String, _ header: BlockHeader) {
    blocks[label] = header
    labels[header.hash] = label
  }

  private mutating func build(_ words: [String]) {
    let request = request
    add(
      words[1],
      ConsensusFixture.header(
        epoch: request.epoch, view: request.view, parentView: request.parentView,
        height: request.height, time: max(moment.wallClock, request.minimumTime),
        proposer: member, parent: request.parent, content: SHA256.hash(Array(words[1].utf8)),
        nextValidators: closing(words)))
  }

  // MARK: Turns

  private mutating func turn(_ input: ConsensusInput) {
    guard var machine else { preconditionFailure("a conversation begins with its node") }
    let (labels, answers) = (labels, answers)
    var asked: [String] = []
    let turn = machine.turn([input], at: moment) { question in
      asked.append("  ask " + Conversation.text(question, labels))
      switch (question, answers) {
      case (.sign(let ballot, let signer), _):
        return .signed(ConsensusFixture.vote(ballot, signer: signer))
      case (.validate(let header), .valid): return .validated(header.hash, .valid)
      case (.validate(let header), .invalid): return .validated(header.hash, .invalid)
      case (.validate, .late): return nil
      }
    }
    machine.checkInvariants()
    self.machine = machine
    report(turn, asked: asked)
  }

  private mutating func report(_ turn: Turn, asked: [String]) {
    lines += turn.relays.map { "  relay \(text($0))" }
    lines += asked
    lines += turn.appends.map { "  append \(text($0))" }
    appended += turn.appends
    if turn.sync == .beforeRelease {
      durable = appended
      lines.append("  sync")
    }
    for release in turn.releases(after: turn.sync == .beforeRelease ? .synced : .skipped) {
      lines.append("  \(text(release))")
      if case .commit(let commit) = release { adopt(commit) }
    }
    for request in turn.requests {
      lines.append("  request \(text(request))")
      if case .propose(let request) = request { lastRequest = request }
    }
    if turn.wake != wake {
      lines.append(turn.wake.map { "  wake at \($0.microseconds / 1_000)ms" } ?? "  rest")
      wake = turn.wake
    }
  }

  private mutating func adopt(_ commit: Commit) {
    guard let last = commit.blocks.last else { return }
    let tip = FinalizedTip(header: last, finalization: commit.finalization)
    self.tip = tip
    if commit.closesEpoch {
      context = EpochContext(
        openedBy: tip,
        validators: ConsensusFixture.validators(Array(0..<validatorCount), epoch: tip.epoch))
    }
  }
}

// MARK: Reading

extension Conversation {
  private var current: ConsensusMachine {
    guard let machine else { preconditionFailure("a conversation begins with its node") }
    return machine
  }

  private var currentTip: FinalizedTip {
    guard let tip else { preconditionFailure("a conversation begins with its node") }
    return tip
  }

  private var nextEpoch: Epoch { currentTip.epoch }

  private var request: ProposalRequest {
    guard let lastRequest else { preconditionFailure("nothing was requested") }
    return lastRequest
  }

  private func header(_ label: String) -> BlockHeader {
    guard let header = blocks[label] else { preconditionFailure("no block \(label)") }
    return header
  }

  /// `A` or `A/1`, where 1 is the parent view of a re-proposal.
  private func reference(_ word: String) -> BlockReference {
    let parts = word.split(separator: "/").map(String.init)
    let header = header(parts[0])
    let parentView = parts.count > 1 ? View(UInt64(parts[1]) ?? 0) : header.parentView
    return BlockReference(parentView: parentView, hash: header.hash)
  }

  private func ballot(_ words: [String]) -> Ballot {
    let subject: VoteSubject =
      switch words[1] {
      case "N": .notarize(reference(words[3]))
      case "F": .finalize(reference(words[3]))
      default: .nullify
      }
    return Ballot(epoch: current.epoch, view: View(UInt64(words[2]) ?? 0), subject: subject)
  }

  private func vote(_ words: [String]) -> Vote {
    ConsensusFixture.vote(
      ballot(words), signer: ValidatorIndex(UInt8(words.last ?? "") ?? 0))
  }

  private func certificate(_ words: [String]) -> Certificate {
    let quorum = current.validators.quorum
    let own = current.ownIndex.map { Int($0.rawValue) } ?? 0
    // Others sign wherever there are enough of them.
    let others = (0..<validatorCount).filter { $0 != own || validatorCount == 1 }
    let ballot = ballot(words)
    return Certificate(
      ballot: ballot,
      signatures: others.prefix(quorum).map {
        let signer = ValidatorIndex(UInt8($0))
        let vote = ConsensusFixture.vote(ballot, signer: signer)
        return CertificateSignature(signer: signer, signature: vote.signature)
      })
  }

  /// `proposal A [in 3 after 1] [Z 2 ...]`
  private func proposal(_ words: [String]) -> Proposal {
    let header = header(words[1])
    let isRepeated = words.count > 2 && words[2] == "in"
    let view = isRepeated ? View(UInt64(words[3]) ?? 0) : header.view
    let parentView = isRepeated ? View(UInt64(words[5]) ?? 0) : header.parentView
    let reference = BlockReference(parentView: parentView, hash: header.hash)
    let ballot = Ballot(epoch: header.epoch, view: view, subject: .notarize(reference))
    let nullified = words.drop { $0 != "Z" }.dropFirst()
    return Proposal(
      header: header, leaderVote: ConsensusFixture.vote(ballot, signer: current.leader(of: view)),
      justification: nullified.map { certificate(["certificate", "Z", $0]) })
  }

  private func status(_ words: [String]) -> Status {
    Status(
      epoch: current.epoch, view: View(UInt64(words[2]) ?? 0),
      finalizedView: View(UInt64(words[4]) ?? 0), finalizedHeight: .genesis)
  }

  private func certificateRequest(_ word: String) -> CertificateRequest {
    let bounds = word.split(separator: ".").compactMap { UInt64($0) }
    return CertificateRequest(epoch: current.epoch, views: View(bounds[0])...View(bounds[1]))
  }
}

// MARK: Writing

extension Conversation {
  private static func text(_ question: Question, _ labels: [BlockHash: String]) -> String {
    switch question {
    case .sign(let ballot, _): "sign \(text(ballot, labels))"
    case .validate(let header): "validate \(labels[header.hash] ?? "?")"
    }
  }

  private static func text(_ ballot: Ballot, _ labels: [BlockHash: String]) -> String {
    let view = ballot.view.rawValue
    switch ballot.subject {
    case .notarize(let block): return "N \(view) \(labels[block.hash] ?? "?")"
    case .nullify: return "Z \(view)"
    case .finalize(let block): return "F \(view) \(labels[block.hash] ?? "?")"
    }
  }

  private func text(_ ballot: Ballot) -> String { Conversation.text(ballot, labels) }
  private func text(_ vote: Vote) -> String { "\(text(vote.ballot)) by \(vote.signer.rawValue)" }
  private func label(_ hash: BlockHash) -> String { labels[hash] ?? "?" }

  private func text(_ record: JournalRecord) -> String {
    switch record {
    case .block(let header): "block \(label(header.hash))"
    case .certificate(let certificate): "certificate \(text(certificate.ballot))"
    case .vote(let vote): "vote \(text(vote.ballot))"
    case .abstention: "abstention"
    }
  }

  private func text(_ outbound: Outbound) -> String {
    let message =
      switch outbound.message {
      case .vote(let vote): "vote \(text(vote))"
      case .certificate(let certificate): "certificate \(text(certificate.ballot))"
      case .proposal(let proposal): "proposal \(text(proposal))"
      }
    return switch outbound.recipients {
    case .everyone: message
    case .everyoneExcept(let link): "\(message) except \(link.rawValue)"
    case .only(let link): "\(message) to \(link.rawValue)"
    }
  }

  private func text(_ proposal: Proposal) -> String {
    let certificates = proposal.justification.map { text($0.ballot) }
    let just = certificates.isEmpty ? "" : " with \(certificates.joined(separator: ", "))"
    return "\(text(proposal.leaderVote.ballot))\(just)"
  }

  private func text(_ release: Release) -> String {
    switch release {
    case .send(let outbound): "send \(text(outbound))"
    case .commit(let commit):
      "commit \(commit.blocks.map { label($0.hash) }.joined(separator: " "))"
        + " by \(text(commit.finalization.ballot))"
    case .evidence(let evidence):
      "evidence \(evidence.kind): \(text(evidence.first)), \(text(evidence.second))"
    case .votingRight(.voting): "voting"
    case .votingRight(.observing(let reason)): "observing: \(text(reason))"
    case .halt(let reason): "halt: \(text(reason))"
    }
  }

  private func text(_ reason: VotingRight.Reason) -> String {
    switch reason {
    case .notValidator: "not a validator"
    case .joining: "joining"
    case .blocksMissing: "blocks missing"
    case .journalMissing: "journal missing"
    case .journalDamaged: "journal damaged"
    case .journalReplaced: "journal replaced"
    case .unknownOwnVote(let ballot): "unknown own vote \(text(ballot))"
    }
  }

  private func text(_ reason: HaltReason) -> String {
    switch reason {
    case .notarizedBlockInvalid(let hash, let certificate):
      "\(label(hash)) is invalid, \(text(certificate.ballot))"
    case .conflictingFinalization(let certificate, _): "fork by \(text(certificate.ballot))"
    case .conflictingCertificates(let first, let second):
      "\(text(first.ballot)) against \(text(second.ballot))"
    }
  }

  private func text(_ request: Request) -> String {
    switch request {
    case .propose(let request):
      "propose view \(request.view.rawValue) on \(label(request.parent)) \(request.kind)"
    case .fetchBlock(let hash, _): "block \(label(hash))"
    case .fetchCertificates(let request):
      "certificates \(request.views.lowerBound.rawValue)...\(request.views.upperBound.rawValue)"
    case .synchronise(let certificate): "synchronise to \(text(certificate.ballot))"
    case .showEnd(let epoch, let link): "show end of \(epoch.rawValue) to \(link.rawValue)"
    }
  }
}
