import CommandInterface
import Testing

@testable import hypothec

@Suite("CSV reader")
struct ImportCSVTests {
  private struct Read {
    var rows: [[String]] = []
    var lines: [Int] = []
    var defects: [CSVDefect?] = []
  }

  private func read(
    _ bytes: [UInt8], delimiter: UInt8 = UInt8(ascii: ","), limit: Int = 1 << 20, part: Int
  ) throws -> Read {
    var reader = CSVReader(delimiter: delimiter, limit: limit)
    var rest = bytes[...]
    var read = Read()
    while let record = try reader.next({ () throws(Problem) in
      let next = Array(rest.prefix(part))
      rest = rest.dropFirst(next.count)
      return next
    }) {
      read.rows.append((0..<record.cellCount).map { record.text($0) ?? "?" })
      read.lines.append(record.line)
      read.defects.append(record.defect)
    }
    return read
  }

  static let cases: [(text: String, rows: [[String]])] = [
    ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
    ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
    ("a,b\rc,d\r", [["a", "b"], ["c", "d"]]),
    ("a,,\n,,b\n", [["a", "", ""], ["", "", "b"]]),
    ("\"a,b\",\"c\"\"d\"\n", [["a,b", "c\"d"]]),
    ("\"a\nb\",c\nd,e\n", [["a\nb", "c"], ["d", "e"]]),
    ("\"a\r\nb\",c\r\nd,e\r\n", [["a\r\nb", "c"], ["d", "e"]]),
    ("5\" wheel,b\n", [["5\" wheel", "b"]]),
    ("=\"001\",b\n", [["=\"001\"", "b"]]),
    ("\"\",\"\"\n", [["", ""]]),
    ("a\n\nb\n", [["a"], [""], ["b"]]),
    ("", []),
  ]

  @Test("reads RFC 4180 in parts of any size", arguments: cases, [1, 2, 3, 7, 1_000])
  func reads(_ given: (text: String, rows: [[String]]), part: Int) throws {
    let read = try read(Array(given.text.utf8), part: part)
    #expect(read.rows == given.rows)
    #expect(read.defects.allSatisfy { $0 == nil })
  }

  @Test("says on which line a row begins, embedded line ends counted")
  func lines() throws {
    let read = try read(Array("h\n\"a\nb\"\r\nc\rd\n".utf8), part: 1)
    #expect(read.lines == [1, 2, 4, 5])
  }

  @Test("names what is wrong with a row and reads on")
  func defects() throws {
    let read = try read(Array("a\0b,c\n\"a\"b,c\nd,e\n\"f\ng".utf8), part: 2)
    #expect(
      read.defects == [.nulByte, .textAfterQuote, nil, .unclosedQuote(lineCount: 2)])
    #expect(read.rows[2] == ["d", "e"])
  }

  @Test("passes over a line of 10 MB and holds no more than the limit")
  func longLine() throws {
    for quote in ["", "\""] {
      let head = Array("a,b\n\(quote)".utf8)
      let tail = Array("\(quote),x\nc,d\n".utf8)
      let limit = 1 << 20
      var reader = CSVReader(delimiter: UInt8(ascii: ","), limit: limit)
      var partsLeft = 10 * 1024
      var state = 0
      var records: [CSVRecord] = []
      let long = [UInt8](repeating: UInt8(ascii: "z"), count: 1024)
      while let record = try reader.next({ () throws(Problem) in
        if state == 0 {
          state = 1
          return head
        }
        if partsLeft > 0 {
          partsLeft -= 1
          return long
        }
        state += 1
        return state == 2 ? tail : []
      }) {
        records.append(record)
      }
      #expect(records.map(\.defect) == [nil, .tooLong(limit: limit), nil])
      #expect(records[1].original.count == limit)
      #expect(records[1].content.count <= limit)
      #expect(records[2].text(1) == "d")
      #expect(records[2].line == 3)
    }
  }

  @Test(
    "finds the delimiter of the first line",
    arguments: [
      ("a,b;c,d\n;;;;\n", ","), ("a;b;c,d\n", ";"), ("a\tb\n", "\t"), ("\"a,b,c\";d\n", ";"),
      ("alone\n", ","),
    ])
  func delimiter(_ text: String, expected: String) {
    #expect(CSVReader.delimiter(of: Array(text.utf8)) == expected.utf8.first)
  }

  @Test("obeys the line with which Excel says the delimiter")
  func separatorLine() throws {
    var parts: [[UInt8]] = [Array("sep=;\r\na,b;c\r\n1;2\r\n".utf8)]
    var table = try ImportTable(delimiter: nil, name: "t.csv") { () throws(Problem) in
      parts.isEmpty ? [] : parts.removeFirst()
    }
    #expect(table.columns == ["a,b", "c"])
    let row = try #require(try table.next())
    #expect(row.record.text(1) == "2")
    #expect(row.record.line == 3)
  }

  @Test(
    "writes what it reads", arguments: ["plain", "a,b", "say \"so\"", "two\nlines", " edge ", ""])
  func writes(_ cell: String) throws {
    let read = try read(Array(CSVText.line([cell, "x"]).utf8), part: 3)
    #expect(read.rows == [[cell, "x"]])
  }
}

