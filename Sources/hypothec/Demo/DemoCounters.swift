import Ledger
import Node

/// Open connections to several nodes of a local network, over which transactions are entered at all
/// of them at once.
final class DemoCounters {
  private var counters: [Counter]

  private struct Counter {
    let member: MemberID
    let client: NodeClient
    /// Indices into the wave, in the order in which they are sent.
    var waiting: [Int] = []
    var underWay: [UInt64: Int] = [:]
  }

  /// Opens a connection to the node of each of `members`.
  init(_ members: [MemberID], of network: LocalNetwork) throws(NodeAccessError) {
    counters = []
    for member in members {
      guard let node = network.node(of: member) else { continue }
      let client = try NodeClient(dataDirectory: node.data, network: network.file.id)
      counters.append(Counter(member: member, client: client))
    }
  }

  /// Submits a wave, each transaction at the node that `desk` names for its submitter.
  ///
  /// - Parameters:
  ///   - window: how many may be under way at each node.
  ///   - desk: the member at whose node a submitter's transactions are entered.
  ///   - answered: called with a transaction and its answer, in the order of answers. Nothing more
  ///     is submitted, and the connections are of no more use, once it throws.
  func submit(
    _ wave: [DemoDay.Planned], window: Int = 256, desk: (MemberID) -> MemberID,
    answered: (DemoDay.Planned, NodeAnswer) throws -> Void
  ) throws {
    for (index, planned) in wave.enumerated() {
      let place = desk(planned.submitter)
      guard let counter = counters.firstIndex(where: { $0.member == place }) else {
        throw DemoError.noNode(place)
      }
      counters[counter].waiting.append(index)
    }
    for counter in counters.indices { counters[counter].waiting.reverse() }
    while try sendSome(wave, window: window) || receiveSome(wave, answered) {}
  }

  /// One transaction at each node in turn, so that what is said at the same time is said at all of
  /// them. Returns whether anything was sent.
  private func sendSome(_ wave: [DemoDay.Planned], window: Int) throws(NodeAccessError) -> Bool {
    var hasSent = false
    for index in counters.indices where counters[index].underWay.count < window {
      guard let next = counters[index].waiting.popLast() else { continue }
      let number = try counters[index].client.send(.submit(transaction: wave[next].bytes))
      counters[index].underWay[number.rawValue] = next
      hasSent = true
    }
    return hasSent
  }

  /// One answer of each node that owes some. Returns whether any did.
  private func receiveSome(
    _ wave: [DemoDay.Planned], _ answered: (DemoDay.Planned, NodeAnswer) throws -> Void
  ) throws -> Bool {
    var hasReceived = false
    for index in counters.indices where !counters[index].underWay.isEmpty {
      let (number, response) = try counters[index].client.receive()
      guard let place = counters[index].underWay.removeValue(forKey: number.rawValue) else {
        continue
      }
      try answered(wave[place], response.answer)
      hasReceived = true
    }
    return hasReceived
  }
}
