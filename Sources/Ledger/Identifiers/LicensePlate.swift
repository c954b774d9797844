/// A Chinese licence plate (GA 36). It never goes on the ledger in the clear: the client checks it
/// and commits to it.
package struct LicensePlate: CanonicalText {
  package enum Kind: Hashable, Sendable {
    /// Five places after the office's letter; the last may tell a use (學 and the like).
    case regular
    /// New energy: six places, a letter A to K at the first (small vehicles) or the last (large).
    case newEnergy
  }

  package let text: String
  package let kind: Kind

  /// Throws `plateInvalid`.
  package init(_ text: String) throws(RefusalCode) {
    let scalars = Array(text.unicodeScalars)
    guard scalars.count >= 2, Self.provinces.contains(scalars[0]), Self.isLetter(scalars[1]),
      let kind = Self.kind(of: Array(scalars[2...]))
    else { throw .plateInvalid }
    self.text = text
    self.kind = kind
  }

  /// What people type, in the form that `init` admits: ASCII upper case, without white space,
  /// hyphens and the dot that is drawn after the office's letter. The result may still be refused.
  package static func canonical(from text: String) -> String {
    let dots: [Unicode.Scalar] = [".", "\u{B7}", "\u{2022}", "\u{2027}", "\u{30FB}"]
    var result = String.UnicodeScalarView()
    for scalar in TypedText.compacted(text).unicodeScalars where !dots.contains(scalar) {
      result.append(scalar)
    }
    return String(result)
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(text) }

  package static func < (left: Self, right: Self) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  private static func kind(of serial: [Unicode.Scalar]) -> Kind? {
    switch serial.count {
    case 5:
      let isUse = uses.contains(serial[4])
      let places = isUse ? serial[..<4] : serial[...]
      return places.allSatisfy { isDigit($0) || isLetter($0) } ? .regular : nil
    case 6:
      let isSmall =
        isEnergyLetter(serial[0]) && (isDigit(serial[1]) || isLetter(serial[1]))
        && serial[2...].allSatisfy(isDigit)
      let isLarge = serial[..<5].allSatisfy(isDigit) && isEnergyLetter(serial[5])
      return isSmall || isLarge ? .newEnergy : nil
    default: return nil
    }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  /// I and O are taken for digits and are not used.
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("A"..."Z").contains(scalar) && scalar != "I" && scalar != "O"
  }

  private static func isEnergyLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("A"..."K").contains(scalar) && scalar != "I"
  }

  private static let provinces = Array("京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新".unicodeScalars)
  /// Trailer, learner, police, Hong Kong, Macao, consulate.
  private static let uses = Array("挂学警港澳领".unicodeScalars)
}
