import CommandInterface
import Cryptography
import Ledger

// Texts of the command line as the ledger's values. What people type is brought to canonical form
// here, before anything is signed; a node refuses what is not canonical.

extension InvalidValue {
  /// What a node would say of this text, with the text itself in front.
  package init(_ typed: String, _ code: RefusalCode) {
    let text = code.text
    self.init(
      english: "'\(typed)': \(text.what.english) \(text.why.english) \(text.next.english)",
      chinese: "'\(typed)'：\(text.what.chinese)\(text.why.chinese)\(text.next.chinese)")
  }
}

/// Reads with an initialiser that throws refusals.
private func admitted<Value>(
  _ typed: String, _ make: (String) throws(RefusalCode) -> Value
) throws(InvalidValue) -> Value {
  do throws(RefusalCode) {
    return try make(typed)
  } catch {
    throw InvalidValue(typed, error)
  }
}

extension ValueType where Value == VehicleIdentificationNumber {
  /// A VIN in any usual writing. Its check digit is not asked for here, because a registered vehicle
  /// may lack one; who registers calls `requireCheckDigit()`.
  package static var vin: ValueType {
    ValueType("vin") { text throws(InvalidValue) in
      do throws(RefusalCode) {
        return try VehicleIdentificationNumber(VehicleIdentificationNumber.canonical(from: text))
      } catch {
        throw InvalidValue(text, error)
      }
    }
  }
}

extension VehicleIdentificationNumber {
  /// A hint for answers about a vehicle that nobody knows: the number may be mistyped.
  package var checkDigitHint: LocalizedText? {
    guard checkDigit == .invalid else { return nil }
    return LocalizedText(
      english: "the check digit of \(text) is wrong, so it is probably mistyped.",
      chinese: "\(text) 的校验位不符，可能输入有误。")
  }
}

extension ValueType where Value == Height {
  package static var height: ValueType {
    ValueType("height") { text throws(InvalidValue) in
      // Heights are shown in groups of three digits; what is shown may be pasted.
      let digits = text.replacing(",", with: "")
      guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt64(digits),
        number <= UInt64(Int64.max)
      else {
        throw InvalidValue(
          english: "'\(text)' is not a height: give a whole number such as 48213",
          chinese: "'\(text)' 不是高度：请给出整数，如 48213")
      }
      return Height(number)
    }
  }
}

extension ValueType where Value == MemberID {
  package static var member: ValueType {
    ValueType("member") { text throws(InvalidValue) in
      do throws(RefusalCode) {
        return try MemberID(text)
      } catch {
        throw InvalidValue(
          english: "'\(text)' is not a member: "
            + "1 to 32 lower-case letters, digits and hyphens, a letter first, such as bank-a",
          chinese: "'\(text)' 不是成员名：1 至 32 个小写字母、数字和连字符，以字母开头，如 bank-a")
      }
    }
  }
}

extension ValueType where Value == Identifier {
  /// A pledge id, valuation id, reference, case number, model id or version.
  package static func identifier(_ placeholder: String) -> ValueType {
    ValueType(placeholder) { text throws(InvalidValue) in
      try admitted(text) { text throws(RefusalCode) in try Identifier(text) }
    }
  }
}

extension ValueType where Value == DescriptiveText {
  package static func descriptive(_ placeholder: String) -> ValueType {
    ValueType(placeholder) { text throws(InvalidValue) in
      try admitted(text) { text throws(RefusalCode) in try DescriptiveText(text) }
    }
  }
}

extension ValueType where Value == Region {
  package static var region: ValueType {
    ValueType("region") { text throws(InvalidValue) in
      try admitted(text.uppercased()) { text throws(RefusalCode) in try Region(text) }
    }
  }
}

extension ValueType where Value == CalendarDate {
  package static var calendarDate: ValueType {
    ValueType("date") { text throws(InvalidValue) in
      do throws(RefusalCode) {
        return try CalendarDate(text)
      } catch {
        throw InvalidValue(
          english: "'\(text)' is not a date: write year, month and day such as 2026-09-20",
          chinese: "'\(text)' 不是日期：请按年月日书写，如 2026-09-20")
      }
    }
  }
}

extension ValueType where Value == Timestamp {
  /// RFC 3339 with any offset.
  package static var timestamp: ValueType {
    ValueType("time") { text throws(InvalidValue) in
      guard let time = WallTime(text).flatMap({ Timestamp($0) }) else {
        throw InvalidValue(
          english: "'\(text)' is not a time since 1970: "
            + "write RFC 3339 such as 2026-09-20T09:31:00+08:00",
          chinese: "'\(text)' 不是 1970 年以后的时间：请按 RFC 3339 书写，如 2026-09-20T09:31:00+08:00")
      }
      return time
    }
  }
}

extension ValueType where Value == Kilometres {
  package static var kilometres: ValueType {
    ValueType("km") { text throws(InvalidValue) in
      guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt32(text),
        number <= Kilometres.limit
      else {
        throw InvalidValue(
          english: "'\(text)' is not a number of kilometres from 0 to \(Kilometres.limit)",
          chinese: "'\(text)' 不是 0 到 \(Kilometres.limit) 的公里数")
      }
      return try admitted(text) { _ throws(RefusalCode) in try Kilometres(number) }
    }
  }
}

extension ValueType where Value == TransactionID {
  package static var transactionID: ValueType {
    ValueType("transaction") { text throws(InvalidValue) in
      guard let digest = Digest(hexadecimal: text) else {
        throw InvalidValue(
          english: "'\(text)' is not a transaction: give its 64 hexadecimal digits",
          chinese: "'\(text)' 不是交易编号：请给出 64 位十六进制数")
      }
      return TransactionID(digest)
    }
  }
}

extension ValueType where Value == BasisPoints {
  /// `70%`, `66.67%`: at most two digits after the point.
  package static var percent: ValueType {
    ValueType("percent") { text throws(InvalidValue) in
      guard let points = BasisPoints(percent: text) else {
        throw InvalidValue(
          english: "'\(text)' is not a percentage such as 70% or 66.67%",
          chinese: "'\(text)' 不是百分比，如 70% 或 66.67%")
      }
      return points
    }
  }
}

extension BasisPoints {
  /// Reads `70%`, `66.6 %` or `66.67%`; `nil` for anything else and beyond 10,000 %.
  package init?(percent text: String) {
    guard text.hasSuffix("%") else { return nil }
    let number = text.dropLast().drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
    let parts = String(number).split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first, (1...2).contains(parts.count), !whole.isEmpty, whole.count <= 5
    else { return nil }
    let fraction = parts.count == 2 ? String(parts[1]) : "00"
    let digits = whole + fraction + String(repeating: "0", count: max(0, 2 - fraction.count))
    guard (1...2).contains(fraction.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let points = UInt32(digits)
    else { return nil }
    do throws(RefusalCode) {
      try self.init(points)
    } catch {
      return nil
    }
  }

  /// `70%`, `66.67%`.
  package var percentText: String {
    let (whole, fraction) = (rawValue / 100, rawValue % 100)
    if fraction == 0 { return "\(whole)%" }
    let digits = fraction < 10 ? "0\(fraction)" : "\(fraction)"
    return "\(whole).\(digits.hasSuffix("0") ? String(digits.dropLast()) : digits)%"
  }
}
