/// Where the files of the block log lie.
enum LogLayout {
  static let blocks = DiskPath("blocks")
  static let certificates = DiskPath("certificates")
  private static let digitCount = 20

  static func blocks(from height: UInt64) -> DiskPath {
    blocks.appending("\(digits(height)).blocks")
  }

  static func certificates(from height: UInt64) -> DiskPath {
    certificates.appending("\(digits(height)).certificates")
  }

  /// Says that the segment was found damaged while the node ran, so that the next start looks
  /// through all of it.
  static func mark(from height: UInt64) -> DiskPath {
    blocks.appending("\(digits(height)).damaged")
  }

  /// The first height of the segment that a file belongs to.
  static func number(of file: DiskPath) -> UInt64? {
    guard file.parent == blocks || file.parent == certificates else { return nil }
    return UInt64(file.name.prefix { $0 != "." })
  }

  /// Decimal, with leading zeros, so that names are in the order of their numbers.
  static func digits(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: digitCount - digits.utf8.count) + digits
  }

  /// The numbers in the names `<20 digits>.<suffix>` among `names`, ascending.
  static func numbers(in names: [String], suffix: String) -> [UInt64] {
    names.compactMap { name in
      guard name.hasSuffix(".\(suffix)"), name.utf8.count == digitCount + 1 + suffix.utf8.count
      else { return nil }
      return UInt64(name.prefix(digitCount))
    }
  }
}
