import CommandInterface

/// A CSV file with a heading, read row by row.
struct ImportTable {
  /// The names in the first row, in order, without white space around them.
  let columns: [String]
  /// Rows begin at 1 below the heading; blank lines count as none.
  private(set) var rowNumber = 0

  private var reader: CSVReader
  private let source: () throws(Problem) -> [UInt8]

  /// Reads the heading. `source` gives UTF-8 part by part, an empty part at the end.
  init(
    delimiter: UInt8?, name: String, _ source: @escaping () throws(Problem) -> [UInt8]
  ) throws(Problem) {
    var first = try source()
    // Room for the line that says the delimiter, and for most of a heading.
    while first.count < 4096 {
      let more = try source()
      if more.isEmpty { break }
      first += more
    }
    let separator = CSVReader.separatorLine(of: first)
    if let separator { first.removeFirst(separator.byteCount) }
    let found = delimiter ?? separator?.delimiter ?? CSVReader.delimiter(of: first)
    var start: [UInt8]? = first.isEmpty ? nil : first
    let parts: () throws(Problem) -> [UInt8] = { () throws(Problem) in
      if let part = start {
        start = nil
        return part
      }
      return try source()
    }
    self.source = parts
    reader = CSVReader(delimiter: found, firstLine: separator == nil ? 1 : 2)
    columns = try Self.heading(&reader, name, parts)
  }

  /// The next row with its number; `nil` at the end.
  mutating func next() throws(Problem) -> (number: Int, record: CSVRecord)? {
    while let record = try reader.next(source) {
      if record.isBlank { continue }
      rowNumber += 1
      return (rowNumber, record)
    }
    return nil
  }

  private static func heading(
    _ reader: inout CSVReader, _ name: String, _ parts: () throws(Problem) -> [UInt8]
  ) throws(Problem) -> [String] {
    while let record = try reader.next(parts) {
      if record.isBlank { continue }
      if let defect = record.defect { throw .headingUnreadable(name, record.line, defect.reason) }
      var columns: [String] = []
      for index in 0..<record.cellCount {
        guard let text = record.text(index) else {
          throw .headingUnreadable(
            name, record.line,
            LocalizedText(
              english: "its characters are not in the file's encoding; say which: --encoding",
              chinese: "字符编码不符；请用 --encoding 指明"))
        }
        columns.append(CellText.trimmed(text))
      }
      return columns
    }
    throw .fileWithoutRows(name)
  }
}

extension ImportTable {
  /// The table in a file, whose survey tells the encoding unless `encoding` does.
  init(
    path: String, survey: FileSurvey, encoding: TextEncoding?, delimiter: UInt8?
  ) throws(Problem) {
    let file = try ImportFile(path)
    let decoder = try TextDecoder(encoding ?? survey.encoding)
    var isAtEnd = false
    try self.init(delimiter: delimiter, name: path) { () throws(Problem) in
      // A part may decode to nothing, which is not the end.
      while !isAtEnd {
        let part = try file.read()
        isAtEnd = part.isEmpty
        let text = decoder.decode(part)
        if !text.isEmpty { return text }
      }
      return []
    }
  }
}
