import Consensus

/// An encoded message on its way to peers: encoded once, sent on each recipient's link.
package struct PeerFrame: Hashable, Sendable {
  /// Ascending, at least one.
  package let recipients: [Link]
  package let channel: PeerChannel
  /// `PeerMessage.encoded`.
  package let body: [UInt8]

  package init(_ message: PeerMessage, to recipients: [Link]) {
    self.recipients = recipients
    channel = message.channel
    body = message.encoded
  }
}
