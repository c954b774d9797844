import Consensus
import Transport

/// A message on its way to peers, encoded once for all of them.
package struct PeerFrame: Hashable, Sendable {
  package let recipients: [Link]
  package let channel: Channel
  package let body: [UInt8]

  package init(recipients: [Link], channel: Channel, body: [UInt8]) {
    self.recipients = recipients
    self.channel = channel
    self.body = body
  }

  package init(_ message: PeerMessage, to recipients: [Link]) {
    self.init(recipients: recipients, channel: message.channel, body: message.encoded)
  }
}

/// Why this node closes a link.
package enum PeerFault: Hashable, Sendable {
  /// Bytes that are no message, or none that this channel carries.
  case malformed(String)
  /// A vote, certificate or proposal with a signature that is wrong: honest nodes verify what they
  /// pass on.
  case signatureInvalid(String)
  /// A transaction with a signature that is wrong.
  case transactionInvalid
  /// Too many offences of a node that does not validate; the last one.
  case unbearable(PeerOffence)
}

extension PeerFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .malformed(let reason): "it sent what is no message: \(reason)"
    case .signatureInvalid(let what): "it passed on a \(what) with a wrong signature"
    case .transactionInvalid: "it passed on a transaction with a wrong signature"
    case .unbearable(let offence): "it went too far for too long, at last: it \(offence)"
    }
  }
}

/// A link that is to be closed.
package struct PeerCut: Hashable, Sendable {
  package let link: Link
  package let fault: PeerFault
}
