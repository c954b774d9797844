import CommandInterface
import Documents
@preconcurrency import Glibc

/// The report of an import: a CSV file with one line for every row that was refused and every
/// oddity of a row that was not.
///
/// It follows from the file, the map and the state, so every run writes it from the beginning. It is
/// made only when there is something to report, and holds what the file holds: mode 0600.
final class FindingsFile {
  static let heading = ["line", "column", "code", "reason", "original", "effect"]
  private static let flushByteCount = 64 * 1024

  let path: String
  private let language: Language
  private var descriptor: Int32 = -1
  private var buffer: [UInt8] = []

  /// Throws IMPORT_REJECTS_FOREIGN if the file exists and is no report; an old report is removed.
  init(_ path: String, _ language: Language) throws(Problem) {
    self.path = path
    self.language = language
    guard LocalFile.exists(path) else { return }
    let expected = Array(CSVText.line(Self.heading).utf8)
    let start = try ImportFile(path).read().prefix(expected.count)
    guard start.isEmpty || start.elementsEqual(expected) else { throw .rejectsForeign(path) }
    guard unlink(path) == 0 else { throw .cannotWrite(path, errno) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Whether there was anything to report.
  var isWritten: Bool { descriptor >= 0 }

  func add(_ finding: RowFinding, line: Int, original: String) throws(Problem) {
    if descriptor < 0 {
      descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw .cannotWrite(path, errno) }
      buffer += CSVText.line(Self.heading).utf8
    }
    let cells = [
      String(line), finding.column, finding.code.text, finding.reason[language], original,
      finding.effect.rawValue,
    ]
    buffer += CSVText.line(cells).utf8
    if buffer.count >= Self.flushByteCount { try flush() }
  }

  func flush() throws(Problem) {
    var offset = 0
    while offset < buffer.count {
      let count = buffer[offset...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        offset += count
      } else if errno != EINTR {
        throw .cannotWrite(path, errno)
      }
    }
    buffer.removeAll(keepingCapacity: true)
  }
}

extension Problem {
  static func rejectsForeign(_ path: String) -> Problem {
    Problem(
      .importRejectsForeign, .cannotCreate,
      what: LocalizedText(
        english: "\(path) exists and is not the report of an import; it is not overwritten.",
        chinese: "\(path) 已存在且不是导入报告，不会覆盖。"),
      next: LocalizedText(
        english: "name another file: --rejects FILE", chinese: "请指定其他文件：--rejects 文件"),
      details: ["path": .string(path)])
  }
}
