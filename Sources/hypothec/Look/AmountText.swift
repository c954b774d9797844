import CommandInterface
import Cryptography
import Ledger

extension Money {
  /// `128,000.00 CNY`, for people; JSON has `decimal`.
  var groupedText: String {
    let parts = decimal.split(separator: ".", maxSplits: 1)
    guard let whole = UInt64(parts[0]) else { return description }
    let fraction = parts.count == 2 ? ".\(parts[1])" : ""
    return "\(NumberText.grouped(whole))\(fraction) \(currency)"
  }
}

extension Disclosable where Value == LegalEntity {
  /// `uscc:911...`, `lei:549...`, `commitment:5f2a...`: the form in which it may be typed.
  var typedText: String {
    switch self {
    case .disclosed(.uscc(let code)): "uscc:\(code)"
    case .disclosed(.lei(let code)): "lei:\(code)"
    case .committed(let commitment): "commitment:\(commitment.digest)"
    }
  }
}

extension Disclosable where Value == DocumentHash {
  /// `sha256:5f2a...` or `commitment:5f2a...`.
  var typedText: String {
    switch self {
    case .disclosed(let document): "sha256:\(document.digest)"
    case .committed(let commitment): "commitment:\(commitment.digest)"
    }
  }
}

extension Disclosable where Value == Identifier {
  var typedText: String {
    switch self {
    case .disclosed(let identifier): identifier.text
    case .committed(let commitment): "commitment:\(commitment.digest)"
    }
  }
}

enum ShortText {
  /// The first digits of a digest: enough to recognise, not to look up.
  static func digest(_ digest: Digest) -> String { "\(digest.description.prefix(12))…" }

  /// A party for people: the member's name with its code, the code, or `withheld (5f2a…)`.
  static func party(_ party: Party, _ network: KnownNetwork, _ language: Language) -> String {
    switch party {
    case .committed(let commitment):
      return LocalizedText(english: "withheld (", chinese: "未公开（")[language]
        + digest(commitment.digest) + (language == .english ? ")" : "）")
    case .disclosed:
      guard let member = network.member(behind: party) else { return party.typedText }
      return "\(member.name) (\(party.typedText))"
    }
  }

  static func document(_ document: Document) -> String {
    switch document {
    case .disclosed(let hash): "sha256 \(digest(hash.digest))"
    case .committed(let commitment): "commitment \(digest(commitment.digest))"
    }
  }
}