@Suite("Text encodings of imports")
struct ImportEncodingTests {
  private func decode(_ bytes: [UInt8], _ encoding: TextEncoding, part: Int) throws -> [UInt8] {
    let decoder = try TextDecoder(encoding)
    var output: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      output += decoder.decode(Array(rest.prefix(part)))
      rest = rest.dropFirst(part)
    }
    return output + decoder.decode([])
  }

  private func detect(_ bytes: [UInt8]) -> TextEncoding {
    var detector = EncodingDetector()
    for start in stride(from: 0, to: bytes.count, by: 5) {
      detector.take(Array(bytes[start..<min(start + 5, bytes.count)]))
    }
    return detector.encoding
  }

  private static let chinese = "车架号,品牌\nLFV,一汽大众\n"
  /// The same in GB18030.
  private static let gb18030: [UInt8] =
    [0xB3, 0xB5, 0xBC, 0xDC, 0xBA, 0xC5, 0x2C, 0xC6, 0xB7, 0xC5, 0xC6, 0x0A]
    + [0x4C, 0x46, 0x56, 0x2C, 0xD2, 0xBB, 0xC6, 0xFB, 0xB4, 0xF3, 0xD6, 0xDA, 0x0A]

  private static func wide(_ text: String, isLittle: Bool) -> [UInt8] {
    text.utf16.flatMap { unit in
      isLittle
        ? [UInt8(unit & 0xFF), UInt8(unit >> 8)] : [UInt8(unit >> 8), UInt8(unit & 0xFF)]
    }
  }

  static let files: [(bytes: [UInt8], encoding: TextEncoding)] = [
    (Array(chinese.utf8), .utf8),
    ([0xEF, 0xBB, 0xBF] + Array(chinese.utf8), .utf8),
    (gb18030, .gb18030),
    ([0xFF, 0xFE] + wide(chinese, isLittle: true), .utf16LittleEndian),
    ([0xFE, 0xFF] + wide(chinese, isLittle: false), .utf16BigEndian),
  ]

  @Test("tells the encoding and decodes it in parts of any size", arguments: files, [1, 3, 64])
  func decodes(_ file: (bytes: [UInt8], encoding: TextEncoding), part: Int) throws {
    #expect(detect(file.bytes) == file.encoding)
    let text = try decode(file.bytes, file.encoding, part: part)
    #expect(String(decoding: text, as: UTF8.self) == Self.chinese)
  }

  @Test("tells UTF-16 without a mark by its zero bytes", arguments: [true, false])
  func unmarked(isLittle: Bool) {
    let bytes = Self.wide("vin,model\n4T1,Camry\n", isLittle: isLittle)
    #expect(detect(bytes) == (isLittle ? .utf16LittleEndian : .utf16BigEndian))
  }

  @Test("a damaged byte in much UTF-8 does not make it GB18030")
  func damaged() {
    let text = String(repeating: Self.chinese, count: 20)
    #expect(detect(Array(text.utf8) + [0xFF, 0x0A]) == .utf8)
  }

  @Test("what means nothing spoils its own row only")
  func spoiled() throws {
    let bytes = Self.gb18030 + [0xFF, 0xFF, 0x2C, 0x41, 0x0A] + Self.gb18030
    let text = try decode(bytes, .gb18030, part: 2)
    let lines = text.split(separator: 0x0A)
    #expect(lines.count == 5)
    #expect(
      lines.map { String(validating: $0, as: UTF8.self) == nil } == [
        false, false, true, false, false,
      ])
  }
}
