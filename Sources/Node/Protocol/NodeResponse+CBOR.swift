import CBOR
import Cryptography
import Ledger
import Merkle

extension NodeResponse {
  /// `[head, answer]`.
  package func encode(into encoder: inout CBOREncoder) {
    encoder.array(2)
    head.encode(into: &encoder)
    answer.encode(into: &encoder)
  }

  package init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 2)
    head = try ChainHead(from: &reader)
    answer = try NodeAnswer(from: &reader)
  }
}

extension ChainHead {
  fileprivate func encode(into encoder: inout CBOREncoder) {
    encoder.array(5)
    encoder.digest(network.digest)
    encoder.height(height)
    encoder.digest(block.digest)
    encoder.timestamp(time)
    encoder.digest(stateRoot)
  }

  fileprivate init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 5)
    network = NetworkID(try reader.digest())
    height = try reader.height()
    block = try reader.blockHash()
    time = try reader.timestamp()
    stateRoot = try reader.digest()
  }
}

extension NodeAnswer {
  /// The number in front of each answer: that of the request, where there is one. Part of the format.
  private enum Kind: UInt64 {
    case status = 0
    case networkFile = 1
    case entries = 2
    case history = 3
    case vehicles = 4
    case pledges = 5
    case transaction = 6
    case transactions = 7
    case blocks = 8
    case check = 9
    case submitted = 10
    case failed = 11
  }

  /// Items in a list of an answer. What is really there is bounded by the frame.
  private static let itemLimit = 1 << 20

  /// `[kind, content]`.
  fileprivate func encode(into encoder: inout CBOREncoder) {
    encoder.array(2)
    encoder.unsigned(kind.rawValue)
    switch self {
    case .status(let status): status.encode(into: &encoder)
    case .networkFile(let bytes): encoder.byteString(bytes)
    case .entries(let entries): encoder.list(entries) { $1.encode(into: &$0) }
    case .history(let items): encoder.list(items) { $1.encode(into: &$0) }
    case .vehicles(let vehicles): encoder.list(vehicles) { $0.vin($1) }
    case .pledges(let pledges): encoder.list(pledges) { $1.encode(into: &$0) }
    case .transaction(let answer): answer.encode(into: &encoder)
    case .transactions(let items): encoder.list(items) { $1.encode(into: &$0) }
    case .blocks(let blocks): encoder.list(blocks) { $1.encode(into: &$0) }
    case .check(let refusals):
      encoder.list(refusals) { encoder, refusal in
        (refusal.map(Outcome.refused) ?? .accepted).encode(into: &encoder)
      }
    case .submitted(let result): result.encode(into: &encoder)
    case .failed(let failure): failure.encode(into: &encoder)
    }
  }

  private var kind: Kind {
    switch self {
    case .status: .status
    case .networkFile: .networkFile
    case .entries: .entries
    case .history: .history
    case .vehicles: .vehicles
    case .pledges: .pledges
    case .transaction: .transaction
    case .transactions: .transactions
    case .blocks: .blocks
    case .check: .check
    case .submitted: .submitted
    case .failed: .failed
    }
  }

  fileprivate init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 2)
    switch try reader.choice(Kind.self) {
    case .status: self = .status(try NodeStatus(from: &reader))
    case .networkFile:
      self = .networkFile(try reader.byteString(limit: NetworkFile.byteLimit))
    case .entries:
      self = .entries(
        try NodeAnswer.list(from: &reader) { reader throws(LedgerError) in
          try EntryAnswer(from: &reader)
        })
    case .history:
      self = .history(
        try NodeAnswer.list(from: &reader) { reader throws(LedgerError) in
          try HistoryItem(from: &reader)
        })
    case .vehicles:
      self = .vehicles(
        try NodeAnswer.list(from: &reader) { reader throws(LedgerError) in try reader.vin() })
    case .pledges:
      self = .pledges(
        try NodeAnswer.list(from: &reader) { reader throws(LedgerError) in
          try PledgeItem(from: &reader)
        })
    case .transaction: self = .transaction(try TransactionAnswer(from: &reader))
    case .transactions:
      self = .transactions(
        try NodeAnswer.list(from: &reader) { reader throws(LedgerError) in
          try TransactionItem(from: &reader)
        })
    case .blocks:
      self = .blocks(
        try NodeAnswer.list(from: &reader) { reader throws(LedgerError) in
          try BlockItem(from: &reader)
        })
    case .check:
      self = .check(
        try NodeAnswer.list(from: &reader) { reader throws(LedgerError) in
          switch try reader.outcome() {
          case .accepted: nil
          case .refused(let refusal): refusal
          }
        })
    case .submitted: self = .submitted(try SubmissionResult(from: &reader))
    case .failed: self = .failed(try NodeFailure(from: &reader))
    }
  }

  private static func list<Value>(
    from reader: inout LedgerReader,
    _ item: (inout LedgerReader) throws(LedgerError) -> Value
  ) throws(LedgerError) -> [Value] {
    try reader.items(limit: itemLimit, item)
  }
}

extension EntryAnswer {
  /// `[entry / null, proof / null]`, both inside byte strings.
  fileprivate func encode(into encoder: inout CBOREncoder) {
    encoder.array(2)
    encoder.optional(entry) { $0.byteString($1.stored) }
    encoder.optional(proof) { encoder, proof in
      var inner = CBOREncoder()
      proof.encode(to: &inner)
      encoder.byteString(inner.bytes)
    }
  }

  fileprivate init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 2)
    entry = try reader.optional { reader throws(LedgerError) in try reader.stateEntry() }
    proof = try reader.optional { reader throws(LedgerError) in try reader.stateProof() }
  }
}

extension LedgerReader {
  fileprivate mutating func stateEntry() throws(LedgerError) -> StateEntry {
    let bytes = try byteString(limit: NodeLimits.responseByteLimit)
    return try StateEntry(stored: bytes, range: 0..<bytes.count)
  }

  fileprivate mutating func stateProof() throws(LedgerError) -> StateProof {
    let bytes = try byteString(limit: 16 * 1024)
    var decoder = CBORDecoder(bytes)
    do {
      let proof = try StateProof(from: &decoder)
      try decoder.finish()
      return proof
    } catch {
      throw .malformed(error)
    }
  }
}

extension NodeFailure {
  private static let textLimit = 1_024

  /// `[0, text]`: bad request; `[1, text]`: unavailable; `[2, text]`: damaged.
  fileprivate func encode(into encoder: inout CBOREncoder) {
    encoder.array(2)
    switch self {
    case .badRequest(let text):
      encoder.unsigned(0)
      encoder.text(text.prefix(byteCount: NodeFailure.textLimit))
    case .unavailable(let text):
      encoder.unsigned(1)
      encoder.text(text.prefix(byteCount: NodeFailure.textLimit))
    case .damaged(let text):
      encoder.unsigned(2)
      encoder.text(text.prefix(byteCount: NodeFailure.textLimit))
    }
  }

  fileprivate init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 2)
    let kind = try reader.unsigned(through: 2)
    let text = try reader.text(limit: NodeFailure.textLimit)
    switch kind {
    case 0: self = .badRequest(text)
    case 1: self = .unavailable(text)
    default: self = .damaged(text)
    }
  }
}

extension String {
  /// As many whole characters of the beginning as fit into `byteCount` bytes of UTF-8.
  func prefix(byteCount: Int) -> String {
    guard utf8.count > byteCount else { return self }
    var result = ""
    var count = 0
    for character in self {
      count += character.utf8.count
      guard count <= byteCount else { break }
      result.append(character)
    }
    return result
  }
}
