import CBOR
import Cryptography
import Ledger

/// The first frame in either direction of a connection between nodes
/// (docs/formats/peer-connections.md):
///
///     ["hypothec peer", version, network, member, channel, link, instance, refusal / null]
///
/// The dialling side speaks first; the other repeats the channel and the link's nonce. A node that
/// refuses says why in its hello, and closes behind it.
package struct PeerHello: Hashable, Sendable {
  static let version: UInt64 = 1
  static let refusalByteLimit = 128
  private static let name = "hypothec peer"

  let network: NetworkID
  let member: MemberID
  let channel: Channel
  /// Chosen by the dialling side; the two connections of a link have the same.
  let link: Nonce
  /// Chosen by a process when it starts.
  let instance: Nonce
  var refusal: HelloRefusal?

  package var encoded: [UInt8] {
    var encoder = CBOREncoder()
    encoder.array(8)
    encoder.text(PeerHello.name)
    encoder.unsigned(PeerHello.version)
    encoder.digest(network.digest)
    encoder.memberID(member)
    encoder.unsigned(channel.rawValue)
    encoder.byteString(link.bytes)
    encoder.byteString(instance.bytes)
    if let refusal { encoder.text(refusal.text) } else { encoder.null() }
    return encoder.bytes
  }

  /// Later versions keep the name and the version in front; nothing is read after another version.
  package init(_ bytes: [UInt8]) throws(PeerHelloError) {
    do {
      var reader = LedgerReader(bytes)
      guard try reader.array(limit: 32) >= 2, try reader.text(limit: 32) == PeerHello.name else {
        throw PeerHelloError.malformed
      }
      let version = try reader.unsigned()
      guard version == PeerHello.version else { throw PeerHelloError.otherVersion(version) }
      self.init(
        network: NetworkID(try reader.digest()), member: try reader.memberID(),
        channel: try PeerHello.channel(&reader), link: try PeerHello.nonce(&reader),
        instance: try PeerHello.nonce(&reader))
      if !reader.acceptNull() {
        refusal = HelloRefusal(text: try reader.text(limit: PeerHello.refusalByteLimit))
      }
      try reader.finish()
    } catch let error as PeerHelloError {
      throw error
    } catch {
      throw .malformed
    }
  }

  init(network: NetworkID, member: MemberID, channel: Channel, link: Nonce, instance: Nonce) {
    self.network = network
    self.member = member
    self.channel = channel
    self.link = link
    self.instance = instance
  }

  private static func channel(_ reader: inout LedgerReader) throws -> Channel {
    guard let channel = Channel(rawValue: try reader.unsigned()) else {
      throw PeerHelloError.malformed
    }
    return channel
  }

  private static func nonce(_ reader: inout LedgerReader) throws -> Nonce {
    guard let nonce = Nonce(try reader.byteString(limit: Nonce.byteCount)) else {
      throw PeerHelloError.malformed
    }
    return nonce
  }
}

package enum PeerHelloError: Error, Hashable, Sendable {
  case malformed
  case otherVersion(UInt64)
}

/// Why a node does not want a connection, as it says it in its hello.
package enum HelloRefusal: Hashable, Sendable {
  case otherNetwork
  case otherVersion
  /// The hello names another member than the one whose key the certificate has.
  case otherMember
  case memberUnknown
  case tooManyLinks
  /// Another process of the same member is linked: two run with one key.
  case keyInUse
  /// A link to this very process is up, or the refusing node's own dialling goes on.
  case alreadyLinked
  /// A bulk connection whose control connection is not there.
  case unpaired
  /// Something that this version does not know.
  case other(String)

  private static let known: [HelloRefusal] = [
    .otherNetwork, .otherVersion, .otherMember, .memberUnknown, .tooManyLinks, .keyInUse,
    .alreadyLinked, .unpaired,
  ]

  init(text: String) {
    self = HelloRefusal.known.first { $0.text == text } ?? .other(HelloRefusal.printable(text))
  }

  /// What crosses the network; part of the format.
  var text: String {
    switch self {
    case .otherNetwork: "other network"
    case .otherVersion: "other version"
    case .otherMember: "the certificate is another member's"
    case .memberUnknown: "member unknown"
    case .tooManyLinks: "too many links"
    case .keyInUse: "key in use by another process"
    case .alreadyLinked: "already linked"
    case .unpaired: "no control connection"
    case .other(let text): text
    }
  }

  /// A peer's words end up in logs.
  private static func printable(_ text: String) -> String {
    String(decoding: text.utf8.map { (0x20..<0x7F).contains($0) ? $0 : 0x3F }, as: UTF8.self)
  }
}

extension HelloRefusal: CustomStringConvertible {
  package var description: String { text }
}
