import Cryptography
import Testing

@testable import Merkle

@Suite("Updates of the sparse Merkle map")
struct MapUpdateTests {
  /// Blocks that are not final, as a chain has them: each with its parent, none if that is final.
  struct Pending {
    let parent: Int?
    let store: ModelStore
    var update: MapUpdate
  }

  /// A map with the updates that follow it, and the naive stores that say what is right.
  struct Bench {
    var map: SparseMerkleMap
    var store: ModelStore
    var pending: [Int: Pending] = [:]
    var nextID = 0
    var renewed = 0

    /// The ids from the first that follows the map to `id`.
    func path(to id: Int?) -> [Int] {
      var path: [Int] = []
      var next = id
      while let id = next {
        path.append(id)
        next = pending[id]?.parent
      }
      return path.reversed()
    }

    /// The updates on the way to `id`, those worked out anew that no longer fit.
    mutating func updates(to id: Int?) throws -> [MapUpdate] {
      var updates: [MapUpdate] = []
      for id in path(to: id) {
        let block = try #require(pending[id])
        if !map.isFollowed(by: block.update, after: updates) {
          renewed += 1
          pending[id]?.update = try map.update(
            block.update.changes, after: updates, lookup: store.lookup)
        }
        updates.append(try #require(pending[id]).update)
      }
      return updates
    }

    mutating func add(
      on parent: Int?, _ keys: SparseMerkleMapTests.Keys, growing: Bool,
      _ generator: inout SplitMix64
    ) throws {
      let before = parent.flatMap { pending[$0]?.store } ?? store
      var changes = SparseMerkleMapTests.randomChanges(of: before, keys, &generator)
      if growing { changes = changes.filter { $0.effect != .remove } }
      let update = try map.update(changes, after: updates(to: parent), lookup: store.lookup)
      var after = before
      after.apply(changes)
      try #require(update.root == after.root)
      pending[nextID] = Pending(parent: parent, store: after, update: update)
      nextID += 1
    }

    /// Makes the updates up to `id`; what does not follow it goes.
    mutating func commit(through id: Int) throws {
      let path = path(to: id)
      // The store has all the changes before the map has any.
      store = try #require(pending[id]).store
      try map.apply(path.compactMap { pending[$0]?.update }, lookup: store.lookup)
      let living = pending.keys.filter { self.path(to: $0).starts(with: path) && $0 != id }
      pending = pending.filter { living.contains($0.key) }.mapValues {
        Pending(parent: $0.parent == id ? nil : $0.parent, store: $0.store, update: $0.update)
      }
    }
  }

  @Test(
    "stack, have siblings and are made one or several at once as the naive tree says",
    arguments: SparseMerkleMapTests.Keys.allCases, 0..<8)
  func interleavings(keys: SparseMerkleMapTests.Keys, seed: Int) throws {
    var generator = SplitMix64(seed: UInt64(seed) + 100)
    var bench = Bench(map: SparseMerkleMap(), store: ModelStore())
    for step in 0..<60 {
      // It grows first, over several numbers of buckets, and then shrinks.
      let growing = step < 40
      if bench.pending.count < 6, Int.random(in: 0..<3, using: &generator) > 0 {
        let parents = [nil] + bench.pending.keys.sorted().map { Optional($0) }
        let parent = parents.randomElement(using: &generator) ?? nil
        try bench.add(on: parent, keys, growing: growing, &generator)
        continue
      }
      guard let id = bench.pending.keys.sorted().randomElement(using: &generator) else { continue }
      try bench.commit(through: id)
      #expect(bench.map.root == bench.store.root, "seed \(seed), step \(step)")
      #expect(bench.map.count == bench.store.values.count)
      bench.map.checkInvariants()
    }
    #expect(bench.nextID > 10)
  }

  @Test("are worked out anew when the map has outgrown its buckets")
  func outgrown() throws {
    var generator = SplitMix64(seed: 3)
    var bench = Bench(map: SparseMerkleMap(), store: ModelStore())
    let keys = (0..<1_000).map { _ in generator.digest() }
    func inserts(_ keys: ArraySlice<Digest>) -> [MapChange] {
      keys.sorted().map { MapChange(key: $0, effect: .insert($0)) }
    }
    let changes = [inserts(keys[..<500]), inserts(keys[500..<800]), inserts(keys[800...])]
    for (index, changes) in changes.enumerated() {
      let parent = index == 0 ? nil : index - 1
      var store = bench.pending[index - 1]?.store ?? ModelStore()
      store.apply(changes)
      let update = try bench.map.update(
        changes, after: bench.updates(to: parent), lookup: bench.store.lookup)
      bench.pending[index] = Pending(parent: parent, store: store, update: update)
    }
    try bench.commit(through: 0)
    let second = try #require(bench.pending[1]).update
    #expect(!bench.map.isFollowed(by: second))
    let renewed = try bench.updates(to: 2)
    #expect(bench.renewed == 2)
    #expect(bench.map.isFollowed(by: renewed[0]))
    #expect(!bench.map.isFollowed(by: renewed[1]))
    #expect(renewed.map(\.root) == [1, 2].map { bench.pending[$0]?.store.root })
    try bench.commit(through: 2)
    #expect(bench.map.root == bench.store.root)
    bench.map.checkInvariants()
  }

  @Test("know the whole keys of twins that an earlier one brought and the store lacks")
  func twins() throws {
    // The lower half of a whole key may be zero like that of a key kept in part.
    let first = Digest(words: (7, 7, 0, 0))
    let second = Digest(words: (7, 7, 1, 0))
    let third = Digest(words: (7, 7, 0, 1))
    var store = ModelStore()
    var map = SparseMerkleMap()
    var updates: [MapUpdate] = []
    let steps: [[(Digest, Digest?)]] = [
      [(first, .value(1))], [(second, .value(2))], [(first, nil)], [(third, .value(3))],
      [(second, nil), (third, .value(4))], [(first, .value(5))],
    ]
    var roots: [Digest] = []
    for step in steps {
      let changes = step.sorted { $0.0 < $1.0 }.compactMap { store.change($0.0, to: $0.1) }
      updates.append(try map.update(changes, after: updates) { _ in nil })
      store.apply(changes)
      roots.append(store.root)
    }
    #expect(updates.map(\.root) == roots)
    for (update, root) in zip(updates, roots) {
      map.apply(update)
      #expect(map.root == root)
      map.checkInvariants()
    }
  }

  @Test("without changes lead nowhere")
  func empty() throws {
    var map = try SparseMerkleMapTests.map(SparseMerkleMapTests.goldenStore(100))
    let root = map.root
    let update = try map.update([]) { _ in nil }
    #expect(update.root == root)
    map.apply(update)
    #expect(map.root == root)
    map.checkInvariants()
  }

  @Test("stop the process when they are made on something else")
  func otherBase() async {
    await #expect(processExitsWith: .failure) {
      var map = SparseMerkleMap()
      let update = try map.update([MapChange(key: .zero, effect: .insert(.zero))]) { _ in nil }
      map.apply(update)
      map.apply(update)
    }
  }

  @Test("stop the process when they do not follow one another")
  func brokenStack() async {
    await #expect(processExitsWith: .failure) {
      let map = SparseMerkleMap()
      let update = try map.update([MapChange(key: .zero, effect: .insert(.zero))]) { _ in nil }
      _ = try map.update([], after: [update, update]) { _ in nil }
    }
  }
}
