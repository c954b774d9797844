import Cryptography
import Merkle
import Testing

@Suite("Sparse Merkle map")
struct SparseMerkleMapTests {
  /// How the keys of a random test lie.
  enum Keys: CaseIterable, Sendable {
    /// Anywhere, as digests do.
    case uniform
    /// Each shares a random number of leading bits, 0...255, with an earlier one.
    case clustered
    /// Most share their first 128 bits, all that the map keeps of a key, with an earlier one.
    case twins

    func next(_ generator: inout SplitMix64, near earlier: [Digest]) -> Digest {
      let fresh = generator.digest()
      guard let near = earlier.randomElement(using: &generator) else { return fresh }
      switch self {
      case .uniform: return fresh
      case .clustered:
        return near.diverging(after: Int.random(in: 0...255, using: &generator), tail: fresh)
      case .twins:
        guard Int.random(in: 0..<8, using: &generator) > 0 else { return fresh }
        return near.diverging(after: Int.random(in: 128...255, using: &generator), tail: fresh)
      }
    }
  }

  static func map(_ store: ModelStore) throws -> SparseMerkleMap {
    var builder = SparseMerkleMapBuilder(expectedCount: store.values.count)
    for entry in store.entries { try builder.append(entry) }
    return builder.finish()
  }

  static func goldenStore(_ count: Int) -> ModelStore {
    var store = ModelStore()
    for number in 0..<count { store.values[.key(number)] = .value(number) }
    return store
  }

  @Test(
    "has the golden roots",
    arguments: [
      (0, "0000000000000000000000000000000000000000000000000000000000000000"),
      (1, "d1d6876bf1bb9cabab9c743c962eb4aa51416cba9afd0eb15cae40dcea10ee99"),
      (2, "5d5827d562465e45456256b4ae66ec9fb9d98522a805c4a87c46db7022a65a6b"),
      (3, "d4c7aa841d2047a6fc8d19a164429c8fdacdc506521fa57610c76bcb587c6224"),
      (8, "3099ba23c6daf37741bf0d1466c2028a509ce18f01879efd876ec814a4746961"),
      (100, "239a179dd243e5057f0684be77449beb4da79e8832f6b840c3edfc28e5608f46"),
      (256, "6e5121520a5a4784e3f0e4027e357cb2b8ad256912dc8bd3aad42b9039f629ff"),
    ])
  func goldenRoots(count: Int, root: String) throws {
    let map = try Self.map(Self.goldenStore(count))
    #expect(map.root.description == root)
    #expect(map.count == count)
  }

