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

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct IdentifierRandomness: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  mutating func text(of alphabet: [Character], count: Int) -> String {
    String((0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &self)] })
  }
}
