/// A make, a model, a name: 1 to 60 Unicode scalars, at most 240 bytes of UTF-8.
///
/// No control characters, no white space at either end, nothing that looks like a person's number.
/// Unicode normalisation is not asked for: texts are equal if their bytes are.
package struct DescriptiveText: CanonicalText {
  package static let scalarLimit = 60
  package static let byteLimit = 240

  package let text: String

  /// Throws `fieldTooLong`, `notCanonical` or `personalDataSuspected`.
  package init(_ text: String) throws(RefusalCode) {
    let scalars = text.unicodeScalars
    guard text.utf8.count <= Self.byteLimit, scalars.count <= Self.scalarLimit else {
      throw .fieldTooLong
    }
    guard let first = scalars.first, let last = scalars.last,
      !ScalarClass.isWhiteSpace(first), !ScalarClass.isWhiteSpace(last),
      !scalars.contains(where: ScalarClass.isControl)
    else { throw .notCanonical }
    guard !PersonalData.isSuspected(in: text) else { throw .personalDataSuspected }
    self.text = text
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
    hasher.combine(UInt8(0xFF))
  }

  package static func < (left: Self, right: Self) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}
