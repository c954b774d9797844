import Cryptography
import Dispatch
import Ledger
import Merkle
import Storage

/// Verifies a chain from its block log and the network file alone: nothing that a node derived is
/// believed.
///
/// 1. Every byte of the log: headers, seals, checksums (`BlockLog.verify`).
/// 2. Every block, in order, by the code that validates a proposal: header chain, counts and roots of
///    the body, signers, every transaction executed again on a state of the audit's own, outcomes,
///    state root, history root, next validators.
/// 3. Every signature of every transaction, and every finalization certificate, by the validators
///    that the state names.
/// 4. On demand, the index: every row against one that the audit made.
///
/// An invalid signature does not stop it; a block that cannot be read or is wrong does, since what
/// follows rests on it. Blocks are taken in batches: while one is executed, the signatures of the one
/// before are verified and the one after is decoded, on all processors. So an audit needs no more
/// memory than the state's tree, the store it is given, and three batches.
package struct ChainAudit {
  /// Bytes of blocks in a batch, or little more.
  private static let batchByteCount = 4 << 20

  private let genesis: Genesis
  private let disk: any Disk
  private let configuration: BlockLog.Configuration
  private let scratch: any StateStore
  private let index: (any StoreReader)?
  private let accepting: RecoveryRecords

  /// - Parameters:
  ///   - disk: that of the data directory, which the caller has locked.
  ///   - scratch: an empty store for the audit's own state; what is in it afterwards is nobody's.
  ///   - index: to be compared with the log, if any.
  ///   - accepting: the recovery records that the auditor was told to accept. The chain cannot be
  ///     judged beyond the last block of any other.
  package init(
    _ genesis: Genesis, on disk: any Disk, _ configuration: BlockLog.Configuration,
    scratch: any StateStore, comparingIndex index: (any StoreReader)? = nil,
    accepting: RecoveryRecords = .none
  ) {
    precondition(
      configuration.network == genesis.network.digest, "the log is that of the network file")
    self.genesis = genesis
    self.disk = disk
    self.configuration = configuration
    self.scratch = scratch
    self.index = index
    self.accepting = accepting
  }

  /// Runs to the end of the log, or to a block that cannot be passed.
  ///
  /// - Throws: what keeps the audit itself from going on: the disk, the scratch store, a log of
  ///   another network or format. What is wrong with the chain is a finding.
  package func run(progress: (AuditProgress) -> Void = { _ in }) throws(ChainError) -> AuditReport {
    var report = AuditReport()
    let damages = try stored { () throws(StorageError) in
      try BlockLog.verify(on: disk, configuration)
    }
    for damage in damages { report.add(.damage(damage)) }
    let log: ChainLog
    do {
      (log, report.cuts) = try ChainLog.open(on: disk, configuration)
    } catch .storage(.damaged(let damage)) {
      report.add(.damage(damage))
      return report
    }
    let found = try recoveries(&report)
    let state = try LedgerState.begin(genesis, in: scratch, recoveries: accepting)
    var run = AuditRun(
      report, state: state, log: log, configuration: configuration,
      rows: index == nil ? .state : .all, found: found)
    try run.run(batchByteCount: ChainAudit.batchByteCount, progress)
    report = run.report
    if let index, report.isThrough {
      report.add(
        contentsOf: try IndexComparison(index: index, audited: scratch, head: state.chain).run())
    }
    return report
  }

  /// Those that lie in the directory. All are told, accepted or not.
  private func recoveries(_ report: inout AuditReport) throws(ChainError) -> RecoveryRecords {
    var found = RecoveryRecords.none
    do throws(StorageError) {
      found = try RecoveryRecords.load(from: disk, network: genesis.network)
    } catch .damaged(let damage) {
      report.add(.damage(damage))
    } catch {
      throw .storage(error)
    }
    var told = found
    for record in accepting.all { told.insert(record) }
    report.recoveries = told.all.map {
      AuditedRecovery(record: $0, isAccepted: accepting.contains($0.hash))
    }
    return found
  }
}

/// A recovery record that an audit met.
package struct AuditedRecovery: Hashable, Sendable {
  package let record: RecoveryRecord
  package let isAccepted: Bool
}

/// How far an audit is.
package struct AuditProgress: Hashable, Sendable {
  package var height: Height
  /// That of the log's last block.
  package var lastHeight: Height
  package var transactions: UInt64
  package var operations: UInt64
  /// Bytes of blocks.
  package var byteCount: UInt64
}

