import CommandInterface

/// One record of a CSV file: its cells, without their quotation marks, and the line it came from.
struct CSVRecord: Sendable {
  /// The line on which it begins, 1 for the first of the file.
  let line: Int
  /// The cells one after the other.
  let content: [UInt8]
  /// Where each cell ends in `content`.
  let ends: [Int]
  /// As it stands in the file, without the line end; cut off at the limit.
  let original: [UInt8]
  let defect: CSVDefect?

  var cellCount: Int { ends.count }

  /// An empty line.
  var isBlank: Bool { original.isEmpty && content.isEmpty && ends.count <= 1 && defect == nil }

  func cell(_ index: Int) -> ArraySlice<UInt8> {
    content[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  /// `nil` if the cell is not text.
  func text(_ index: Int) -> String? { String(validating: cell(index), as: UTF8.self) }

  /// The line for a report, with replacement characters for what is not text.
  var originalText: String {
    let shown = String(decoding: original.prefix(Self.shownByteCount), as: UTF8.self)
    return original.count > Self.shownByteCount ? shown + "..." : shown
  }

  private static let shownByteCount = 8 * 1024
}

/// Why a record is no row.
enum CSVDefect: Hashable, Sendable {
  case tooLong(limit: Int)
  case nulByte
  /// Something other than a delimiter follows a closing quotation mark.
  case textAfterQuote
  /// A quotation mark is still open at the end of the file, so many lines on.
  case unclosedQuote(lineCount: Int)

  var code: ProblemCode {
    switch self {
    case .tooLong: .csvLineTooLong
    case .nulByte: .csvNulByte
    case .textAfterQuote, .unclosedQuote: .csvQuote
    }
  }

  var reason: LocalizedText {
    switch self {
    case .tooLong(let limit):
      LocalizedText(
        english: "the row is longer than \(NumberText.bytes(UInt64(limit)))",
        chinese: "该行超过 \(NumberText.bytes(UInt64(limit)))")
    case .nulByte:
      LocalizedText(english: "the row has a NUL byte in it", chinese: "该行含有 NUL 字节")
    case .textAfterQuote:
      LocalizedText(
        english: "something follows a closing quotation mark; a quotation mark within a cell is "
          + "written twice",
        chinese: "右引号之后还有内容；单元格内的引号应写两次")
    case .unclosedQuote(let lineCount):
      LocalizedText(
        english: "a quotation mark that opens here is never closed: all \(lineCount) lines to the "
          + "end of the file belong to this row",
        chinese: "此处的引号未关闭：直到文件末尾的 \(lineCount) 行都属于该行")
    }
  }
}
