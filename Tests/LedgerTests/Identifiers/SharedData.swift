import Cryptography
import Glibc

/// Data that lies beside the package, is read in place and is not always there.
enum SharedData {
  /// The lines of a file after its heading, or `nil` where the file is absent.
  static func rows(of name: String, filePath: String = #filePath) -> [String]? {
    // <package>/Tests/LedgerTests/Identifiers/SharedData.swift
    let package = filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    for directory in ["../shared/data", "../../shared/data"] {
      guard let text = contents(of: "/\(package)/\(directory)/\(name)") else { continue }
      return text.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
    }
    return nil
  }

  static func isPresent(_ name: String) -> Bool { rows(of: name) != nil }

  private static func contents(of path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }
}

extension SplitMix64 {
  mutating func text(of alphabet: [Character], count: Int) -> String {
    String((0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &self)] })
  }
}
