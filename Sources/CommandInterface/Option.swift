/// Everything the table says about an option or a flag, without its type.
package struct OptionDeclaration: Sendable {
  package enum Presence: Hashable, Sendable {
    case flag
    case optional
    case required
    /// Has this text as its value if it is not given.
    case defaulted(String)
    case repeated
  }

  /// Without the dashes: `max-age`.
  package let name: String
  package let short: Character?
  package let presence: Presence
  package let placeholder: String
  package let completion: ValueCompletion
  package let help: LocalizedText
  let check: @Sendable (String) throws(InvalidValue) -> Void

  /// `--max-age`.
  package var flagText: String { "--\(name)" }

  /// `--quiet`, `-q`.
  var spellings: [String] { [flagText] + (short.map { ["-\($0)"] } ?? []) }

  /// `--max-age <duration>`, or `--json` for a flag.
  package var label: String {
    presence == .flag ? flagText : "\(flagText) <\(placeholder)>"
  }
}

/// An option or flag as a command lists it.
package protocol OptionDeclaring: Sendable {
  var declaration: OptionDeclaration { get }
}

/// `--json`: given or not.
package struct Flag: OptionDeclaring {
  package let declaration: OptionDeclaration

  package init(_ name: String, short: Character? = nil, _ help: LocalizedText) {
    declaration = OptionDeclaration(
      name: name, short: short, presence: .flag, placeholder: "", completion: .nothing, help: help,
      check: { _ in })
  }
}

/// `--at <height>`: a value with a name. `Value` is what reading gives: `Height?` for an optional
/// option, `Height` for one that is required or has a default, `[Height]` for a repeated one.
///
/// Held as a static constant and used both to declare and to read:
/// `static let at = Option.optional("at", .height, help)`, then `context[at]`.
package struct Option<Value: Sendable>: OptionDeclaring {
  package let declaration: OptionDeclaration
  let read: @Sendable ([String]) throws(InvalidValue) -> Value

  private init<Item>(
    _ name: String, _ type: ValueType<Item>, _ short: Character?,
    _ presence: OptionDeclaration.Presence, _ help: LocalizedText,
    read: @escaping @Sendable ([String]) throws(InvalidValue) -> Value
  ) {
    declaration = OptionDeclaration(
      name: name, short: short, presence: presence, placeholder: type.placeholder,
      completion: type.completion, help: help,
      check: { text throws(InvalidValue) in _ = try type.parse(text) })
    self.read = read
  }
}

extension Option {
  package static func optional<Item>(
    _ name: String, short: Character? = nil, _ type: ValueType<Item>, _ help: LocalizedText
  ) -> Option<Item?> where Value == Item? {
    Option<Item?>(name, type, short, .optional, help) { texts throws(InvalidValue) in
      guard let text = texts.first else { return nil }
      return try type.parse(text)
    }
  }

  package static func required(
    _ name: String, short: Character? = nil, _ type: ValueType<Value>, _ help: LocalizedText
  ) -> Option {
    Option(name, type, short, .required, help) { texts throws(InvalidValue) in
      precondition(texts.count == 1, "the parser gives a required option its one value")
      return try type.parse(texts[0])
    }
  }

  /// `text` is the default as a user would type it, and as help shows it. It must parse.
  package static func defaulted(
    _ name: String, short: Character? = nil, _ type: ValueType<Value>, to text: String,
    _ help: LocalizedText
  ) -> Option {
    Option(name, type, short, .defaulted(text), help) { texts throws(InvalidValue) in
      try type.parse(texts.first ?? text)
    }
  }

  /// May be given any number of times; the values are in the order given.
  package static func repeated<Item>(
    _ name: String, short: Character? = nil, _ type: ValueType<Item>, _ help: LocalizedText
  ) -> Option<[Item]> where Value == [Item] {
    Option<[Item]>(name, type, short, .repeated, help) { texts throws(InvalidValue) in
      try parseAll(texts, type)
    }
  }
}

func parseAll<Item>(
  _ texts: [String], _ type: ValueType<Item>
) throws(InvalidValue) -> [Item] {
  var items: [Item] = []
  for text in texts {
    items.append(try type.parse(text))
  }
  return items
}
