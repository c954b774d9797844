import CommandInterface
import Cryptography
import Ledger

extension ValueType where Value == Currency {
  package static var currency: ValueType {
    ValueType("currency") { text throws(InvalidValue) in
      do throws(RefusalCode) {
        return try Currency(text.uppercased())
      } catch {
        throw InvalidValue(text, error)
      }
    }
  }
}

extension ValueType where Value == Money {
  /// `120000.00 CNY`, `120000 CNY`, `CNY 120000.00`.
  package static var money: ValueType {
    ValueType("amount") { text throws(InvalidValue) in
      let words = text.split(separator: " ").map(String.init)
      guard words.count == 2, let currencyWord = words.first(where: { isLetters($0) }),
        let number = words.first(where: { !isLetters($0) })
      else {
        throw InvalidValue(
          english: "'\(text)' is not an amount: write it with its currency, such as "
            + "'120000.00 CNY', in quotation marks",
          chinese: "'\(text)' 不是金额：请连同币种书写并加引号，如 '120000.00 CNY'")
      }
      let currency = try ValueType<Currency>.currency.parse(currencyWord)
      do throws(RefusalCode) {
        return try Money(decimal: number, currency: currency)
      } catch .notCanonical {
        throw notPlain(text, currency)
      } catch {
        throw InvalidValue(text, error)
      }
    }
  }

  private static func isLetters(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
  }

  private static func notPlain(_ text: String, _ currency: Currency) -> InvalidValue {
    let count = currency.exponent
    return InvalidValue(
      english: "'\(text)' is not a plain amount: digits without grouping"
        + (count == 0 ? ", and no fraction" : ", and exactly \(count) after the point if any"),
      chinese: "'\(text)' 不是规范金额：数字不分组"
        + (count == 0 ? "，且没有小数" : "，小数恰为 \(count) 位"))
  }
}

extension ValueType where Value == Party {
  /// `uscc:...`, `lei:...`, `commitment:<64 hexadecimal digits>`.
  package static var party: ValueType {
    ValueType("party") { text throws(InvalidValue) in
      guard let (scheme, rest) = schemed(text) else { throw notParty(text) }
      switch scheme {
      case "uscc", "lei":
        do throws(RefusalCode) {
          let canonical = TypedText.compacted(rest)
          let entity =
            scheme == "lei"
            ? LegalEntity.lei(try LegalEntityIdentifier(canonical))
            : try LegalEntity(try UnifiedSocialCreditCode(canonical))
          return .disclosed(entity)
        } catch {
          throw InvalidValue(text, error)
        }
      case "commitment": return .committed(try commitment(rest))
      default: throw notParty(text)
      }
    }
  }

  private static func notParty(_ text: String) -> InvalidValue {
    InvalidValue(
      english: "'\(text)' is not a party: write uscc:CODE or lei:CODE for a company, "
        + "commitment:HEX for a person, a sole trader, or who is not to be named",
      chinese: "'\(text)' 不是当事人：公司写 uscc:代码 或 lei:代码，个人、个体工商户或不公开者写 commitment:十六进制")
  }
}

extension ValueType where Value == LegalEntity {
  /// `uscc:...` or `lei:...`; a bare code is taken for what its length says.
  package static var legalEntity: ValueType {
    ValueType("code") { text throws(InvalidValue) in
      let code = schemed(text).map(\.rest) ?? text
      do throws(RefusalCode) {
        return try LegalEntity(TypedText.compacted(code))
      } catch {
        throw InvalidValue(text, error)
      }
    }
  }
}

/// A document as it is given: by what stands for it, or as a file whose SHA-256 is taken.
package enum DocumentSource: Hashable, Sendable {
  case stated(Document)
  case file(String)

  /// Hashes the file, if it is one.
  package func document() throws(Problem) -> Document {
    switch self {
    case .stated(let document): return document
    case .file(let path):
      var hasher = SHA256()
      try LocalFile.read(path) { hasher.update($0) }
      return .disclosed(DocumentHash(hasher.finish()))
    }
  }
}

extension ValueType where Value == DocumentSource {
  /// `sha256:HEX`, `commitment:HEX`, or a path. Write `./sha256:x` for a file of such a name.
  package static var document: ValueType {
    ValueType("document", completion: .file) { text throws(InvalidValue) in
      switch schemed(text) {
      case ("sha256", let rest)?:
        guard let digest = Digest(hexadecimal: rest) else { throw notDigest(rest) }
        return .stated(.disclosed(DocumentHash(digest)))
      case ("commitment", let rest)?: return .stated(.committed(try commitment(rest)))
      default:
        guard !text.isEmpty else {
          throw InvalidValue(
            english: "the document is empty: name a file, sha256:HEX or commitment:HEX",
            chinese: "文件为空：请给出文件名、sha256:十六进制 或 commitment:十六进制")
        }
        return .file(text)
      }
    }
  }
}

/// A value, or the plain statement that it is not known. Nothing is invented for a field that a
/// portfolio's file does not have.
package enum Stated<Value: Hashable & Sendable>: Hashable, Sendable {
  case value(Value)
  case unstated

  package var value: Value? {
    switch self {
    case .value(let value): value
    case .unstated: nil
    }
  }
}

extension ValueType {
  /// The values of `type`, or the word `unstated`.
  package static func stated<Item>(_ type: ValueType<Item>) -> ValueType
  where Value == Stated<Item> {
    ValueType(type.placeholder, completion: type.completion) { text throws(InvalidValue) in
      text == "unstated" ? .unstated : .value(try type.parse(text))
    }
  }
}

// MARK: Parts

/// `uscc:91...` as `uscc` and `91...`; the scheme in lower case.
private func schemed(_ text: String) -> (scheme: String, rest: String)? {
  guard let colon = text.firstIndex(of: ":") else { return nil }
  return (text[..<colon].lowercased(), String(text[text.index(after: colon)...]))
}

private func commitment(_ text: String) throws(InvalidValue) -> Commitment {
  guard let digest = Digest(hexadecimal: text) else { throw notDigest(text) }
  return Commitment(digest: digest)
}

private func notDigest(_ text: String) -> InvalidValue {
  InvalidValue(
    english: "'\(text)' is not a digest: give 64 hexadecimal digits",
    chinese: "'\(text)' 不是摘要：请给出 64 位十六进制数")
}
