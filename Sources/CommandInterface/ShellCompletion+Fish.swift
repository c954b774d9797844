extension ShellCompletion {
  var fishScript: String {
    let patterns = descents.map(Self.fishQuoted).joined(separator: " ")
    let global = table.globalOptions.map { fishOption($0, nil) }
    return """
      # fish completion for \(program). Load it with: \(program) completion fish | source
      function __\(program)_at
          set -l at \(program)
          set -l words (commandline -opc)
          for word in $words[2..-1]
              switch "$at $word"
                  case \(patterns)
                      set at "$at $word"
              end
          end
          test "$at" = "$argv"
      end
      complete -c \(program) -f
      \((global + table.paths.flatMap(fishLines)).joined(separator: "\n"))

      """
  }

  private func fishLines(_ path: [Command]) -> [String] {
    let command = path[path.count - 1]
    let condition = Self.fishQuoted("__\(program)_at \(path.commandLine)")
    let subcommands = command.subcommands.map { subcommand in
      "complete -c \(program) -n \(condition) -a \(subcommand.name) "
        + "-d \(Self.fishQuoted(subcommand.overview[language]))"
    }
    let options = command.options.map { fishOption($0, condition) }
    let arguments = Self.fishValues(argumentCompletion(command)).map {
      "complete -c \(program) -n \(condition) \($0)"
    }
    return subcommands + options + (arguments.map { [$0] } ?? [])
  }

  private func fishOption(_ option: OptionDeclaration, _ condition: String?) -> String {
    var words = ["complete -c \(program)"]
    if let condition { words.append("-n \(condition)") }
    if let short = option.short { words.append("-s \(short)") }
    words.append("-l \(option.name)")
    if option.presence != .flag {
      words.append("-r")
      words.append(Self.fishValues(option.completion) ?? "-f")
    }
    words.append("-d \(Self.fishQuoted(option.help[language]))")
    return words.joined(separator: " ")
  }

  private static func fishValues(_ completion: ValueCompletion) -> String? {
    switch completion {
    case .nothing: nil
    case .file: "-F"
    case .directory: "-f -a '(__fish_complete_directories)'"
    case .words(let words): "-f -a \(fishQuoted(words.joined(separator: " ")))"
    }
  }

  /// In single quotes; fish escapes quotes and backslashes inside them.
  private static func fishQuoted(_ text: String) -> String {
    "'" + text.reduce(into: "") { $0 += $1 == "'" || $1 == "\\" ? "\\\($1)" : String($1) } + "'"
  }
}
