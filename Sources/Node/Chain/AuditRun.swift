import Cryptography
import Dispatch
import Ledger
import Storage
import Synchronization

/// An audit's way through the log, three batches at a time.
struct AuditRun {
  private(set) var report: AuditReport
  private let state: LedgerState
  private let log: ChainLog
  private let rows: ExecutedBlock.Rows
  /// The recovery records that lie beside the chain.
  private let found: RecoveryRecords
  private var places: AuditPlaces
  private var certificates: AuditCertificates
  private var verifiers = VerifierCache(.tables)
  /// Set when a block cannot be passed.
  private var isStuck = false

  init(
    _ report: AuditReport, state: LedgerState, log: ChainLog,
    configuration: BlockLog.Configuration, rows: ExecutedBlock.Rows, found: RecoveryRecords
  ) {
    self.report = report
    self.state = state
    self.log = log
    self.rows = rows
    self.found = found
    places = AuditPlaces(configuration)
    certificates = AuditCertificates(log: log)
  }

  mutating func run(
    batchByteCount: Int, _ progress: (AuditProgress) -> Void
  ) throws(ChainError) {
    let last = log.lastHeight ?? .genesis
    var reader = log.reader(from: Height.genesis.next)
    var decoded: [DecodedBlock] = []
    var unverified: [AuditedSignature] = []
    while true {
      let read = isStuck ? [] : try next(&reader, batchByteCount)
      if read.isEmpty, decoded.isEmpty, unverified.isEmpty { break }
      let round = try pass(read: read, decoded: isStuck ? [] : decoded, unverified)
      decoded = round.decoded
      unverified = round.unverified
      report.head = state.head
      progress(
        AuditProgress(
          height: state.chain.header.height, lastHeight: last, transactions: report.transactions,
          operations: report.operations, byteCount: report.byteCount))
    }
    report.head = state.head
    report.isThrough = !isStuck && state.chain.header.height == last
  }

  /// The next blocks; what comes after damage is not read.
  private mutating func next(
    _ reader: inout BlockReader, _ byteCount: Int
  ) throws(ChainError) -> [BlockReader.Block] {
    do throws(StorageError) {
      return try reader.nextBatch(byteCount: byteCount)
    } catch {
      guard case .damaged(let damage) = error else { throw .storage(error) }
      report.add(.damage(damage))
      return []
    }
  }

  private struct Round {
    var decoded: [DecodedBlock] = []
    var unverified: [AuditedSignature] = []
  }

  /// Executes `decoded`, verifies `unverified` and decodes `read`, all at once.
  private mutating func pass(
    read: [BlockReader.Block], decoded: [DecodedBlock], _ unverified: [AuditedSignature]
  ) throws(ChainError) -> Round {
    let chunks = SignatureTrust.chunkCount(of: unverified.count)
    let findings = Mutex<[AuditFinding]>([])
    let results = Mutex([DecodedBlock?](repeating: nil, count: read.count))
    var round = Round()
    var failure: ChainError?
    do {
      // Safety: the first iteration alone uses these, and it ends before they are read again.
      nonisolated(unsafe) var run = self
      nonisolated(unsafe) var executed: [AuditedSignature] = []
      nonisolated(unsafe) var fault: ChainError?
      DispatchQueue.concurrentPerform(iterations: 1 + read.count + chunks) { iteration in
        switch iteration {
        case 0:
          do throws(ChainError) {
            executed = try run.execute(decoded)
          } catch {
            fault = error
          }
        case ...read.count:
          let block = DecodedBlock(read[iteration - 1])
          results.withLock { $0[iteration - 1] = block }
        default:
          let found = AuditRun.verify(unverified, chunk: iteration - 1 - read.count)
          if !found.isEmpty { findings.withLock { $0 += found } }
        }
      }
      self = run
      round.unverified = executed
      failure = fault
    }
    if let failure { throw failure }
    // Chunks end in any order.
    let found = findings.withLock { $0 }.sorted {
      ($0.height ?? .genesis) < ($1.height ?? .genesis)
    }
    report.add(contentsOf: found)
    for check in unverified { check.count(in: &report) }
    round.decoded = results.withLock { $0.compactMap(\.self) }
    return round
  }

