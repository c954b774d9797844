import Consensus

/// The frames of one turn: what goes to the same peers goes in one frame, up to
/// `PeerLimits.pushByteLimit` of content.
struct OutgoingFrames: Sendable {
  /// Transactions on their way to the same peers.
  private struct Batch {
    let recipients: [Link]
    var transactions: [[UInt8]] = []
    var byteCount = 0
  }

  private var frames: [PeerFrame] = []
  /// In the order in which their recipients first came up. Few: peers are preferred in a fixed order.
  private var batches: [Batch] = []

  mutating func send(_ message: PeerMessage, to link: Link) {
    frames.append(PeerFrame(message, to: [link]))
  }

  mutating func send(transaction bytes: [UInt8], to recipients: [Link]) {
    let index: Int
    if let known = batches.firstIndex(where: { $0.recipients == recipients }) {
      index = known
    } else {
      index = batches.count
      batches.append(Batch(recipients: recipients))
    }
    let isFull =
      batches[index].byteCount + bytes.count > PeerLimits.pushByteLimit
      || batches[index].transactions.count == PeerLimits.transactionLimit
    if isFull, !batches[index].transactions.isEmpty { finish(index) }
    batches[index].transactions.append(bytes)
    batches[index].byteCount += bytes.count
  }

  private mutating func finish(_ index: Int) {
    frames.append(
      PeerFrame(.transactions(batches[index].transactions), to: batches[index].recipients))
    batches[index].transactions = []
    batches[index].byteCount = 0
  }

  mutating func take() -> [PeerFrame] {
    for index in batches.indices where !batches[index].transactions.isEmpty { finish(index) }
    let frames = frames
    self = OutgoingFrames()
    return frames
  }
}
