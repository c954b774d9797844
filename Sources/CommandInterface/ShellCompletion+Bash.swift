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
        COMPREPLY=()
        case "$at" in
      \(table.paths.map(bashBranch).joined(separator: "\n"))
        esac
      }
      complete -F _\(program) \(program)

      """
  }

  private func bashBranch(_ path: [Command]) -> String {
    let command = path[path.count - 1]
    let flags = table.options(of: path).flatMap { option in
      [option.flagText] + (option.short.map { ["-\($0)"] } ?? [])
    }
    let names = command.subcommands.map(\.name)
    let arguments =
      names.isEmpty
      ? Self.bashReply(argumentCompletion(command)) : Self.bashReply(.words(names))
    return """
          "\(path.commandLine)")
            case "$previous" in
      \(valueOptions(path).map(Self.bashValueBranch).joined(separator: "\n"))
            esac
            case "$current" in
              -*) COMPREPLY=($(compgen -W "\(flags.joined(separator: " "))" -- "$current")) ;;
              *) \(arguments) ;;
            esac ;;
      """
  }

  private static func bashValueBranch(_ option: OptionDeclaration) -> String {
    let names = [option.flagText] + (option.short.map { ["-\($0)"] } ?? [])
    let pattern = names.joined(separator: " | ")
    return "        \(pattern)) \(bashReply(option.completion)); return ;;"
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
