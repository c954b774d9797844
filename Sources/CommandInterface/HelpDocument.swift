extension HelpText {
  /// The same help for machines; texts are English, as everywhere in JSON.
  var document: JSONDocument {
    let command = path[path.count - 1]
    return JSONDocument(
      JSONSchema("help"),
      [
        "command": .string(path.commandLine),
        "overview": .string(command.overview.english),
        "usage": .string(usage),
        "arguments": .array(command.arguments.map(Self.value)),
        "options": .array(table.options(of: path).map(Self.value)),
        "subcommands": .array(
          command.subcommands.map {
            ["name": .string($0.name), "overview": .string($0.overview.english)]
          }),
      ])
  }

  private static func value(_ argument: ArgumentDeclaration) -> JSONValue {
    [
      "name": .string(argument.name), "required": .boolean(argument.isRequired),
      "repeated": .boolean(argument.isVariadic), "help": .string(argument.help.english),
    ]
  }

  private static func value(_ option: OptionDeclaration) -> JSONValue {
    var standard: String?
    if case .defaulted(let text) = option.presence { standard = text }
    return [
      "name": .string(option.name), "short": .optional(option.short) { .string(String($0)) },
      "value": option.presence == .flag ? nil : .string(option.placeholder),
      "required": .boolean(option.presence == .required),
      "repeated": .boolean(option.presence == .repeated),
      "default": .optional(standard) { .string($0) }, "help": .string(option.help.english),
    ]
  }
}
