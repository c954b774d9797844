extension ShellCompletion {
  var bashScript: String {
    let patterns = descents.map { "\"\($0)\"" }.joined(separator: " | \\\n      ")
    return """
      # bash completion for \(program). Load it with: source <(\(program) completion bash)
      _\(program)() {
        local current="${COMP_WORDS[COMP_CWORD]}"
        local previous="${COMP_WORDS[COMP_CWORD - 1]}"
        local at="\(program)" index
        for ((index = 1; index < COMP_CWORD; index++)); do
          case "$at ${COMP_WORDS[index]}" in
            \(patterns))
              at="$at ${COMP_WORDS[index]}" ;;
          esac
        done
        local options="\(Self.names(table.globalOptions))"
        COMPREPLY=()
        case "$previous" in
      \(bashValueBranches(table.globalOptions, indent: "    "))
        esac
        case "$at" in
      \(table.paths.map(bashBranch).joined(separator: "\n"))
        esac
      }
      complete -F _\(program) \(program)

      """
  }

  private func bashBranch(_ path: [Command]) -> String {
    let command = path[path.count - 1]
    let names = command.subcommands.map(\.name)
    let arguments =
      names.isEmpty
      ? Self.bashReply(argumentCompletion(command)) : Self.bashReply(.words(names))
    return """
          "\(path.commandLine)")
            case "$previous" in
      \(bashValueBranches(command.options, indent: "        "))
            esac
            case "$current" in
              -*) COMPREPLY=($(compgen -W "\(Self.names(command.options)) $options" -- "$current")) ;;
              *) \(arguments) ;;
            esac ;;
      """
  }

  /// The options with their short forms: `--quiet -q`.
  private static func names(_ options: [OptionDeclaration]) -> String {
    options.flatMap(\.spellings).joined(separator: " ")
  }

  private func bashValueBranches(_ options: [OptionDeclaration], indent: String) -> String {
    options.filter { $0.presence != .flag }.map { option in
      let pattern = option.spellings.joined(separator: " | ")
      return "\(indent)\(pattern)) \(Self.bashReply(option.completion)); return ;;"
    }
    .joined(separator: "\n")
  }

  private static func bashReply(_ completion: ValueCompletion) -> String {
    switch completion {
    case .nothing: ":"
    case .file: "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$current\"))"
    case .directory: "compopt -o filenames; COMPREPLY=($(compgen -d -- \"$current\"))"
    case .words(let words):
      "COMPREPLY=($(compgen -W \"\(words.joined(separator: " "))\" -- \"$current\"))"
    }
  }
}
