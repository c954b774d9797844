import FuzzTargets
import Glibc

/// What a fuzzer has found and somebody has mended: `Corpus/TARGET/NAME`, beside this file.
enum Corpus {
  struct Unreadable: Error {
    let path: String
  }

  static func inputs(
    of target: FuzzTarget, beside file: String = #filePath
  ) throws -> [[UInt8]] {
    let directory = file.split(separator: "/").dropLast().joined(separator: "/")
    let path = "/\(directory)/Corpus/\(target.rawValue)"
    // A target without a directory has found nothing yet.
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var inputs: [[UInt8]] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard !name.hasPrefix(".") else { continue }
      inputs.append(try content("\(path)/\(name)"))
    }
    return inputs
  }

  private static func content(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw Unreadable(path: path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 64 * 1024)
    while case let count = fread(&part, 1, part.count, file), count > 0 { bytes += part[..<count] }
    return bytes
  }
}
