import CommandInterface

/// Network files, and networks that run on this machine alone.
enum NetworkCommands {
  static let noun = Noun.network(
    [NetworkCreate.command, NetworkShow.command, NetworkCheck.command] + LocalNetworkCommands.all)
}
