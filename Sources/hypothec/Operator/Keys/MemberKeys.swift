import CommandInterface
import Cryptography
import Documents

/// A directory with the keys of one member, each in a file of a fixed name.
struct MemberKeys: Sendable {
  /// What a key is for; one file each.
  enum Use: String, CaseIterable, Sendable {
    /// Signs the member's transactions.
    case member
    /// Signs the node's votes.
    case consensus
    /// Is the node's identity in TLS.
    case transport
    /// Signs changes of the network; kept offline.
    case governor

    var fileName: String { "\(rawValue).pem" }
  }

  let directory: String
  var algorithm: SignatureAlgorithm = .es256
  var passphrase: Passphrase?

  func path(_ use: Use) -> String { LocalPath.joined(directory, use.fileName) }

  /// The key, made now if there is no file of its name.
  func loadOrMake(_ use: Use) throws(Problem) -> SigningKey {
    let path = path(use)
    if LocalFile.exists(path) { return try KeyFile.load(path, passphrase: passphrase) }
    try LocalFile.createDirectories(directory)
    let key = try KeyFile.generate(algorithm)
    try KeyFile.store(key, at: path, passphrase: passphrase)
    try LocalFile.write(
      Array(PublicKeyFile.text(key.publicKey).utf8), to: path + PublicKeyFile.suffix, .everybody,
      .replaced)
    return key
  }

  /// The public part alone, which is all that a file from another machine (`member.pem.pub`) holds;
  /// made now if there is neither.
  func publicKey(_ use: Use) throws(Problem) -> PublicKey {
    let path = path(use)
    let publicPath = path + PublicKeyFile.suffix
    if !LocalFile.exists(path), LocalFile.exists(publicPath) {
      return try PublicKeyFile.load(publicPath)
    }
    return try loadOrMake(use).publicKey
  }
}