  private static func verify(_ checks: [AuditedSignature], chunk: Int) -> [AuditFinding] {
    let start = chunk * SignatureTrust.chunkSize
    return checks[start..<min(start + SignatureTrust.chunkSize, checks.count)].compactMap(\.finding)
  }

  // MARK: Execution

  /// Executes blocks in order; returns the signatures in them.
  private mutating func execute(
    _ decoded: [DecodedBlock]
  ) throws(ChainError) -> [AuditedSignature] {
    var signatures: [AuditedSignature] = []
    for decoded in decoded where !isStuck {
      let place = places.next(decoded)
      switch decoded.block {
      case .failure(let error):
        isStuck = true
        report.add(place.finding(.undecodable(error)))
      case .success(let block):
        signatures += try execute(block, decoded, place)
      }
    }
    return signatures
  }

  private mutating func execute(
    _ block: Block, _ decoded: DecodedBlock, _ place: AuditPlace
  ) throws(ChainError) -> [AuditedSignature] {
    if let record = found.closing(state.chain.hash), state.recovery == nil,
      block.header.epoch == record.epoch
    {
      isStuck = true
      report.add(place.finding(.recoveryNotAccepted(record.hash)))
      return []
    }
    var unverified: [UnverifiedTransaction] = []
    let parent = ExecutionParent(final: state)
    let validators = try state.validators()
    let result = try BlockJudge(state: state, network: block.header.network).execute(
      WaitingBlock(block: block, encoded: decoded.bytes), hash: block.header.hash, on: parent,
      signatures: .verify { transactions in
        // They are verified with the next batch.
        unverified = transactions
        return nil
      }, verifiers: &verifiers)
    switch result {
    case .failure(let fault):
      isStuck = true
      report.add(place.finding(.block(fault)))
      return []
    case .success(let executed):
      do {
        try state.commit([executed], rows: rows)
      } catch .recovery(_, let fault) {
        isStuck = true
        report.add(place.finding(.recovery(fault)))
      }
      report.blocks += 1
      report.operations += block.header.operationCount
      report.byteCount += UInt64(decoded.bytes.count)
      var signatures = unverified.map { AuditedSignature(place, .transaction($0)) }
      signatures += try certificates.check(
        executed, validators, at: place, &verifiers, &report, places)
      return signatures
    }
  }
}

extension LedgerState {
  /// The head as answers and reports name it.
  var head: ChainHead {
    ChainHead(
      network: chain.header.network, height: chain.header.height, block: chain.hash,
      time: chain.header.time, stateRoot: chain.header.stateRoot)
  }
}

/// Signatures that were met and wait to be verified.
struct AuditedSignature: Sendable {
  enum Subject: Sendable {
    case transaction(UnverifiedTransaction)
    case certificate(message: [UInt8], [(signer: ValidatorIndex, verifier: Verifier, [UInt8])])
  }

  private let place: AuditPlace
  private let subject: Subject

  init(_ place: AuditPlace, _ subject: Subject) {
    self.place = place
    self.subject = subject
  }

  /// Verifies; `nil` if all is well.
  var finding: AuditFinding? {
    switch subject {
    case .transaction(let transaction):
      guard !transaction.isValid else { return nil }
      return place.finding(.block(.signature(transactionIndex: transaction.index)))
    case .certificate(let message, let signatures):
      let wrong = signatures.first { !$0.verifier.isValid(signature: $0.2, message: message) }
      return wrong.map { place.finding(.certificate(.signature($0.signer))) }
    }
  }

  func count(in report: inout AuditReport) {
    switch subject {
    case .transaction(let transaction):
      report.transactions += 1
      report.signatures += UInt64(transaction.verifiers.count)
    case .certificate: report.certificates += 1
    }
  }
}
