import CommandInterface
import Cryptography
import Documents
@preconcurrency import Glibc

/// What one look at all bytes of a file tells before it is read for good.
struct FileSurvey: Hashable, Sendable {
  let digest: Digest
  let byteCount: UInt64
  /// About as many rows there are, for the progress.
  let lineFeedCount: UInt64
  let encoding: TextEncoding

  /// Reads the whole file once.
  init(_ path: String) throws(Problem) {
    var hasher = SHA256()
    var detector = EncodingDetector()
    var byteCount: UInt64 = 0
    var lineFeedCount: UInt64 = 0
    let file = try ImportFile(path)
    while true {
      let part = try file.read()
      if part.isEmpty { break }
      hasher.update(part)
      detector.take(part)
      byteCount += UInt64(part.count)
      for byte in part where byte == 0x0A { lineFeedCount += 1 }
    }
    digest = hasher.finish()
    encoding = detector.encoding
    self.byteCount = byteCount
    self.lineFeedCount = lineFeedCount
  }
}

/// A file that is read from its beginning to its end, in parts of the same size.
final class ImportFile {
  private static let partByteCount = 256 * 1024

  private let path: String
  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: ImportFile.partByteCount)

  init(_ path: String) throws(Problem) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotRead(path, errno) }
  }

  deinit { close(descriptor) }

  /// The next part; empty at the end.
  func read() throws(Problem) -> [UInt8] {
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count >= 0 { return Array(buffer[..<count]) }
      guard errno == EINTR else { throw .cannotRead(path, errno) }
    }
  }
}
