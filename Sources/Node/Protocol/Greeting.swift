import CBOR
import Cryptography
import Ledger

/// The first frame of either side: `["hypothec node", version, network / null, refusal / null]`.
///
/// The client says which network it expects, or null; the node says which it is in, and, if it
/// takes no connection now, why. The node greets even a client of another network or version before
/// it closes, so that the client can say what is wrong.
package struct Greeting: Hashable, Sendable {
  package static let version: UInt64 = 1
  private static let name = "hypothec node"

  package let version: UInt64
  package let network: NetworkID?
  /// Why the node takes no connection now; at most 128 bytes.
  package let refusal: String?

  package init(
    version: UInt64 = Greeting.version, network: NetworkID?, refusal: String? = nil
  ) {
    self.version = version
    self.network = network
    self.refusal = refusal
  }

  package var encoded: [UInt8] {
    var encoder = CBOREncoder()
    encoder.array(4)
    encoder.text(Greeting.name)
    encoder.unsigned(version)
    if let network { encoder.digest(network.digest) } else { encoder.null() }
    if let refusal { encoder.text(refusal) } else { encoder.null() }
    return encoder.bytes
  }

  /// Later versions keep the name and the version in front; nothing is read after another version.
  package init(_ bytes: [UInt8]) throws(ProtocolError) {
    do {
      var reader = LedgerReader(bytes)
      guard try reader.array(limit: 16) >= 2, try reader.text(limit: 32) == Greeting.name else {
        throw ProtocolError.notAGreeting
      }
      version = try reader.unsigned()
      guard version == Greeting.version else { throw ProtocolError.otherVersion(version) }
      network = reader.acceptNull() ? nil : NetworkID(try reader.digest())
      refusal = reader.acceptNull() ? nil : try reader.text(limit: 128)
      try reader.finish()
    } catch let error as ProtocolError {
      throw error
    } catch {
      throw .notAGreeting
    }
  }
}