/// What an audit found.
package struct AuditReport: Sendable {
  /// More are counted and not kept.
  package static let findingLimit = 1_000

  package fileprivate(set) var findings: [AuditFinding] = []
  package fileprivate(set) var findingCount = 0
  /// Unfinished writes at the log's end, which were never acknowledged.
  package fileprivate(set) var cuts: [Cut] = []
  /// The recovery records that lie beside the chain, and those that the auditor brought.
  package fileprivate(set) var recoveries: [AuditedRecovery] = []
  package internal(set) var blocks: UInt64 = 0
  package internal(set) var transactions: UInt64 = 0
  package internal(set) var operations: UInt64 = 0
  /// Signatures of transactions that were verified.
  package internal(set) var signatures: UInt64 = 0
  package internal(set) var certificates: UInt64 = 0
  package internal(set) var byteCount: UInt64 = 0
  /// The last block that everything but its signatures was right with; `nil` if not even the log
  /// could be opened.
  package internal(set) var head: ChainHead?
  /// Whether the audit came to the end of the log.
  package internal(set) var isThrough = false

  package var isSound: Bool { findingCount == 0 && isThrough }

  mutating func add(_ finding: AuditFinding) {
    guard !findings.contains(finding) else { return }
    findingCount += 1
    if findings.count < AuditReport.findingLimit { findings.append(finding) }
  }

  mutating func add(contentsOf findings: [AuditFinding]) {
    for finding in findings { add(finding) }
  }
}

/// Something that is wrong with a chain, and where.
package struct AuditFinding: Hashable, Sendable {
  package enum Matter: Hashable, Sendable {
    /// Bytes are not what was stored.
    case damage(Damage.Kind)
    /// The block does not decode, or its header does not cover its body.
    case undecodable(LedgerError)
    case block(BlockFault)
    /// A certificate does not decode.
    case certificateUndecodable(LedgerError)
    case certificate(CertificateFault)
    /// No certificate covers the block.
    case unfinalized
    /// An accepted recovery record cannot be followed.
    case recovery(RecoveryFault)
    /// The chain goes on by a recovery record that the auditor was not told to accept.
    case recoveryNotAccepted(Digest)
    case index(IndexFault)
  }

  package let matter: Matter
  package let height: Height?
  package let file: DiskPath?
  package let byteRange: Range<UInt64>?

  static func damage(_ damage: Damage) -> AuditFinding {
    AuditFinding(
      matter: .damage(damage.kind), height: damage.height, file: damage.file,
      byteRange: damage.byteRange)
  }

  static func index(_ fault: IndexFault) -> AuditFinding {
    AuditFinding(matter: .index(fault), height: nil, file: nil, byteRange: nil)
  }
}

/// What is wrong with a finalization certificate.
package enum CertificateFault: Error, Hashable, Sendable {
  case notAFinalization
  case otherBlock(BlockHash?)
  case epoch(Epoch)
  case view(View)
  case parentView(View)
  case noQuorum(signatures: Int, quorum: Int)
  case unknownSigner(ValidatorIndex)
  case signature(ValidatorIndex)
}

/// What is wrong with an index.
package enum IndexFault: Hashable, Sendable {
  case unreadable(String)
  /// It follows another block than the log's last; it was not compared.
  case otherHeight(Height?)
  /// The row is missing, or has another value. The key in hexadecimal.
  case wrongRow(key: String)
  case surplusRow(key: String)
}

extension AuditFinding: CustomStringConvertible {
  package var description: String {
    var place: [String] = []
    if let file { place.append("\(file)") }
    if let byteRange { place.append("bytes \(byteRange.lowerBound)..<\(byteRange.upperBound)") }
    if let height { place.append("height \(height.rawValue)") }
    return (place.isEmpty ? "" : place.joined(separator: ", ") + ": ") + matter.text
  }
}

extension AuditFinding.Matter {
  fileprivate var text: String {
    switch self {
    case .damage(let kind): kind.rawValue
    case .undecodable(let error): "the block does not decode or is not the header's: \(error)"
    case .block(let fault): "\(fault)"
    case .certificateUndecodable(let error): "the certificate does not decode: \(error)"
    case .certificate(let fault): "the certificate does not finalize the block: \(fault)"
    case .unfinalized: "no certificate covers the block"
    case .recovery(let fault): "the recovery record cannot be followed: \(fault)"
    case .recoveryNotAccepted(let record):
      "the chain goes on by the recovery record \(record), which was not accepted"
    case .index(.unreadable(let reason)): "the index cannot be read: \(reason)"
    case .index(.otherHeight(let height)):
      "the index is at another height: \(height.map { "\($0.rawValue)" } ?? "none")"
    case .index(.wrongRow(let key)): "the index's row \(key) is missing or wrong"
    case .index(.surplusRow(let key)): "the index's row \(key) should not be there"
    }
  }
}
