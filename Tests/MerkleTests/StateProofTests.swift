import CBOR
import Cryptography
import Merkle
import Testing

@Suite("Proof in the state tree")
struct StateProofTests {
  @Test(
    "is made as the definition says, for present and absent keys",
    arguments: SparseMerkleMapTests.Keys.allCases)
  func twin(keys: SparseMerkleMapTests.Keys) throws {
    var generator = SplitMix64(seed: 21)
    for count in [0, 1, 2, 3, 10, 60, 120] {
      var store = ModelStore()
      while store.values.count < count {
        let key = keys.next(&generator, near: store.values.keys.sorted())
        store.values[key] = generator.digest()
      }
      let map = try SparseMerkleMapTests.map(store)
      for entry in store.entries {
        let proof = try map.proof(for: entry.key, lookup: store.lookup)
        #expect(proof == NaiveStateTree.proof(entry.key, store.entries))
        try proof.verifyInclusion(root: map.root, key: entry.key, valueHash: entry.valueHash)
        #expect(try StateProof(encoded: proof.encoded) == proof)
      }
      for _ in 0..<40 {
        let key = keys.next(&generator, near: store.values.keys.sorted())
        guard store.values[key] == nil else { continue }
        let proof = try map.proof(for: key, lookup: store.lookup)
        #expect(proof == NaiveStateTree.proof(key, store.entries))
        try proof.verifyAbsence(root: map.root, key: key)
        #expect(try StateProof(encoded: proof.encoded) == proof)
      }
    }
  }

  @Test("shows no absence of a present key, and no inclusion of an absent one")
  func wrongTerminal() throws {
    let store = SparseMerkleMapTests.goldenStore(8)
    let map = try SparseMerkleMapTests.map(store)
    let present = try map.proof(for: .key(3), lookup: store.lookup)
    let absent = try map.proof(for: .key(9), lookup: store.lookup)
    #expect(throws: MerkleError.wrongTerminal) {
      try present.verifyAbsence(root: map.root, key: .key(3))
    }
    #expect(throws: MerkleError.wrongTerminal) {
      try absent.verifyInclusion(root: map.root, key: .key(9), valueHash: .value(9))
    }
    #expect(throws: MerkleError.self) {
      try present.verifyInclusion(root: map.root, key: .key(3), valueHash: .value(4))
    }
    #expect(throws: MerkleError.self) {
      try present.verifyInclusion(root: map.root, key: .key(9), valueHash: .value(3))
    }
    #expect(throws: MerkleError.self) {
      try present.verifyInclusion(root: .key(0), key: .key(3), valueHash: .value(3))
    }
    #expect(throws: MerkleError.self) {
      try absent.verifyAbsence(root: .key(0), key: .key(9))
    }
  }

  @Test("of the empty state is empty")
  func emptyState() throws {
    let proof = try SparseMerkleMap().proof(for: .key(0)) { _ in nil }
    #expect(proof == StateProof(siblings: [], terminal: .empty))
    try proof.verifyAbsence(root: .zero, key: .key(0))
  }

  @Test("a lying prover is refused")
  func liar() throws {
    let store = SparseMerkleMapTests.goldenStore(8)
    let map = try SparseMerkleMapTests.map(store)
    let honest = try map.proof(for: .key(3), lookup: store.lookup)
    let depth = honest.siblings.count
    let entry = MapEntry(key: .key(3), valueHash: .value(3))
    func refuses(_ error: MerkleError, key: Digest = .key(3), _ proof: StateProof) {
      #expect(throws: error) { try proof.verifyAbsence(root: map.root, key: key) }
    }
    // The key's own entry as that of another.
    refuses(.otherKeyIsKey, StateProof(siblings: honest.siblings, terminal: .other(entry)))
    // Another entry, from elsewhere in the tree.
    let elsewhere = try #require(
      store.entries.first { $0.key.bit(0) != Digest.key(3).bit(0) })
    refuses(.otherKeyOffPath, StateProof(siblings: honest.siblings, terminal: .other(elsewhere)))
    // A path that goes on below a leaf.
    let near = Digest.key(3).diverging(after: 250, tail: .zero)
    let other = StateProof.Terminal.other(entry)
    try StateProof(siblings: honest.siblings, terminal: other)
      .verifyAbsence(root: map.root, key: near)
    for terminal in [other, .empty] {
      let below = StateProof(siblings: honest.siblings + [nil], terminal: terminal)
      refuses(.lastSiblingMissing, key: near, below)
    }
    // The leaf as the sibling of nothing.
    let leafHash = SHA256.hash([2] + entry.key.bytes + entry.valueHash.bytes)
    let beside = StateProof(siblings: honest.siblings + [leafHash], terminal: .empty)
    #expect(throws: MerkleError.self) { try beside.verifyAbsence(root: map.root, key: near) }
    // The empty subtree as a sibling that is present: it would hash to the same root.
    let zero = StateProof(siblings: [nil, .zero] + honest.siblings, terminal: .empty)
    refuses(.siblingIsEmpty(depth: 2), zero)
    // Deeper than any path.
    let deep = [Digest?](repeating: .key(0), count: 256)
    refuses(.tooDeep(256), StateProof(siblings: deep, terminal: .empty))
    #expect(throws: MerkleError.tooDeep(257)) {
      try StateProof(siblings: deep + [.key(0)], terminal: .entry)
        .verifyInclusion(root: map.root, key: .key(3), valueHash: .value(3))
    }
    // A sibling too few or too many.
    #expect(throws: MerkleError.self) {
      try StateProof(siblings: Array(honest.siblings[..<(depth - 1)]), terminal: .entry)
        .verifyInclusion(root: map.root, key: .key(3), valueHash: .value(3))
    }
    #expect(throws: MerkleError.self) {
      try StateProof(siblings: honest.siblings + [.key(0)], terminal: .entry)
        .verifyInclusion(root: map.root, key: .key(3), valueHash: .value(3))
    }
  }

  @Test("is not made from a store that differs from the tree")
  func disagreement() throws {
    let map = try SparseMerkleMapTests.map(SparseMerkleMapTests.goldenStore(8))
    #expect(throws: MerkleError.storeDisagrees(key: .key(3))) {
      try map.proof(for: .key(3)) { _ in nil }
    }
    #expect(throws: MerkleError.storeDisagrees(key: .key(3))) {
      try map.proof(for: .key(3)) { _ in MapEntry(key: .key(3), valueHash: .value(4)) }
    }
  }
}

