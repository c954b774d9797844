import CommandInterface
import Ledger

/// What every command accepts besides the frame's own options.
enum GlobalOptions {
  static let directoryVariable = "HYPOTHEC_DIRECTORY"
  static let defaultDirectory = "hypothec-data"

  static let directory = Option.optional(
    "directory", short: "d", .directory,
    LocalizedText(
      english:
        "The node's data directory; else $HYPOTHEC_DIRECTORY, else ./\(defaultDirectory).",
      chinese: "节点的数据目录；默认为 $HYPOTHEC_DIRECTORY，其次为 ./\(defaultDirectory)。"))

  static let node = Option.optional(
    "node", ValueType<String>.text.named("socket"),
    LocalizedText(
      english: "Ask only the running node behind this socket, or in this data directory.",
      chinese: "只询问此套接字（或此数据目录）上运行的节点。"))

  static let timeout = Option.defaulted(
    "timeout", .duration, to: "30s",
    LocalizedText(english: "How long to wait for an answer.", chinese: "等待回答的时长。"))

  static let all: [any OptionDeclaring] = [directory, node, timeout]
}

extension CommandContext {
  /// The data directory that the command works with.
  var dataDirectory: String {
    if let given = self[GlobalOptions.directory] { return given }
    if let set = host.environment[GlobalOptions.directoryVariable], !set.isEmpty { return set }
    return GlobalOptions.defaultDirectory
  }

  /// The data directory as it would be typed again in a command that is suggested; empty for the
  /// default one.
  var directoryOption: String {
    guard let given = self[GlobalOptions.directory] else { return "" }
    return " --directory \(given)"
  }

  /// Now, by this machine's clock.
  var now: WallTime { host.wallClock.now() }
}
