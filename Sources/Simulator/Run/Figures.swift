import Ledger
import Node

/// How fast a simulated network was, and what it cost, in simulated time and bytes: what its protocol
/// makes of its links and disks. Processors take no time here.
package struct Figures: Hashable, Sendable {
  /// A node with fewer links than make a quorum votes only after five seconds.
  private static let warmUp: UInt64 = 6_000_000

  /// From a client's first question to its answer, of transactions that became final, ascending, in
  /// microseconds.
  package private(set) var finality: [UInt64] = []
  /// What each node received of its peers.
  package private(set) var receivedByteCounts: [Int] = []

  init(_ world: World) {
    finality = world.clients.requests.compactMap { request in
      guard case .submitted(.final)? = request.answer, let begun = request.askedAt,
        let ended = request.answeredAt, begun >= Figures.warmUp
      else { return nil }
      return ended - begun
    }.sorted()
    receivedByteCounts = world.nodes.map(\.receivedByteCount)
  }

  /// The value below which so many of a hundred are; `nil` if nothing became final.
  package func finality(percentile: Int) -> UInt64? {
    guard !finality.isEmpty else { return nil }
    return finality[min(finality.count - 1, finality.count * percentile / 100)]
  }
}
