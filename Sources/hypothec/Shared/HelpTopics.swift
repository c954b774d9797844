import CommandInterface

/// The pages of `help TOPIC`, besides the frame's own.
enum HelpTopics {
  static let all: [CommandTable.Topic] = []
}
