import CommandInterface
import Cryptography
import Ledger

/// An enum of the ledger whose cases have one word each on the command line, in JSON and in files.
package protocol Worded: CaseIterable, Hashable, Sendable {
  /// Lower case with hyphens; never translated.
  var word: String { get }
}

extension Worded {
  package init?(word: String) {
    guard let value = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = value
  }

  package static var words: [String] { allCases.map(\.word) }

  package var json: JSONValue { .string(word) }
}

extension ValueType where Value: Worded {
  /// One of the words of an enum; help and completion list them.
  package static func word(of type: Value.Type, _ placeholder: String) -> ValueType {
    ValueType(placeholder, completion: .words(Value.words)) { text throws(InvalidValue) in
      if let value = Value(word: text.lowercased()) { return value }
      let list = Value.words.joined(separator: ", ")
      throw InvalidValue(
        english: "'\(text)' is none of \(list)", chinese: "'\(text)' 不在可选值之内：\(list)")
    }
  }
}

extension Role: Worded {
  package var word: String { name }
}

extension UseNature: Worded {
  package var word: String {
    switch self {
    case .own: "own"
    case .commercial: "commercial"
    }
  }
}

extension Energy: Worded {
  package var word: String {
    switch self {
    case .internalCombustion: "ice"
    case .batteryElectric: "bev"
    case .plugInHybrid: "phev"
    case .fuelCell: "fcev"
    }
  }
}

extension EnergyClass: Worded {
  package var word: String {
    switch self {
    case .conventional: "conventional"
    case .newEnergy: "new-energy"
    }
  }
}

extension VehicleAge: Worded {
  package var word: String {
    switch self {
    case .new: "new"
    case .used: "used"
    }
  }
}

extension ValuationMethod: Worded {
  package var word: String {
    switch self {
    case .market: "market"
    case .cost: "cost"
    case .income: "income"
    case .model: "model"
    case .inspection: "inspection"
    case .auction: "auction"
    }
  }
}

extension ValuationBasis: Worded {
  package var word: String {
    switch self {
    case .retail: "retail"
    case .wholesale: "wholesale"
    case .forcedSale: "forced-sale"
    }
  }
}

extension ValuationEnd: Worded {
  package var word: String {
    switch self {
    case .value: "value"
    case .low: "low"
    }
  }
}

extension HolderDisclosure: Worded {
  package var word: String {
    switch self {
    case .pledgeNamed: "named"
    case .pledgeWithheld: "withheld"
    }
  }
}

extension SecurityKind: Worded {
  package var word: String {
    switch self {
    case .mortgage: "mortgage"
    case .possessory: "possessory"
    case .retentionOfTitle: "retention-of-title"
    case .financeLease: "finance-lease"
    }
  }
}

extension ReleaseReason: Worded {
  package var word: String {
    switch self {
    case .paid: "paid"
    case .waived: "waived"
    case .refinanced: "refinanced"
    case .disposed: "disposed"
    }
  }
}

extension SignatureAlgorithm: Worded {
  package var word: String {
    switch self {
    case .es256: "es256"
    case .edDSA: "ed25519"
    }
  }
}

extension KeyPurpose: Worded {
  package var word: String { rawValue }
}
