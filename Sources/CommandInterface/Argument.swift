/// Everything the table says about a positional argument, without its type.
package struct ArgumentDeclaration: Sendable {
  package enum Presence: Hashable, Sendable {
    case required
    case optional
    case oneOrMore
    case anyNumber
  }

  /// Stands for the value: `vin` for `<vin>`.
  package let name: String
  package let presence: Presence
  package let completion: ValueCompletion
  package let help: LocalizedText
  let check: @Sendable (String) throws(InvalidValue) -> Void

  package var isVariadic: Bool { presence == .oneOrMore || presence == .anyNumber }
  package var isRequired: Bool { presence == .required || presence == .oneOrMore }

  /// `<vin>`.
  package var label: String { "<\(name)>" }

  /// As the usage line has it: `<vin>`, `[<vin>]`, `<vin> ...`, `[<vin> ...]`.
  package var usage: String {
    switch presence {
    case .required: label
    case .optional: "[\(label)]"
    case .oneOrMore: "\(label) ..."
    case .anyNumber: "[\(label) ...]"
    }
  }
}

/// A positional argument as a command lists it.
package protocol ArgumentDeclaring: Sendable {
  var declaration: ArgumentDeclaration { get }
}

/// `<vin>`: a value known by its place. `Value` is what reading gives: `VIN`, `VIN?`, `[VIN]`.
package struct Argument<Value: Sendable>: ArgumentDeclaring {
  package let declaration: ArgumentDeclaration
  let read: @Sendable ([String]) throws(InvalidValue) -> Value

  private init<Item>(
    _ name: String, _ type: ValueType<Item>, _ presence: ArgumentDeclaration.Presence,
    _ help: LocalizedText, read: @escaping @Sendable ([String]) throws(InvalidValue) -> Value
  ) {
    declaration = ArgumentDeclaration(
      name: name, presence: presence, completion: type.completion, help: help,
      check: { text throws(InvalidValue) in _ = try type.parse(text) })
    self.read = read
  }
}

extension Argument {
  package static func required(
    _ name: String, _ type: ValueType<Value>, _ help: LocalizedText
  ) -> Argument {
    Argument(name, type, .required, help) { texts throws(InvalidValue) in
      precondition(texts.count == 1, "the parser gives a required argument its one value")
      return try type.parse(texts[0])
    }
  }

  package static func optional<Item>(
    _ name: String, _ type: ValueType<Item>, _ help: LocalizedText
  ) -> Argument<Item?> where Value == Item? {
    Argument<Item?>(name, type, .optional, help) { texts throws(InvalidValue) in
      guard let text = texts.first else { return nil }
      return try type.parse(text)
    }
  }

  package static func oneOrMore<Item>(
    _ name: String, _ type: ValueType<Item>, _ help: LocalizedText
  ) -> Argument<[Item]> where Value == [Item] {
    Argument<[Item]>(name, type, .oneOrMore, help) { texts throws(InvalidValue) in
      try parseAll(texts, type)
    }
  }

  package static func anyNumber<Item>(
    _ name: String, _ type: ValueType<Item>, _ help: LocalizedText
  ) -> Argument<[Item]> where Value == [Item] {
    Argument<[Item]>(name, type, .anyNumber, help) { texts throws(InvalidValue) in
      try parseAll(texts, type)
    }
  }
}
