import CommandInterface
import Node

/// Where the commands of Look and Record find somebody who answers. Tests bring their own.
struct AccessSource: Sendable {
  enum Purpose: Sendable {
    /// A running node, else the data directory itself.
    case reading
    /// A running node: only that can record.
    case submitting
  }

  let open: @Sendable (CommandContext, Purpose) throws(Problem) -> OpenedAccess
}

/// Somebody who answers, and who that is.
struct OpenedAccess {
  let access: any NodeAccess
  let source: AsOf.Source
}
