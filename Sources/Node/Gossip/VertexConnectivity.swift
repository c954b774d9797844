import Ledger

/// How many vertices must be taken away to part a graph of at most 31.
///
/// By Menger's theorem a smallest cut between two vertices that are not neighbours is as large as the
/// greatest number of paths between them that share no other vertex. That is the maximum flow in a
/// network in which each vertex is split in two, with an arc of capacity one from its entry to its
/// exit (Even and Tarjan, SIAM J. Comput. 4, 1975). If the connectivity is k, one of the first k + 1
/// vertices lies outside of a smallest cut, so only those are tried as sources.
struct VertexConnectivity {
  /// Bit `j` of element `i`: there is an edge between them.
  private let neighbours: [UInt32]

  /// - Parameter edges: for each vertex those to which it has an edge; symmetric.
  init(_ edges: [[Int]]) {
    precondition(edges.count <= ValidatorSet.limit, "validators are at most 31")
    neighbours = edges.map { $0.reduce(0) { $0 | 1 << UInt32($1) } }
  }

  private var count: Int { neighbours.count }

  /// A smallest set of vertices, ascending, without which some others have no path between them;
  /// `nil` if there is none, since every two vertices are neighbours.
  func smallestCut() -> [Int]? {
    var best: [Int]?
    for source in 0..<count {
      if let best, source > best.count { break }
      for target in 0..<count
      where target != source && neighbours[source] >> UInt32(target) & 1 == 0 {
        let cut = smallestCut(between: source, and: target)
        if best.map({ cut.count < $0.count }) ?? true { best = cut }
      }
    }
    return best
  }

  /// - Precondition: the two are not neighbours.
  private func smallestCut(between source: Int, and target: Int) -> [Int] {
    var flow = SplitFlow(neighbours)
    while flow.augment(from: source, to: target) {}
    return flow.saturated(from: source)
  }
}

/// A flow of whole units through split vertices: vertex `v` is entered at node `2 v` and left at
/// `2 v + 1`. An edge's arcs have no bound, so a cut is always one of vertices.
private struct SplitFlow {
  /// Bit `b` of element `a`: another unit can go from node `a` to node `b`.
  private var residual: [UInt64]

  init(_ neighbours: [UInt32]) {
    residual = []
    for (vertex, edges) in neighbours.enumerated() {
      residual.append(1 << UInt64(2 * vertex + 1))
      var exits: UInt64 = 0
      for other in neighbours.indices where edges >> UInt32(other) & 1 == 1 {
        exits |= 1 << UInt64(2 * other)
      }
      residual.append(exits)
    }
  }

  /// Sends one more unit along a shortest path; `false` if there is none.
  mutating func augment(from source: Int, to target: Int) -> Bool {
    let (start, end) = (2 * source + 1, 2 * target)
    guard let previous = search(from: start, until: end).previous else { return false }
    var node = end
    while node != start {
      let before = previous[node]
      use(from: before, to: node)
      node = before
    }
    return true
  }

  private mutating func use(from first: Int, to second: Int) {
    // From entry to exit of a vertex, or back, there is one unit; over an edge, any number, and back
    // as many as went: never more than one, since a vertex lets one through.
    let isForwardEdge = first % 2 == 1 && second % 2 == 0 && first / 2 != second / 2
    if !isForwardEdge { residual[first] &= ~(1 << UInt64(second)) }
    residual[second] |= 1 << UInt64(first)
  }

  /// The vertices that are entered but not left: a smallest cut once nothing more can be sent.
  func saturated(from source: Int) -> [Int] {
    let reached = search(from: 2 * source + 1, until: nil).reached
    return (0..<residual.count / 2).filter { vertex in
      reached >> UInt64(2 * vertex) & 1 == 1 && reached >> UInt64(2 * vertex + 1) & 1 == 0
    }
  }

  /// Breadth first. `previous` leads back from `end`, and is `nil` if that was not reached.
  private func search(
    from start: Int, until end: Int?
  ) -> (reached: UInt64, previous: [Int]?) {
    var reached: UInt64 = 1 << UInt64(start)
    var previous = Array(repeating: start, count: residual.count)
    var queue = [start]
    var index = 0
    while index < queue.count {
      let node = queue[index]
      index += 1
      var fresh = residual[node] & ~reached
      reached |= fresh
      while fresh != 0 {
        let next = fresh.trailingZeroBitCount
        fresh &= fresh - 1
        previous[next] = node
        if next == end { return (reached, previous) }
        queue.append(next)
      }
    }
    return (reached, nil)
  }
}
