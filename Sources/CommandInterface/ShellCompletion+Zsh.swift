extension ShellCompletion {
  var zshScript: String {
    let patterns = descents.map { "(\(Self.quoted($0)))" }.joined(separator: "|\\\n      ")
    return """
      #compdef \(program)
      # zsh completion for \(program). Put it into a directory of $fpath as _\(program).
      _\(program)() {
        local at=\(Self.quoted(program)) current="${words[CURRENT]}" previous="${words[CURRENT-1]}"
        local -i index
        local -a entries
        for ((index = 2; index < CURRENT; index++)); do
          case "$at ${words[index]}" in
            \(patterns)) at="$at ${words[index]}" ;;
          esac
        done
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
    let options = table.options(of: path).flatMap { option in
      let names = [option.flagText] + (option.short.map { ["-\($0)"] } ?? [])
      return names.map { entry($0, option.help) }
    }
    let subcommands = command.subcommands.map { entry($0.name, $0.overview) }
    let arguments =
      subcommands.isEmpty
      ? Self.zshReply(argumentCompletion(command))
      : "entries=(\(subcommands.joined(separator: " "))); _describe 'subcommand' entries"
    return """
          (\(Self.quoted(path.commandLine)))
            case "$previous" in
      \(valueOptions(path).map(Self.zshValueBranch).joined(separator: "\n"))
            esac
            if [[ "$current" == -* ]]; then
              entries=(\(options.joined(separator: " ")))
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

  private static func zshValueBranch(_ option: OptionDeclaration) -> String {
    let names = [option.flagText] + (option.short.map { ["-\($0)"] } ?? [])
    let pattern = names.map { "(\($0))" }.joined(separator: "|")
    return "        \(pattern)) \(zshReply(option.completion)); return ;;"
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
