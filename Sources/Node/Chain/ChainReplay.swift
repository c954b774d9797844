import Ledger
import Storage

/// Executes the blocks of the log that the state lacks, by the code that validates new ones, and
/// compares every outcome and root. Signatures were verified when the blocks were accepted; an audit
/// verifies them again.
struct ChainReplay {
  /// Bytes of blocks that are read, and then decoded on all processors, at a time.
  private static let batchByteCount = 4 << 20

  let state: LedgerState
  let log: ChainLog
  let network: NetworkID
  private var verifiers = VerifierCache(.light)

  init(state: LedgerState, log: ChainLog, network: NetworkID) {
    self.state = state
    self.log = log
    self.network = network
  }

  /// Executes the blocks up to and with `last`.
  mutating func run(
    through last: Height, _ progress: (OpeningProgress) -> Void
  ) throws(ChainError) {
    guard last > state.chain.header.height else { return }
    var reader = log.reader(from: state.chain.header.height.next)
    while state.chain.header.height < last {
      let batch = try stored { () throws(StorageError) in
        try reader.nextBatch(byteCount: ChainReplay.batchByteCount)
      }
      guard !batch.isEmpty else { return }
      for decoded in DecodedBlock.decode(batch.filter { $0.height <= last }) {
        try replay(decoded)
      }
      progress(.replaying(height: state.chain.header.height, to: last))
    }
  }

  private mutating func replay(_ decoded: DecodedBlock) throws(ChainError) {
    let block: Block
    switch decoded.block {
    case .success(let read): block = read
    case .failure(let error): throw .unreadableBlock(decoded.height, error)
    }
    let parent = ExecutionParent(final: state)
    let result = try BlockJudge(state: state, network: network).execute(
      WaitingBlock(block: block, encoded: decoded.bytes), hash: block.header.hash, on: parent,
      signatures: .verified, verifiers: &verifiers)
    switch result {
    case .success(let executed): try state.commit([executed])
    case .failure(let fault): throw .wrongBlock(decoded.height, fault)
    }
  }
}

/// A block of the log, decoded or not.
struct DecodedBlock: Sendable {
  let height: Height
  let bytes: [UInt8]
  let block: Result<Block, LedgerError>

  init(_ read: BlockReader.Block) {
    height = read.height
    bytes = read.bytes
    do {
      block = .success(try Block(read.bytes))
    } catch {
      block = .failure(error)
    }
  }

  /// Decodes on all processors.
  static func decode(_ batch: [BlockReader.Block]) -> [DecodedBlock] {
    Parallel.map(batch) { DecodedBlock($0) }
  }
}
