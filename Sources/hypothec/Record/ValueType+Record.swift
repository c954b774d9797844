import CommandInterface
import Cryptography
import Documents
import Ledger

extension ValueType where Value == Commitment {
  /// `commitment:<64 hexadecimal digits>`.
  static var commitmentDigest: ValueType {
    ValueType("commitment") { text throws(InvalidValue) in
      guard text.lowercased().hasPrefix("commitment:"),
        let digest = Digest(hexadecimal: String(text.dropFirst("commitment:".count)))
      else {
        throw InvalidValue(
          english: "'\(text)' is not a commitment: write commitment: and 64 hexadecimal digits",
          chinese: "'\(text)' 不是承诺值：请写 commitment: 和 64 位十六进制数")
      }
      return Commitment(digest: digest)
    }
  }
}

extension ValueType where Value == Money {
  /// `120000.00CNY` as well as `'120000.00 CNY'`: one word needs no quotation marks.
  static var amount: ValueType {
    ValueType(ValueType<Money>.money.placeholder) { text throws(InvalidValue) in
      let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
      let rest = text.dropFirst(digits.count)
      guard !digits.isEmpty, !rest.isEmpty, rest.first != " " else {
        return try ValueType<Money>.money.parse(text)
      }
      return try ValueType<Money>.money.parse("\(digits) \(rest)")
    }
  }
}

extension ValueType where Value == Disclosable<Identifier> {
  /// A case number, or `commitment:HEX`.
  static var caseNumber: ValueType {
    ValueType("case") { text throws(InvalidValue) in
      if text.lowercased().hasPrefix("commitment:") {
        return .committed(try ValueType<Commitment>.commitmentDigest.parse(text))
      }
      return .disclosed(try ValueType<Identifier>.identifier("case").parse(text))
    }
  }
}