  @Test("has the golden root of keys that share 255 bits")
  func goldenDeepRoot() throws {
    let last = Digest(words: (0, 0, 0, 1))
    let top = Digest(words: (1 << 63, 0, 0, 0))
    var store = ModelStore(values: [.zero: .value(0), last: .value(1), top: .value(2)])
    let deep = try Self.map(store)
    #expect(
      deep.root.description == "250a9713500ff48eea93330329469979d31a064aeb7af8e5efed0e925c594cba")
    store.values[top] = nil
    #expect(
      try Self.map(store).root.description
        == "ac9c19e25a06e44f351a1bd1f786346ca9bd08e924dad3fa4f002622f09a1f1e")
  }

  @Test("agrees with the naive tree through random changes", arguments: Keys.allCases, 0..<6)
  func randomChanges(keys: Keys, seed: Int) throws {
    var generator = SplitMix64(seed: UInt64(seed))
    var store = ModelStore()
    var map = SparseMerkleMap()
    for round in 0..<20 {
      let changes = Self.randomChanges(of: store, keys, &generator)
      let before = store
      let update = try map.update(changes, lookup: before.lookup)
      #expect(map.root == before.root, "seed \(seed), round \(round): the base was touched")
      store.apply(changes)
      // A store that has the changes already must do as well as one that has not.
      let lookup = round.isMultiple(of: 2) ? before.lookup : store.lookup
      try map.apply(changes, lookup: lookup)
      #expect(map.root == store.root, "seed \(seed), round \(round)")
      #expect(update.root == store.root, "seed \(seed), round \(round)")
      #expect(map.count == store.values.count)
      map.checkInvariants()
      #expect(try Self.map(store).root == store.root, "seed \(seed), round \(round): built")
    }
  }

  static func randomChanges(
    of store: ModelStore, _ keys: Keys, _ generator: inout SplitMix64
  ) -> [MapChange] {
    var known = store.values.keys.sorted()
    var chosen: [Digest: Digest?] = [:]
    for _ in 0..<Int.random(in: 1...40, using: &generator) {
      let isKnown = Int.random(in: 0..<5, using: &generator) < 3
      let present = isKnown ? known.randomElement(using: &generator) : nil
      let key = present ?? keys.next(&generator, near: known)
      let isRemoval = Int.random(in: 0..<3, using: &generator) == 0
      chosen[key] = isRemoval ? .some(nil) : .some(generator.digest())
      if present == nil { known.append(key) }
    }
    return chosen.keys.sorted().compactMap { store.change($0, to: chosen[$0] ?? nil) }
  }

  @Test("has the same root however the changes are batched", arguments: Keys.allCases)
  func batches(keys: Keys) throws {
    var generator = SplitMix64(seed: 11)
    var store = ModelStore()
    while store.values.count < 150 {
      let key = keys.next(&generator, near: store.values.keys.sorted())
      store.values[key] = generator.digest()
    }
    let changes = store.entries.map { MapChange(key: $0.key, effect: .insert($0.valueHash)) }
    for size in [1, 7, 64, 150] {
      var map = SparseMerkleMap()
      for start in stride(from: 0, to: changes.count, by: size) {
        let batch = Array(changes[start..<min(start + size, changes.count)])
        try map.apply(batch, lookup: store.lookup)
      }
      #expect(map.root == store.root, "batches of \(size)")
      map.checkInvariants()
    }
    var shuffled = SparseMerkleMap()
    for change in changes.shuffled(using: &generator) {
      try shuffled.apply([change], lookup: store.lookup)
    }
    #expect(shuffled.root == store.root)
  }

  @Test("grows to many buckets and shrinks again, and removal restores every earlier root")
  func removal() throws {
    var generator = SplitMix64(seed: 5)
    var map = SparseMerkleMap()
    var undo: [(changes: [MapChange], root: Digest)] = []
    for _ in 0..<12 {
      let keys = (0..<100).map { _ in generator.digest() }.sorted()
      undo.append((keys.map { MapChange(key: $0, effect: .remove) }, map.root))
      let changes = keys.map { MapChange(key: $0, effect: .insert(generator.digest())) }
      try map.apply(changes) { _ in nil }
    }
    map.checkInvariants()
    for (changes, root) in undo.reversed() {
      #expect(try map.update(changes) { _ in nil }.root == root)
      try map.apply(changes) { _ in nil }
      #expect(map.root == root)
      map.checkInvariants()
    }
    #expect(map.count == 0)
    #expect(map.root == .zero)
  }

  @Test("a copy keeps its root when the other changes")
  func copies() throws {
    var map = try Self.map(Self.goldenStore(100))
    let copy = map
    let root = map.root
    try map.apply([MapChange(key: .key(7), effect: .remove)]) { _ in nil }
    #expect(copy.root == root)
    copy.checkInvariants()
    map.checkInvariants()
    #expect(map.root != root)
  }

  @Test("the number of expected entries does not matter", arguments: [0, 1, 200, 100_000])
  func expectedCount(count: Int) throws {
    let store = Self.goldenStore(200)
    var builder = SparseMerkleMapBuilder(expectedCount: count)
    for entry in store.entries { try builder.append(entry) }
    let map = builder.finish()
    #expect(map.root == store.root)
    map.checkInvariants()
  }

  @Test("is not built from entries out of order or twice the same")
  func order() throws {
    var builder = SparseMerkleMapBuilder(expectedCount: 2)
    try builder.append(MapEntry(key: .key(1), valueHash: .value(1)))
    #expect(throws: MerkleError.entriesOutOfOrder(key: .key(1))) {
      try builder.append(MapEntry(key: .key(1), valueHash: .value(2)))
    }
    #expect(throws: MerkleError.entriesOutOfOrder(key: .zero)) {
      try builder.append(MapEntry(key: .zero, valueHash: .value(2)))
    }
  }

  @Test("finds out that the store differs, and stays as it was")
  func disagreement() throws {
    let store = Self.goldenStore(100)
    var map = try Self.map(store)
    let twin = Digest.key(5).diverging(after: 200, tail: .value(0))
    let wrong = [
      MapChange(key: .key(5), effect: .insert(.value(1))),
      MapChange(key: .key(100), effect: .update(.value(1))),
      MapChange(key: .key(100), effect: .remove),
    ]
    for change in wrong {
      let error = MerkleError.storeDisagrees(key: change.key)
      #expect(throws: error) { try map.update([change], lookup: store.lookup) }
      let good = MapChange(key: .zero, effect: .insert(.value(1)))
      #expect(throws: error) { try map.apply([good, change], lookup: store.lookup) }
    }
    let insertion = MapChange(key: twin, effect: .insert(.value(1)))
    #expect(throws: MerkleError.storeDisagrees(key: twin)) {
      try map.apply([insertion]) { _ in nil }
    }
    #expect(throws: MerkleError.storeDisagrees(key: twin)) {
      try map.apply([insertion]) { _ in MapEntry(key: .key(5), valueHash: .value(6)) }
    }
    #expect(map.root == store.root)
    map.checkInvariants()
  }

  @Test("tells apart keys that share all that it keeps of them")
  func twins() throws {
    let first = Digest.key(5)
    let second = first.diverging(after: 200, tail: .zero)
    let third = first.diverging(after: 130, tail: .key(1))
    var store = ModelStore(values: [first: .value(1)])
    var map = try Self.map(store)
    let steps: [[(Digest, Digest?)]] = [
      [(second, .value(2))], [(first, .value(3))], [(second, .value(4))],
      [(first, nil), (third, .value(5))], [(second, nil)], [(third, nil), (second, .value(6))],
      [(first, .value(7)), (third, .value(8))], [(first, nil), (second, nil), (third, nil)],
    ]
    for step in steps {
      let changes = step.sorted { $0.0 < $1.0 }.compactMap { store.change($0.0, to: $0.1) }
      #expect(changes.count == step.count)
      let lookup = store.lookup
      store.apply(changes)
      #expect(try map.update(changes, lookup: lookup).root == store.root)
      try map.apply(changes, lookup: lookup)
      #expect(map.root == store.root)
      map.checkInvariants()
    }
    #expect(map.root == .zero)
  }

  @Test("stops when changes are not in order")
  func unorderedChanges() async {
    await #expect(processExitsWith: .failure) {
      let changes = [Digest.key(0), .key(1)].sorted().reversed().map {
        MapChange(key: $0, effect: .insert(.zero))
      }
      _ = try SparseMerkleMap().update(Array(changes)) { _ in nil }
    }
  }

  @Test("stops when a key is changed twice")
  func repeatedChanges() async {
    await #expect(processExitsWith: .failure) {
      let change = MapChange(key: .key(0), effect: .insert(.zero))
      _ = try SparseMerkleMap().update([change, change]) { _ in nil }
    }
  }
}

@Suite("Effect of a state change")
struct StateChangeTests {
  @Test("two effects in a row are one")
  func folding() {
    let (one, two) = (Digest.value(1), Digest.value(2))
    #expect(MapChange.Effect.insert(one).followed(by: .update(two)) == .insert(two))
    #expect(MapChange.Effect.insert(one).followed(by: .remove) == nil)
    #expect(MapChange.Effect.update(one).followed(by: .update(two)) == .update(two))
    #expect(MapChange.Effect.update(one).followed(by: .remove) == .remove)
    #expect(MapChange.Effect.remove.followed(by: .insert(two)) == .update(two))
  }

  @Test("a present key is not inserted")
  func impossible() async {
    await #expect(processExitsWith: .failure) {
      _ = MapChange.Effect.update(.zero).followed(by: .insert(.zero))
    }
  }
}
