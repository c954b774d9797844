import Ledger

/// All that a node knows of one view: `R[v]` of the protocol.
struct Round: Sendable {
  /// The first proposal of the view's leader; a second one is evidence and not kept.
  var proposal: Proposal?
  /// What this node has decided to vote, signed or not: the lock of the two safety rules.
  var own = OwnVotes()
  /// `nc`, `zc` and `fc`. At most one of the last two, and `nc` and `fc` name the same block.
  var notarization: Certificate?
  var nullification: Certificate?
  var finalization: Certificate?
  /// By signer; empty until the first vote.
  private(set) var votes: [SignerVotes] = []

  /// The block that a quorum notarized, known from its notarization or its finalization.
  var certifiedBlock: BlockReference? { (finalization ?? notarization)?.ballot.subject.block }

  /// The certificate that shows `certifiedBlock`.
  var blockCertificate: Certificate? { finalization ?? notarization }

  func votes(of signer: ValidatorIndex) -> SignerVotes {
    votes.isEmpty ? SignerVotes() : votes[Int(signer.rawValue)]
  }

  var nullifierCount: Int { votes.count { $0.nullify != nil } }

  /// Counts a vote, once for each signer and kind: the first one stays.
  ///
  /// - Precondition: the signer is one of `validatorCount`.
  mutating func record(_ vote: Vote, validatorCount: Int) -> RecordedVote {
    if votes.isEmpty { votes = Array(repeating: SignerVotes(), count: validatorCount) }
    return votes[Int(vote.signer.rawValue)].record(vote)
  }

  /// A certificate over `subject` if at least `quorum` validators voted for just that.
  func certificate(for ballot: Ballot, quorum: Int) -> Certificate? {
    let signatures = votes.compactMap { signer in
      signer[ballot.subject.kind].flatMap { vote in
        vote.ballot == ballot
          ? CertificateSignature(signer: vote.signer, signature: vote.signature) : nil
      }
    }
    guard signatures.count >= quorum else { return nil }
    return Certificate(ballot: ballot, signatures: signatures)
  }

  /// The vote of that kind by a validator, by itself or out of the certificate.
  func vote(of signer: ValidatorIndex, kind: VoteKind) -> Vote? {
    if let vote = votes(of: signer)[kind] { return vote }
    guard let certificate = certificate(kind),
      let signature = certificate.signatures.first(where: { $0.signer == signer })
    else { return nil }
    return Vote(ballot: certificate.ballot, signer: signer, signature: signature.signature)
  }

  func certificate(_ kind: VoteKind) -> Certificate? {
    switch kind {
    case .notarize: notarization
    case .nullify: nullification
    case .finalize: finalization
    }
  }

  mutating func hold(_ certificate: Certificate) {
    switch certificate.ballot.subject.kind {
    case .notarize: notarization = certificate
    case .nullify: nullification = certificate
    case .finalize: finalization = certificate
    }
  }

  /// A certificate that this round holds and that contradicts `certificate`: the same kind for
  /// another block, or a nullification beside a finalization.
  func contradiction(to certificate: Certificate) -> Certificate? {
    let block = certificate.ballot.subject.block
    switch certificate.ballot.subject {
    case .nullify: return finalization
    case .notarize:
      return blockCertificate.flatMap { $0.ballot.subject.block == block ? nil : $0 }
    case .finalize:
      let other = blockCertificate.flatMap { $0.ballot.subject.block == block ? nil : $0 }
      return nullification ?? other
    }
  }
}

/// A node's own decisions in one view. Never both a nullification and a finalization; a
/// finalization only of the block that was notarized, if one was.
struct OwnVotes: Hashable, Sendable {
  var notarized: BlockReference?
  var finalized: BlockReference?
  var hasNullified = false

  /// Whether `subject` is among the decisions.
  func contains(_ subject: VoteSubject) -> Bool {
    switch subject {
    case .notarize(let block): notarized == block
    case .nullify: hasNullified
    case .finalize(let block): finalized == block
    }
  }

  mutating func add(_ subject: VoteSubject) {
    switch subject {
    case .notarize(let block): notarized = block
    case .nullify: hasNullified = true
    case .finalize(let block): finalized = block
    }
  }
}

/// The votes of one validator in one view: the first of each kind.
struct SignerVotes: Sendable {
  private(set) var notarize: Vote?
  private(set) var nullify: Vote?
  private(set) var finalize: Vote?
  /// One evidence for each validator and view is enough.
  private var isAccused = false

  subscript(kind: VoteKind) -> Vote? {
    switch kind {
    case .notarize: notarize
    case .nullify: nullify
    case .finalize: finalize
    }
  }

  fileprivate mutating func record(_ vote: Vote) -> RecordedVote {
    let evidence = isAccused ? nil : accusation(by: vote)
    if evidence != nil { isAccused = true }
    let kind = vote.ballot.subject.kind
    guard self[kind] == nil else { return RecordedVote(isNew: false, evidence: evidence) }
    switch kind {
    case .notarize: notarize = vote
    case .nullify: nullify = vote
    case .finalize: finalize = vote
    }
    return RecordedVote(isNew: true, evidence: evidence)
  }

  private func accusation(by vote: Vote) -> Evidence? {
    for earlier in [notarize, nullify, finalize] {
      if let earlier, let evidence = Evidence(earlier, vote) { return evidence }
    }
    return nil
  }
}

/// What a vote was worth.
struct RecordedVote {
  /// The first of its kind by its signer in its view.
  let isNew: Bool
  let evidence: Evidence?
}
