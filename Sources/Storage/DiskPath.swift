/// A path below the root of a `Disk`: components joined by `/`, without a leading one.
package struct DiskPath: Hashable, Sendable, CustomStringConvertible {
  /// The root of the disk itself.
  package static let root = DiskPath("")

  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  package var description: String { text.isEmpty ? "." : text }

  /// The path of `name` in this directory.
  package func appending(_ name: String) -> DiskPath {
    text.isEmpty ? DiskPath(name) : DiskPath("\(text)/\(name)")
  }

  /// The directory that holds this path.
  package var parent: DiskPath {
    guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return .root }
    return DiskPath(String(text[..<slash]))
  }

  /// The last component.
  package var name: String {
    guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return text }
    return String(text[text.utf8.index(after: slash)...])
  }
}

extension DiskPath: Comparable {
  /// The order of the bytes.
  package static func < (left: DiskPath, right: DiskPath) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}