@Suite("Encoding of proofs in the state tree")
struct StateProofCodingTests {
  struct Golden: Sendable {
    var key: Digest
    var number: Int?
    var hex: String
  }

  static let siblings =
    "a401020241c0038258209fd1733948aea1bee332b7bf642f69255d21d2ec834f41861b62e1926edebc245820"
    + "a7d7d8f2e2b9448b713991760fa5fc8c9669446577a307c2a9798e45c103dee0"
  static let goldens = [
    Golden(key: .key(3), number: 3, hex: siblings + "0400"),
    Golden(
      key: .key(8), number: nil,
      hex: "a401020241c003825820f95800c83c188681e36eef3ba45b56e4b7ce8898e24ad8a17fc360ea512dfb17"
        + "5820b086965eaa7e6eae439e74e817d399b2cdce4718ad403348aaf1649c0bc4cac90401"),
    Golden(
      key: .key(9), number: nil,
      hex: "a6" + siblings.dropFirst(2)
        + "0402055820084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c50658200803"
        + "287382293edb9fe40a8eac69254e5da6e9a8ef402b14aab30edc2eab75e6"),
    Golden(
      key: .key(11), number: nil,
      hex: "a601070241a203835820f95800c83c188681e36eef3ba45b56e4b7ce8898e24ad8a17fc360ea512dfb17"
        + "5820c052a4f6eda3af55af9bf69113123666fdbf098f1fb515bda461ff73910623835820e36fbf3e5078"
        + "7ae0d4138b86397156ffbe9871f52033101ef322f65f3e34d6660402055820e77b9a9ae9e30b0dbdb6f5"
        + "10a264ef9de781501d7b6b92ae89eb059c5ab743db065820b2e5b4d6c3c7cd213aa8742ebffbbc64c875"
        + "47c1ff3da6e00b1ac4c3c1deca1d"),
  ]

  @Test("is the golden one and is read back", arguments: goldens)
  func golden(_ golden: Golden) throws {
    let store = SparseMerkleMapTests.goldenStore(8)
    let proof = try SparseMerkleMapTests.map(store).proof(for: golden.key, lookup: store.lookup)
    #expect(Hexadecimal.encode(proof.encoded) == golden.hex)
    #expect(try StateProof(encoded: proof.encoded) == proof)
  }

  @Test("with any bit changed is refused", arguments: goldens)
  func mutated(_ golden: Golden) throws {
    let root = try SparseMerkleMapTests.map(SparseMerkleMapTests.goldenStore(8)).root
    let bytes = try #require(Hexadecimal.decode(golden.hex))
    for mutated in everyBitChanged(bytes) {
      #expect(throws: (any Error).self) {
        let proof = try StateProof(encoded: mutated)
        if let number = golden.number {
          try proof.verifyInclusion(root: root, key: golden.key, valueHash: .value(number))
        } else {
          try proof.verifyAbsence(root: root, key: golden.key)
        }
      }
    }
    refuseCut(bytes) { try StateProof(encoded: $0) }
  }

  @Test(
    "of another form is refused",
    arguments: [
      // A bitmap longer or shorter than the depth asks for.
      ("a4010002410003800401", CBORError.limitExceeded(offset: 4)),
      ("a40101024003800401", .invalidValue(offset: 4)),
      // Bits beyond the depth.
      ("a4010102414003800401", .invalidValue(offset: 4)),
      // Fewer and more siblings than bits.
      ("a4010102418003800401", .invalidValue(offset: 7)),
      ("a4010002400381400401", .limitExceeded(offset: 6)),
      // A depth of 257, an unknown terminal, an absent one.
      ("a401190101024003800401", .limitExceeded(offset: 2)),
      ("a40100024003800403", .limitExceeded(offset: 8)),
      ("a3010002400380", .unexpectedKey(offset: 7)),
      // An entry where the terminal has none.
      ("a501000240038004010540", .unexpectedKey(offset: 9)),
      // An unknown key.
      ("a500000100024003800401", .unexpectedKey(offset: 1)),
    ])
  func malformed(hex: String, error: CBORError) throws {
    let bytes = try #require(Hexadecimal.decode(hex))
    #expect(throws: error) { try StateProof(encoded: bytes) }
  }
}

extension StateProof {
  var encoded: [UInt8] {
    var encoder = CBOREncoder()
    encode(to: &encoder)
    return encoder.bytes
  }

  init(encoded: [UInt8]) throws {
    var decoder = CBORDecoder(encoded)
    self = try StateProof(from: &decoder)
    try decoder.finish()
  }
}
