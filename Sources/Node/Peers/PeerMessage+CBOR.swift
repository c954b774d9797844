import CBOR
import Consensus
import Cryptography
import Ledger
import Transport

/// The kinds of messages. Part of the format.
private enum PeerMessageKind: UInt64 {
  case proposal = 1
  case vote = 2
  case certificate = 3
  case status = 4
  case certificatesWanted = 5
  case bodyWanted = 6
  case blockWanted = 7
  case rangeWanted = 8
  case transactions = 16
  case announcement = 17
  case transactionsWanted = 18
  case block = 19
  case range = 20
  case mempoolDigest = 24
  case mempoolTags = 25
  case prune = 26
  case topology = 27
  case recovery = 28
}

extension PeerMessage {
  private var kind: PeerMessageKind {
    switch self {
    case .proposal: .proposal
    case .vote: .vote
    case .certificate: .certificate
    case .status: .status
    case .certificatesWanted: .certificatesWanted
    case .bodyWanted: .bodyWanted
    case .blockWanted: .blockWanted
    case .transactions: .transactions
    case .announcement: .announcement
    case .transactionsWanted: .transactionsWanted
    case .block: .block
    case .rangeWanted: .rangeWanted
    case .range: .range
    case .mempoolDigest: .mempoolDigest
    case .mempoolTags: .mempoolTags
    case .prune: .prune
    case .topology: .topology
    case .recovery: .recovery
    }
  }

  /// `[kind, content]`.
  package var encoded: [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 512)
    encoder.array(2)
    encoder.unsigned(kind.rawValue)
    switch self {
    case .proposal(let proposal): proposal.encode(into: &encoder)
    case .vote(let vote): encoder.encoded(vote.encoded)
    case .certificate(let certificate): certificate.encode(into: &encoder)
    case .status(let status): status.encode(into: &encoder)
    case .certificatesWanted(let request): request.encode(into: &encoder)
    case .bodyWanted(let block, let leaves):
      encoder.array(2)
      encoder.digest(block.digest)
      encoder.list(leaves) { $0.digest($1) }
    case .blockWanted(let block, let height):
      encoder.array(2)
      encoder.digest(block.digest)
      encoder.height(height)
    case .transactions(let transactions): encoder.list(transactions) { $0.byteString($1) }
    case .announcement(let tags), .transactionsWanted(let tags):
      encoder.list(tags) { $0.transactionTag($1) }
    case .block(let bytes): encoder.byteString(bytes)
    case .rangeWanted(let height): encoder.height(height)
    case .range(let range): range.encode(into: &encoder)
    case .mempoolDigest(let digest): digest.encode(into: &encoder)
    case .mempoolTags(let complete, let tags):
      encoder.array(2)
      encoder.byteString(complete.bytes)
      encoder.list(tags) { $0.transactionTag($1) }
    case .prune: encoder.null()
    case .topology(let reports): encoder.list(reports) { $1.encode(into: &$0) }
    case .recovery(let bytes): encoder.byteString(bytes)
    }
    return encoder.bytes
  }

  /// Reads a frame's body.
  ///
  /// - Parameter channel: the connection on which it came; a message on the other one is refused.
  package init(_ bytes: [UInt8], on channel: Channel) throws(LedgerError) {
    var reader = LedgerReader(bytes)
    try reader.array(count: 2)
    let start = reader.offset
    let kind = try reader.choice(PeerMessageKind.self)
    switch kind {
    case .proposal: self = .proposal(try CompactProposal(from: &reader, bytes: bytes))
    case .vote: self = .vote(try reader.vote(in: bytes))
    case .certificate: self = .certificate(try Certificate(from: &reader))
    case .status: self = .status(try PeerStatus(from: &reader))
    case .certificatesWanted: self = .certificatesWanted(try CertificateRequest(from: &reader))
    case .bodyWanted:
      try reader.array(count: 2)
      let block = try reader.blockHash()
      self = .bodyWanted(
        block,
        try reader.items(limit: Block.transactionLimit) { reader throws(LedgerError) in
          try reader.digest()
        })
    case .blockWanted:
      try reader.array(count: 2)
      let block = try reader.blockHash()
      self = .blockWanted(block, above: try reader.height())
    case .transactions:
      self = .transactions(
        try reader.items(limit: PeerLimits.transactionLimit) { reader throws(LedgerError) in
          try reader.byteString(limit: Transaction.byteLimit)
        })
    case .announcement: self = .announcement(try reader.transactionTags())
    case .transactionsWanted: self = .transactionsWanted(try reader.transactionTags())
    case .block: self = .block(try reader.byteString(limit: Block.byteLimit))
    case .rangeWanted: self = .rangeWanted(from: try reader.height())
    case .range: self = .range(try BlockRange(from: &reader))
    case .mempoolDigest: self = .mempoolDigest(try MempoolDigest(from: &reader))
    case .mempoolTags:
      try reader.array(count: 2)
      let complete = try reader.bucketSet()
      self = .mempoolTags(complete: complete, try reader.transactionTags())
    case .prune:
      guard reader.acceptNull() else { throw reader.invalidValue(at: reader.offset) }
      self = .prune
    case .topology:
      self = .topology(
        try reader.items(limit: GossipLimits.reportsPerMessage) { reader throws(LedgerError) in
          try TopologyReport(from: &reader)
        })
    case .recovery: self = .recovery(try reader.byteString(limit: RecoveryRecord.byteLimit))
    }
    try reader.finish()
    guard self.channel == channel else { throw reader.invalidValue(at: start) }
  }
}

