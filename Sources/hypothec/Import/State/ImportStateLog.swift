import CommandInterface
import Cryptography
import Ledger

/// The records of a state file: read at the start, appended to afterwards.
struct ImportStateLog {
  private static let prefixByteCount = 12
  /// What the first record takes; a file that is longer and does not begin with one is no state.
  private static let headerByteCount = 160
  /// A plan: one transaction, or those that replace one, and what was rejected.
  private static let recordByteLimit = 64 * 1024 * 1024

  private let storage: any ImportStateStorage

  /// What a state says when it is opened.
  struct Recovered {
    /// Rows up to this one are planned.
    var plannedRow = 0
    var isComplete = false
    var alreadyThereCount = 0
    var accepted = OperationCounts()
    var height: Height?
    var transactionCount = 0
    var replacedCount = 0
    var nextAttempt: UInt64 = 1
    /// Planned and neither settled nor replaced, in order.
    var pending: [StoredAttempt] = []
    /// Rows that the ledger's state refused.
    var rejections: [Int: RowFinding] = [:]
    /// Attempts that were made, by number, until they are settled.
    fileprivate var open: [UInt64: StoredAttempt] = [:]
  }

  /// Opens a state, or begins one. Throws IMPORT_STATE_OTHER if it is of another import that is not
  /// complete, IMPORT_STATE_INVALID if the file is
  /// something else.
  static func open(
    _ storage: any ImportStateStorage, _ header: ImportStateHeader, name: String
  ) throws(Problem) -> (ImportStateLog, Recovered) {
    var recovered = Recovered()
    var found: ImportStateHeader?
    let end = try scan(storage) { record in
      if case .header(let read) = record { found = read } else { recovered.take(record) }
    }
    if found == nil, try storage.byteCount > Self.headerByteCount {
      throw .importStateInvalid(name)
    }
    let log = ImportStateLog(storage: storage)
    if let found {
      if found == header {
        try storage.truncate(to: end)
        recovered.finish()
        return (log, recovered)
      }
      guard recovered.isComplete else { throw .importStateOther(name, found, header) }
    }
    // New, torn before its first record was whole, or of an import that is done.
    try storage.truncate(to: 0)
    try log.append(.header(header))
    try log.sync()
    return (log, Recovered())
  }

  func append(_ record: ImportStateRecord) throws(Problem) {
    let content = record.encoded
    precondition(content.count <= Self.recordByteLimit, "a record of the state is bounded")
    let count = UInt32(content.count)
    var bytes = withUnsafeBytes(of: count.bigEndian) { Array($0) }
    bytes += SHA256.hash(content).bytes.prefix(8)
    try storage.append(bytes + content)
  }

  func sync() throws(Problem) { try storage.sync() }

  /// Calls `take` for every record up to the first that is not whole; returns where that begins.
  private static func scan(
    _ storage: any ImportStateStorage, _ take: (ImportStateRecord) -> Void
  ) throws(Problem) -> Int {
    var offset = 0
    while let content = try record(at: offset, storage) {
      do throws(LedgerError) {
        take(try ImportStateRecord(content))
      } catch {
        return offset
      }
      offset += prefixByteCount + content.count
    }
    return offset
  }

  /// `nil` if there is none, or it is torn.
  private static func record(
    at offset: Int, _ storage: any ImportStateStorage
  ) throws(Problem) -> [UInt8]? {
    let prefix = try storage.read(at: offset, count: prefixByteCount)
    guard prefix.count == prefixByteCount else { return nil }
    let count = prefix[..<4].reduce(0) { $0 << 8 | Int($1) }
    guard count <= recordByteLimit else { return nil }
    let content = try storage.read(at: offset + prefixByteCount, count: count)
    let isWhole =
      content.count == count && SHA256.hash(content).bytes.prefix(8).elementsEqual(prefix[4...])
    return isWhole ? content : nil
  }
}

extension ImportStateLog.Recovered {
  fileprivate mutating func take(_ record: ImportStateRecord) {
    switch record {
    case .header: break
    case .complete: isComplete = true
    case .settled(let attempt, let settlement):
      open[attempt] = nil
      accepted += settlement.counts
      height = max(height ?? settlement.height, settlement.height)
      transactionCount += 1
    case .plan(let plan):
      if let replaced = plan.replaces {
        open[replaced] = nil
        replacedCount += 1
      } else {
        plannedRow = max(plannedRow, plan.rows.upperBound)
      }
      alreadyThereCount += plan.alreadyThereCount
      for rejection in plan.rejections { rejections[rejection.row] = rejection.finding }
      for attempt in plan.attempts {
        open[attempt.number] = attempt
        nextAttempt = max(nextAttempt, attempt.number + 1)
      }
    }
  }

  fileprivate mutating func finish() {
    pending = open.values.sorted { $0.number < $1.number }
    open = [:]
  }
}

extension Problem {
  static func importRunning(_ path: String) -> Problem {
    Problem(
      .importRunning, .directoryInUse,
      what: LocalizedText(
        english: "another import of this file is running: it has \(path).",
        chinese: "该文件正由另一进程导入：\(path) 被占用。"),
      next: LocalizedText(
        english: "wait for it, or stop it with Ctrl-C and run the command again.",
        chinese: "请等待其完成，或按 Ctrl-C 停止后重试。"))
  }

  static func importStateInvalid(_ path: String) -> Problem {
    Problem(
      .importStateInvalid, .dataError,
      what: LocalizedText(
        english: "\(path) is not the state of an import.", chinese: "\(path) 不是导入状态文件。"),
      why: LocalizedText(
        english: "its first record is none, so the file is damaged or is something else, and it is "
          + "not overwritten.",
        chinese: "首条记录无效：文件已损坏或另有用途，不会覆盖。"),
      next: LocalizedText(
        english: "move it away and run the command again: rows that the ledger has already are "
          + "recognised, so nothing is recorded twice.",
        chinese: "请移走该文件后重试：已在账本上的行会被识别，不会重复登记。"),
      details: ["path": .string(path)])
  }

  static func importStateOther(
    _ path: String, _ found: ImportStateHeader, _ given: ImportStateHeader
  ) -> Problem {
    let what: LocalizedText =
      if found.network != given.network {
        LocalizedText(english: "of another network", chinese: "另一网络")
      } else if found.file != given.file {
        LocalizedText(english: "of a file with other content", chinese: "内容不同的文件")
      } else {
        LocalizedText(english: "with another map", chinese: "使用另一映射")
      }
    return Problem(
      .importStateOther, .dataError,
      what: LocalizedText(
        english: "\(path) belongs to an import \(what.english) that is not finished.",
        chinese: "\(path) 属于尚未完成的导入（\(what.chinese)）。"),
      why: LocalizedText(
        english: "its transactions are of rows that are not these.",
        chinese: "其中的交易所对应的行与当前不同。"),
      next: LocalizedText(
        english: "finish that import with the file and the map that it began with, or delete "
          + "\(path): rows that the ledger has already are recognised, so nothing is recorded twice.",
        chinese: "请用原文件和原映射完成该导入，或删除 \(path)：已在账本上的行会被识别，不会重复登记。"),
      details: ["path": .string(path)])
  }
}
