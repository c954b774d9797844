import CommandInterface
import Cryptography
import Ledger

/// The keys of the node in the data directory, as its `node.json` names them: what a registration of
/// the node is proven with.
struct NodeKeys {
  let directory: NodeDirectory
  let configuration: NodeConfiguration
  let passphrase: Passphrase?

  /// Throws DIRECTORY_MISSING without a data directory.
  init(_ context: CommandContext) throws(Problem) {
    directory = NodeDirectory(context.dataDirectory)
    configuration = try directory.configuration()
    passphrase =
      if let source = context[SigningOptions.passphraseFile] { try Passphrase(from: source) } else {
        nil
      }
  }

  var consensusPath: String { directory.resolved(configuration.consensusKey) }
  var transportPath: String { directory.resolved(configuration.transportKey) }

  /// The node with the keys of `node.json`, or with one of them replaced.
  func identity(
    _ network: NetworkID, addresses: [NodeAddress], consensusKey: SigningKey? = nil
  ) throws(Problem) -> NodeIdentity {
    let member = configuration.member
    let consensus =
      if let consensusKey { consensusKey } else {
        try KeyFile.load(consensusPath, passphrase: passphrase)
      }
    let transport = try KeyFile.load(transportPath, passphrase: passphrase)
    return NodeIdentity(
      member: member,
      consensusKey: try .joining(network, consensus, of: member, for: .consensus),
      transportKey: try .joining(network, transport, of: member, for: .transport),
      addresses: addresses)
  }
}
