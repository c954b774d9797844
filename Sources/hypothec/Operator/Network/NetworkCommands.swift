import CommandInterface

/// `network create`, `network show`, `network check`.
enum NetworkCommands {
  static let noun = Noun.network([NetworkCreate.command, NetworkShow.command, NetworkCheck.command])
}
