/// Text as people type and paste it, on its way to a canonical form. Only clients use this.
package enum TypedText {
  /// Full-width forms as ASCII, a to z as A to Z, without white space, hyphens and the invisible
  /// characters that copying brings along.
  package static func compacted(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let scalar = upperCased(narrowed(scalar))
      if !ScalarClass.isWhiteSpace(scalar), !isHyphen(scalar), !isInvisible(scalar) {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// U+FF01...U+FF5E are ASCII's graphic characters drawn wide.
  static func narrowed(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard (0xFF01...0xFF5E).contains(scalar.value) else { return scalar }
    return Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
  }

  private static func upperCased(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard ("a"..."z").contains(scalar) else { return scalar }
    return Unicode.Scalar(scalar.value - 0x20) ?? scalar
  }

  private static func isHyphen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2D, 0xAD, 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63: true
    default: false
    }
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200B...0x200F, 0x202A...0x202E, 0x2060, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}

/// Classes of Unicode scalars, as closed lists: the standard library's own tables grow with every
/// Unicode version, and nodes built with two versions must agree.
enum ScalarClass {
  /// Unicode's White_Space property.
  static func isWhiteSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A: true
    case 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// C0 and C1 controls, line and paragraph separators, and what is not seen but changes what is:
  /// the direction marks and overrides, the zero-width space and the byte order mark.
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0x200B, 0x200E, 0x200F, 0x2028...0x202E: true
    case 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}
