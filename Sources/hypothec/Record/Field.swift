import CommandInterface

/// One field of an operation: an argument or option of the verb that records it, and a member of the
/// operation's JSON object. Both are read with the same value type, so that they cannot disagree.
struct Field<Value: Sendable>: FormField {
  let jsonName: String
  let presence: FieldPresence
  let parameter: FormParameter
  let check: @Sendable (String) throws(InvalidValue) -> Void
  fileprivate let fromContext: @Sendable (CommandContext) -> Value
  fileprivate let fromTexts: @Sendable ([String]) throws(InvalidValue) -> Value
}

enum FieldPresence: Hashable, Sendable {
  case required
  case optional
  case repeated
  case flag
}

enum FormParameter: Sendable {
  case argument(any ArgumentDeclaring)
  case option(any OptionDeclaring)
}

/// A field without its type, as a form lists it.
protocol FormField: Sendable {
  /// The member's name in JSON: `modelYear`.
  var jsonName: String { get }
  var presence: FieldPresence { get }
  var parameter: FormParameter { get }
  var check: @Sendable (String) throws(InvalidValue) -> Void { get }
}

extension Field {
  static func argument(
    _ name: String, json: String? = nil, _ type: ValueType<Value>, _ help: LocalizedText
  ) -> Field {
    let argument = Argument.required(name, type, help)
    return Field(
      jsonName: json ?? name, presence: .required, parameter: .argument(argument),
      check: { text throws(InvalidValue) in _ = try type.parse(text) },
      fromContext: { $0[argument] },
      fromTexts: { texts throws(InvalidValue) in try type.parse(texts[0]) })
  }

  static func required(
    _ name: String, json: String? = nil, _ type: ValueType<Value>, _ help: LocalizedText
  ) -> Field {
    let option = Option.required(name, type, help)
    return Field(
      jsonName: json ?? name, presence: .required, parameter: .option(option),
      check: { text throws(InvalidValue) in _ = try type.parse(text) },
      fromContext: { $0[option] },
      fromTexts: { texts throws(InvalidValue) in try type.parse(texts[0]) })
  }

  static func optional<Item>(
    _ name: String, json: String? = nil, _ type: ValueType<Item>, _ help: LocalizedText
  ) -> Field<Item?> where Value == Item? {
    let option = Option<Item?>.optional(name, type, help)
    return Field<Item?>(
      jsonName: json ?? name, presence: .optional, parameter: .option(option),
      check: { text throws(InvalidValue) in _ = try type.parse(text) },
      fromContext: { $0[option] },
      fromTexts: { texts throws(InvalidValue) in
        guard let text = texts.first else { return nil }
        return try type.parse(text)
      })
  }

  static func repeated<Item>(
    _ name: String, json: String, _ type: ValueType<Item>, _ help: LocalizedText
  ) -> Field<[Item]> where Value == [Item] {
    let option = Option<[Item]>.repeated(name, type, help)
    return Field<[Item]>(
      jsonName: json, presence: .repeated, parameter: .option(option),
      check: { text throws(InvalidValue) in _ = try type.parse(text) },
      fromContext: { $0[option] },
      fromTexts: { texts throws(InvalidValue) in
        var items: [Item] = []
        for text in texts { items.append(try type.parse(text)) }
        return items
      })
  }
}

extension Field where Value == Bool {
  static func flag(_ name: String, json: String, _ help: LocalizedText) -> Field {
    let flag = Flag(name, help)
    return Field(
      jsonName: json, presence: .flag, parameter: .option(flag),
      check: { text throws(InvalidValue) in
        guard text == "true" || text == "false" else {
          throw InvalidValue(
            english: "'\(text)' is neither true nor false", chinese: "'\(text)' 不是 true 或 false")
        }
      },
      fromContext: { $0[flag] }, fromTexts: { texts in texts.first == "true" })
  }
}

/// The values of a form's fields: from the command line, or from one object of a JSON list.
enum FieldValues: Sendable {
  case commandLine(CommandContext)
  /// Every text was checked by its field.
  case texts([String: [String]])

  subscript<Value>(field: Field<Value>) -> Value {
    switch self {
    case .commandLine(let context): return field.fromContext(context)
    case .texts(let texts):
      do throws(InvalidValue) {
        return try field.fromTexts(texts[field.jsonName] ?? [])
      } catch {
        preconditionFailure("a text that was a value once is one always: \(error.message.english)")
      }
    }
  }
}
