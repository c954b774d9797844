/// A parsed command line: which command, and the values it was given, all of them valid.
package struct Invocation: Sendable {
  enum Parameter: Hashable, Sendable {
    case option(String)
    case argument(String)
  }

  /// From the program to the command that runs.
  package let path: [Command]
  private let declared: Set<Parameter>
  private let texts: [Parameter: [String]]

  init(path: [Command], declared: Set<Parameter>, texts: [Parameter: [String]]) {
    self.path = path
    self.declared = declared
    self.texts = texts
  }

  /// Precondition: the command, or the table for all commands, declares the option.
  package subscript<Value>(option: Option<Value>) -> Value {
    value(of: .option(option.declaration.name), option.read)
  }

  /// Precondition: the command declares the argument.
  package subscript<Value>(argument: Argument<Value>) -> Value {
    value(of: .argument(argument.declaration.name), argument.read)
  }

  /// Whether the flag was given. Precondition: the command, or the table, declares it.
  package subscript(flag: Flag) -> Bool {
    !given(.option(flag.declaration.name)).isEmpty
  }

  private func given(_ parameter: Parameter) -> [String] {
    precondition(declared.contains(parameter), "a command declares the parameters it reads")
    return texts[parameter] ?? []
  }

  private func value<Value>(
    of parameter: Parameter, _ read: ([String]) throws(InvalidValue) -> Value
  ) -> Value {
    do throws(InvalidValue) {
      return try read(given(parameter))
    } catch {
      // The parser checked this very text with the same pure function.
      preconditionFailure("a text that was a value once is one always: \(error.message.english)")
    }
  }
}