extension CompactProposal {
  /// `[header, vote, [* certificate], [* leaf], [* outcome]]`.
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(5)
    proposal.header.encode(into: &encoder)
    encoder.encoded(proposal.leaderVote.encoded)
    encoder.list(proposal.justification) { $1.encode(into: &$0) }
    encoder.list(leaves) { $0.digest($1) }
    encoder.list(outcomes) { $1.encode(into: &$0) }
  }

  init(from reader: inout LedgerReader, bytes: [UInt8]) throws(LedgerError) {
    try reader.array(count: 5)
    let header = try BlockHeader(from: &reader)
    let vote = try reader.vote(in: bytes)
    let justification = try reader.items(limit: ConsensusLimits.justificationCount) {
      reader throws(LedgerError) in try Certificate(from: &reader)
    }
    let start = reader.offset
    leaves = try reader.items(limit: Block.transactionLimit) { reader throws(LedgerError) in
      try reader.digest()
    }
    outcomes = try reader.items(limit: Block.transactionLimit) { reader throws(LedgerError) in
      try reader.outcome()
    }
    guard leaves.count == outcomes.count, UInt64(leaves.count) == header.transactionCount else {
      throw reader.invalidValue(at: start)
    }
    proposal = Proposal(header: header, leaderVote: vote, justification: justification)
  }
}

extension PeerStatus {
  /// `[epoch, view, finalized view, finalized height, head, role, [* neighbour], clock, sent at,
  /// [echoed, held] / null]`.
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(10)
    encoder.epoch(consensus.epoch)
    encoder.view(consensus.view)
    encoder.view(consensus.finalizedView)
    encoder.height(consensus.finalizedHeight)
    encoder.digest(head.digest)
    encoder.unsigned(role.rawValue)
    encoder.list(neighbours) { $0.memberID($1) }
    encoder.timestamp(clock)
    encoder.unsigned(sentAt)
    encoder.optional(echo) { encoder, echo in
      encoder.array(2)
      encoder.unsigned(echo.sentAt)
      encoder.unsigned(echo.heldMicroseconds)
    }
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 10)
    let epoch = try reader.epoch()
    let view = try reader.view()
    let finalizedView = try reader.view()
    consensus = Status(
      epoch: epoch, view: view, finalizedView: finalizedView,
      finalizedHeight: try reader.height())
    head = try reader.blockHash()
    role = try reader.choice(NodeRole.self)
    neighbours = try reader.items(limit: PeerLimits.neighbourLimit) {
      reader throws(LedgerError) in try reader.memberID()
    }
    clock = try reader.timestamp()
    sentAt = try reader.unsigned()
    echo = try reader.optional { reader throws(LedgerError) in
      try reader.array(count: 2)
      let sentAt = try reader.unsigned()
      return Echo(sentAt: sentAt, heldMicroseconds: try reader.unsigned())
    }
  }
}

extension CertificateRequest {
  /// `[epoch, first view, last view]`.
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(3)
    encoder.epoch(epoch)
    encoder.view(views.lowerBound)
    encoder.view(views.upperBound)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 3)
    let epoch = try reader.epoch()
    let start = reader.offset
    let first = try reader.view()
    let last = try reader.view()
    guard first <= last,
      last.rawValue - first.rawValue < ConsensusLimits.requestedViewCount
    else { throw reader.invalidValue(at: start) }
    self.init(epoch: epoch, views: first...last)
  }
}

extension MempoolDigest {
  /// `[the filled buckets, [* content]]`.
  func encode(into encoder: inout CBOREncoder) {
    let filled = filled
    encoder.array(2)
    encoder.byteString(filled.bytes)
    encoder.list(filled.members) { $0.transactionTag(buckets[$1]) }
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 2)
    let filled = try reader.bucketSet()
    let start = reader.offset
    let values = try reader.items(limit: MempoolDigest.bucketCount) { reader throws(LedgerError) in
      try reader.transactionTag()
    }
    guard values.count == filled.count, !values.contains(.zero) else {
      throw reader.invalidValue(at: start)
    }
    self.init(filled, values)
  }
}

extension LedgerReader {
  fileprivate mutating func bucketSet() throws(LedgerError) -> BucketSet {
    let start = offset
    guard let set = BucketSet(bytes: try byteString(limit: BucketSet.byteCount)) else {
      throw invalidValue(at: start)
    }
    return set
  }

  fileprivate mutating func transactionTag() throws(LedgerError) -> TransactionTag {
    let start = offset
    let bytes = try byteString(limit: 16)
    guard bytes.count == 16 else { throw invalidValue(at: start) }
    let (high, low) = (bytes[..<8], bytes[8...])
    return TransactionTag(
      high: high.reduce(0) { $0 << 8 | UInt64($1) }, low: low.reduce(0) { $0 << 8 | UInt64($1) })
  }

  fileprivate mutating func vote(in bytes: [UInt8]) throws(LedgerError) -> Vote {
    try Vote(Array(bytes[try skip()]))
  }

  fileprivate mutating func transactionTags() throws(LedgerError) -> [TransactionTag] {
    try items(limit: PeerLimits.announcementLimit) { reader throws(LedgerError) in
      try reader.transactionTag()
    }
  }
}

extension CBOREncoder {
  fileprivate mutating func transactionTag(_ tag: TransactionTag) {
    let bytes = [tag.high, tag.low].flatMap { word in
      withUnsafeBytes(of: word.bigEndian) { Array($0) }
    }
    byteString(bytes)
  }
}
