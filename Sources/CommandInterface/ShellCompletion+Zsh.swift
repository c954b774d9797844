extension ShellCompletion {
  var zshScript: String {
    let patterns = descents.map { "(\(Self.quoted($0)))" }.joined(separator: "|\\\n      ")
    return """
      #compdef \(program)
      # zsh completion for \(program). Put it into a directory of $fpath as _\(program).
      _\(program)() {
        local at=\(Self.quoted(program)) current="${words[CURRENT]}" previous="${words[CURRENT-1]}"
        local -i index
        local -a entries options
        for ((index = 2; index < CURRENT; index++)); do
          case "$at ${words[index]}" in
            \(patterns)) at="$at ${words[index]}" ;;
          esac
        done
        case "$previous" in
      \(zshValueBranches(table.globalOptions, indent: "    "))
        esac
        options=(\(entries(table.globalOptions)))
        case "$at" in
      \(table.paths.map(zshBranch).joined(separator: "\n"))
        esac
      }
      if [[ "$funcstack[1]" = "_\(program)" ]]; then
        _\(program) "$@"
      else
        compdef _\(program) \(program)
      fi

      """
  }

  private func zshBranch(_ path: [Command]) -> String {
    let command = path[path.count - 1]
    let subcommands = command.subcommands.map { entry($0.name, $0.overview) }
    let arguments =
      subcommands.isEmpty
      ? Self.zshReply(argumentCompletion(command))
      : "entries=(\(subcommands.joined(separator: " "))); _describe 'subcommand' entries"
    return """
          (\(Self.quoted(path.commandLine)))
            case "$previous" in
      \(zshValueBranches(command.options, indent: "        "))
            esac
            if [[ "$current" == -* ]]; then
              entries=(\(entries(command.options)) $options)
              _describe 'option' entries
            else
              \(arguments)
            fi ;;
      """
  }

  /// `'name:description'`, as `_describe` reads it.
  private func entry(_ name: String, _ description: LocalizedText) -> String {
    Self.quoted("\(name):\(description[language])")
  }

  private func entries(_ options: [OptionDeclaration]) -> String {
    options.flatMap { option in option.spellings.map { entry($0, option.help) } }
      .joined(separator: " ")
  }

  private func zshValueBranches(_ options: [OptionDeclaration], indent: String) -> String {
    options.filter { $0.presence != .flag }.map { option in
      let pattern = option.spellings.map { "(\($0))" }.joined(separator: "|")
      return "\(indent)\(pattern)) \(Self.zshReply(option.completion)); return ;;"
    }
    .joined(separator: "\n")
  }

  private static func zshReply(_ completion: ValueCompletion) -> String {
    switch completion {
    case .nothing: ":"
    case .file: "_files"
    case .directory: "_files -/"
    case .words(let words): "compadd -- \(words.map(quoted).joined(separator: " "))"
    }
  }
}
