import CommandInterface

/// Reads CSV (RFC 4180) from parts of UTF-8, one record at a time.
///
/// - A record ends at LF, CRLF or CR outside quotation marks. Quotation marks decide alone: what
///   stands within them is never taken for a row, however long it is, so nothing that somebody wrote
///   into a cell can become a row of its own.
/// - A quotation mark in the middle of a cell that does not begin with one is a character.
/// - A record beyond the limit is read to its end and given with a defect; no more than the limit is
///   ever held.
struct CSVReader {
  static let recordByteLimit = 1024 * 1024

  private enum Place {
    case cellStart, plain, quoted
    /// After a quotation mark within a quoted cell: its end, or the first of two.
    case quoteSeen
    /// After the end of a quoted cell something else came.
    case afterQuoted
  }

  private let delimiter: UInt8
  private let limit: Int
  private var place = Place.cellStart
  private var line = 1
  private var recordLine = 1
  private var content: [UInt8] = []
  private var ends: [Int] = []
  private var original: [UInt8] = []
  private var byteCount = 0
  private var defect: CSVDefect?
  /// The last byte was a CR that ended a line: an LF right after it belongs to it.
  private var endedAtReturn = false

  private var part: [UInt8] = []
  private var position = 0
  private var isAtEnd = false

  init(delimiter: UInt8, limit: Int = CSVReader.recordByteLimit, firstLine: Int = 1) {
    self.delimiter = delimiter
    self.limit = limit
    line = firstLine
    recordLine = firstLine
  }

  /// The next record, blank lines among them; `nil` at the end. `more` gives the next part, an
  /// empty one at the end.
  mutating func next(_ more: () throws(Problem) -> [UInt8]) throws(Problem) -> CSVRecord? {
    while true {
      while position < part.count {
        let byte = part[position]
        position += 1
        if take(byte) { return finish() }
      }
      if isAtEnd { return nil }
      part = try more()
      position = 0
      if part.isEmpty {
        isAtEnd = true
        if byteCount > 0 || !ends.isEmpty { return finishAtEnd() }
      }
    }
  }

  // MARK: Bytes

  /// Whether the byte ends the record.
  private mutating func take(_ byte: UInt8) -> Bool {
    if endedAtReturn {
      endedAtReturn = false
      if byte == UInt8(ascii: "\n") { return false }
    }
    let isLineEnd = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    if isLineEnd, place != .quoted {
      endedAtReturn = byte == UInt8(ascii: "\r")
      line += 1
      return true
    }
    keepOriginal(byte)
    if byte == UInt8(ascii: "\n") { line += 1 }
    if byte == 0 { note(.nulByte) }
    step(byte)
    return false
  }

  private mutating func step(_ byte: UInt8) {
    let isQuote = byte == UInt8(ascii: "\"")
    switch place {
    case .cellStart where isQuote: place = .quoted
    case .cellStart, .plain: plain(byte)
    case .quoted where isQuote: place = .quoteSeen
    case .quoted: keep(byte)
    case .quoteSeen where isQuote:
      keep(byte)
      place = .quoted
    case .quoteSeen where byte == delimiter, .afterQuoted where byte == delimiter: endCell()
    case .quoteSeen, .afterQuoted:
      note(.textAfterQuote)
      place = .afterQuoted
    }
  }

  private mutating func plain(_ byte: UInt8) {
    if byte == delimiter { return endCell() }
    keep(byte)
    place = .plain
  }

  private mutating func keepOriginal(_ byte: UInt8) {
    byteCount += 1
    if byteCount <= limit {
      original.append(byte)
    } else {
      note(.tooLong(limit: limit))
    }
  }

  private mutating func keep(_ byte: UInt8) {
    if byteCount <= limit { content.append(byte) }
  }

  private mutating func endCell() {
    if byteCount <= limit { ends.append(content.count) }
    place = .cellStart
  }

  /// The first defect stays, but a row that is too long is above all too long.
  private mutating func note(_ found: CSVDefect) {
    if case .tooLong = found { defect = found } else if defect == nil { defect = found }
  }

  // MARK: Records

  private mutating func finish() -> CSVRecord {
    endCell()
    let record = CSVRecord(
      line: recordLine, content: content, ends: ends, original: original, defect: defect)
    content.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    original.removeAll(keepingCapacity: true)
    byteCount = 0
    defect = nil
    recordLine = line
    return record
  }

  private mutating func finishAtEnd() -> CSVRecord {
    if place == .quoted { defect = .unclosedQuote(lineCount: line - recordLine + 1) }
    return finish()
  }
}

extension CSVReader {
  /// The delimiter of a file, from its first line: the most frequent of comma, semicolon and tab
  /// outside quotation marks.
  static func delimiter(of text: [UInt8]) -> UInt8 {
    var counts = [0, 0, 0]
    let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    var isQuoted = false
    for byte in text {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
      if let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
    }
    let best = counts.indices.max { counts[$0] < counts[$1] } ?? 0
    return counts[best] > 0 ? candidates[counts.firstIndex(of: counts[best]) ?? 0] : candidates[0]
  }

  /// What a first line `sep=;`, as Excel writes it, says, and how many bytes it takes.
  static func separatorLine(of text: [UInt8]) -> (delimiter: UInt8, byteCount: Int)? {
    guard text.starts(with: Array("sep=".utf8)), text.count >= 6 else { return nil }
    let rest = Array(text[5...].prefix(2))
    if rest == [0x0D, 0x0A] { return (text[4], 7) }
    return rest[0] == 0x0A || rest[0] == 0x0D ? (text[4], 6) : nil
  }
}
