import Cryptography

/// Reads both copies of a journal in step and mends one from the other: `Journal` says by which
/// rules. Alters nothing before it has read everything.
struct JournalRecovery {
  /// One of the copies.
  struct Copy {
    let file: any DiskFile
    let wasMissing: Bool
    var reader: RecordReader
    /// Bytes to be written over what is there.
    var repairs: [(offset: UInt64, bytes: [UInt8])] = []
    /// Defects of which it is not known yet whether a crash explains them.
    var suspects: [Damage] = []
  }

  /// What a copy has at a place.
  private enum Finding {
    case whole(Journal.Record, JournalWriter, bytes: [UInt8])
    case end
    case defect(RecordDefect)
  }

  private let disk: any Disk
  private(set) var first: Copy
  private(set) var second: Copy
  private(set) var writer: JournalWriter
  private(set) var records: [Journal.Record] = []
  private(set) var damages: [Damage] = []
  /// Where the last record that stays ends.
  private(set) var end = UInt64(FileHeader.Kind.journal.byteCount)

  init(_ generation: UInt64, _ network: Digest, _ disk: any Disk) throws(StorageError) {
    self.disk = disk
    let header = FileHeader(.journal, network: network, number: generation)
    writer = JournalWriter(header: header.bytes)
    first = try Copy(JournalFiles.first(generation), disk)
    second = try Copy(JournalFiles.second(generation), disk)
    let firstDamage = try first.checkHeader(header)
    let secondDamage = try second.checkHeader(header)
    if let firstDamage, secondDamage != nil { throw .damaged(firstDamage) }
    damages += [firstDamage, secondDamage].compactMap(\.self)
  }

  mutating func run() throws(StorageError) {
    while try step() {}
    try mend()
  }

  /// Takes in the next record; false at the end.
  private mutating func step() throws(StorageError) -> Bool {
    let findings = (
      try JournalRecovery.finding(&first, writer), try JournalRecovery.finding(&second, writer)
    )
    switch findings {
    case (.whole(let record, let next, let bytes), .whole):
      confirmSuspects()
      accept(record, next, bytes)
    case (.whole(let record, let next, let bytes), .end):
      second.repairs.append((end, bytes))
      accept(record, next, bytes)
    case (.whole(let record, let next, let bytes), .defect(let defect)):
      second.repairs.append((end, bytes))
      suspect(defect)
      accept(record, next, bytes)
    case (.end, .whole(let record, let next, let bytes)):
      confirmSuspects()
      first.repairs.append((end, bytes))
      reportFirstEndsEarly()
      accept(record, next, bytes)
    case (.defect(let defect), .whole(let record, let next, let bytes)):
      confirmSuspects()
      first.repairs.append((end, bytes))
      damages.append(Damage(defect.kind, in: first.file.path, at: defect.byteRange))
      accept(record, next, bytes)
    case (.end, .end), (.defect, .end): return false
    case (.end, .defect(let defect)), (.defect, .defect(let defect)):
      throw .damaged(Damage(defect.kind, in: second.file.path, at: defect.byteRange))
    }
    return true
  }

  /// A defect in the second copy that is all there was damaged; one that ends early may have been
  /// cut short by a crash, unless a whole record follows.
  private mutating func suspect(_ defect: RecordDefect) {
    let damage = Damage(defect.kind, in: second.file.path, at: defect.byteRange)
    if defect.kind == .truncated {
      second.suspects.append(damage)
    } else {
      damages.append(damage)
    }
  }

  private mutating func reportFirstEndsEarly() {
    let damage = Damage(.truncated, in: first.file.path, at: end..<end)
    let isKnown = damages.contains {
      $0.file == damage.file && ($0.kind == .truncated || $0.kind == .missing)
    }
    if !isKnown { damages.append(damage) }
  }

  private mutating func confirmSuspects() {
    damages += second.suspects
    second.suspects = []
  }

  private mutating func accept(
    _ record: Journal.Record, _ next: JournalWriter, _ bytes: [UInt8]
  ) {
    records.append(record)
    writer = next
    end += UInt64(bytes.count)
    first.reader.skip(to: end)
    second.reader.skip(to: end)
  }

  private static func finding(
    _ copy: inout Copy, _ writer: JournalWriter
  ) throws(StorageError) -> Finding {
    switch try copy.reader.next() {
    case .end: return .end
    case .defect(let defect): return .defect(defect)
    case .record(let payload, let byteRange):
      var next = writer
      guard let record = next.accept(payload) else {
        return .defect(RecordDefect(kind: .order, byteRange: byteRange))
      }
      var bytes: [UInt8] = []
      Record.append(Array(payload), to: &bytes)
      return .whole(record, next, bytes: bytes)
    }
  }

  /// What a copy is mended from is synced before; what is cut is cut from the second copy first.
  private mutating func mend() throws(StorageError) {
    try attempt { () throws(DiskError) in
      try first.file.sync()
      try second.file.sync()
      for copy in [first, second] where !copy.repairs.isEmpty {
        for repair in copy.repairs { try copy.file.write(repair.bytes, at: repair.offset) }
        try copy.file.sync()
      }
      try JournalFiles.cut(first.file, second.file, to: end)
      if first.wasMissing || second.wasMissing {
        try disk.syncDirectory(JournalFiles.directory)
      }
    }
  }
}

extension JournalRecovery.Copy {
  /// Opens a copy; a missing one is created empty, to be mended.
  fileprivate init(_ path: DiskPath, _ disk: any Disk) throws(StorageError) {
    do {
      file = try disk.open(path, .readWrite)
      wasMissing = false
    } catch  where error.reason == .notFound {
      file = try attempt { () throws(DiskError) in try disk.open(path, .createEmpty) }
      wasMissing = true
    } catch {
      throw .disk(error)
    }
    reader = try RecordReader(
      file, from: UInt64(FileHeader.Kind.journal.byteCount),
      maximumPayload: JournalWriter.maximumPayload)
  }

  /// Notes the repair of a damaged header and returns the damage.
  fileprivate mutating func checkHeader(_ header: FileHeader) throws(StorageError) -> Damage? {
    do {
      _ = try FileHeader.read(
        .journal, number: header.number, of: header.network, from: file)
      return nil
    } catch .damaged(let damage) {
      repairs.append((0, header.bytes))
      return wasMissing ? Damage(.missing, in: file.path, at: 0..<0) : damage
    } catch {
      throw error
    }
  }
}
