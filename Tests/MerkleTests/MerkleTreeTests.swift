import CBOR
import Cryptography
import Merkle
import Testing

/// The leaves, roots and proofs that the implementations of Certificate Transparency share.
private enum Published {
  static let leaves = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
  ].map { Hexadecimal.decode($0)! }

  static let roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ].map { Digest(hexadecimal: $0)! }

  struct Proof: Sendable {
    /// The index of the leaf, or the size of the first tree.
    var first: UInt64
    var size: UInt64
    var path: [Digest]

    init(_ first: UInt64, _ size: UInt64, _ path: [String]) {
      self.first = first
      self.size = size
      self.path = path.map { Digest(hexadecimal: $0)! }
    }
  }

  static let inclusion = [
    Proof(0, 1, []),
    Proof(
      0, 8,
      [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
      ]),
    Proof(
      5, 8,
      [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ]),
    Proof(2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    Proof(
      1, 5,
      [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      ]),
  ]

  static let consistency = [
    Proof(1, 1, []),
    Proof(
      1, 8,
      [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
      ]),
    Proof(
      6, 8,
      [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ]),
    Proof(
      2, 5,
      [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      ]),
    Proof(
      6, 7,
      [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ]),
  ]
}

@Suite("RFC 9162 tree")
struct MerkleTreeTests {
  @Test("has the published roots", arguments: 0...8)
  func publishedRoots(size: Int) {
    #expect(
      MerkleTree.root(of: Published.leaves[..<size].map { LeafHash(of: $0) })
        == Published.roots[size])
  }

  @Test("makes and accepts the published inclusion proofs", arguments: Published.inclusion)
  private func publishedInclusion(vector: Published.Proof) throws {
    let proof = InclusionProof(leafIndex: vector.first, treeSize: vector.size) {
      LeafHash(of: Published.leaves[Int($0)])
    }
    #expect(proof.path == vector.path)
    try proof.verify(
      leaf: LeafHash(of: Published.leaves[Int(vector.first)]),
      in: TreeHead(size: vector.size, root: Published.roots[Int(vector.size)]))
  }

  @Test("makes and accepts the published consistency proofs", arguments: Published.consistency)
  private func publishedConsistency(vector: Published.Proof) throws {
    let proof = ConsistencyProof(firstSize: vector.first, secondSize: vector.size) {
      LeafHash(of: Published.leaves[Int($0)])
    }
    #expect(proof.path == vector.path)
    try proof.verify(
      from: TreeHead(size: vector.first, root: Published.roots[Int(vector.first)]),
      to: TreeHead(size: vector.size, root: Published.roots[Int(vector.size)]))
  }

  @Test("has the golden roots over digests")
  func goldenRoots() {
    #expect(
      MerkleTree.root(ofLeaves: (0..<5).map { .key($0) }).description
        == "6b313b611b40676b9e1dfd70c4503f2379f88f0f1c2740fb7e1cacc32c113465")
    #expect(
      MerkleTree.root(ofLeaves: (0..<100).map { .key($0) }).description
        == "cc08843083453028a694ef6a8cb3b6b375b28d41b0dc91be711971d9da680a28")
  }

  @Test("agrees with the naive tree at every size, appended one by one or all at once")
  func naiveTwin() {
    let leaves = (0..<130).map { Digest.key($0) }
    var frontier = MerkleFrontier()
    for size in 0...leaves.count {
      let expected = NaiveTree.root(leaves[..<size].map(\.bytes)[...])
      #expect(frontier.count == size)
      #expect(frontier.root == expected)
      #expect(MerkleTree.root(ofLeaves: Array(leaves[..<size])) == expected)
      #expect(MerkleFrontier(count: frontier.count, peaks: frontier.peaks) == frontier)
      if size < leaves.count { frontier.append(leaves[size]) }
    }
  }

  @Test("a frontier is read back from its encoding, and has as many peaks as bits set")
  func frontierCoding() throws {
    var frontier = MerkleFrontier()
    for number in 0..<11 { frontier.append(.key(number)) }
    var encoder = CBOREncoder()
    frontier.encode(to: &encoder)
    var decoder = CBORDecoder(encoder.bytes)
    #expect(try MerkleFrontier(from: &decoder) == frontier)
    try decoder.finish()
    #expect(MerkleFrontier(count: 11, peaks: [.zero, .zero]) == nil)
    #expect(MerkleFrontier(count: 0, peaks: [.zero]) == nil)
    var bytes = encoder.bytes
    bytes[1] = 10
    var mutated = CBORDecoder(bytes)
    #expect(throws: CBORError.limitExceeded(offset: 2)) { try MerkleFrontier(from: &mutated) }
  }

  @Test("proves every leaf of every tree, as the naive twin does")
  func inclusionTwin() throws {
    let leaves = (0..<36).map { Digest.key($0) }
    for size in 1...leaves.count {
      let tree = Array(leaves[..<size])
      let root = MerkleTree.root(ofLeaves: tree)
      for index in tree.indices {
        let proof = InclusionProof(leafIndex: index, leaves: tree)
        #expect(proof.path == NaiveTree.path(index, tree.map(\.bytes)[...]))
        try proof.verify(leaf: tree[index], in: TreeHead(size: UInt64(size), root: root))
        refuseAltered(proof, leaf: tree[index], root: root)
      }
    }
  }

  /// Expects `proof` to be refused with another index, size, length, leaf or root.
  private func refuseAltered(_ proof: InclusionProof, leaf: Digest, root: Digest) {
    let head = TreeHead(size: proof.treeSize, root: root)
    var longer = proof
    longer.path.append(root)
    #expect(throws: MerkleError.pathLength(longer.path.count)) {
      try longer.verify(leaf: leaf, in: head)
    }
    if !proof.path.isEmpty {
      var shorter = proof
      shorter.path.removeLast()
      #expect(throws: MerkleError.pathLength(shorter.path.count)) {
        try shorter.verify(leaf: leaf, in: head)
      }
    }
    var beyond = proof
    beyond.leafIndex = proof.treeSize
    #expect(
      throws: MerkleError.leafBeyondTree(leafIndex: beyond.leafIndex, treeSize: beyond.treeSize)
    ) { try beyond.verify(leaf: leaf, in: head) }
    var resized = proof
    resized.treeSize += 1
    #expect(
      throws: MerkleError.treeSizeMismatch(claimed: resized.treeSize, trusted: head.size)
    ) { try resized.verify(leaf: leaf, in: head) }
    var other = proof
    other.leafIndex = proof.leafIndex ^ 1
    #expect(throws: MerkleError.self) { try other.verify(leaf: leaf, in: head) }
    #expect(throws: MerkleError.self) { try proof.verify(leaf: .value(0), in: head) }
    #expect(throws: MerkleError.rootMismatch(computed: root, trusted: .value(0))) {
      try proof.verify(leaf: leaf, in: TreeHead(size: head.size, root: .value(0)))
    }
  }

  @Test("proves consistency between every two sizes, as the naive twin does")
  func consistencyTwin() throws {
    let leaves = (0..<33).map { Digest.key($0) }
    let roots = (0...leaves.count).map { MerkleTree.root(ofLeaves: Array(leaves[..<$0])) }
    for second in roots.indices {
      for first in 0...second {
        let proof = ConsistencyProof(firstSize: first, leaves: Array(leaves[..<second]))
        if first > 0 {
          let bytes = leaves[..<second].map(\.bytes)
          #expect(proof.path == NaiveTree.subproof(first, bytes[...], isWhole: true))
        }
        let from = TreeHead(size: UInt64(first), root: roots[first])
        let to = TreeHead(size: UInt64(second), root: roots[second])
        try proof.verify(from: from, to: to)
        refuseAltered(proof, from, to)
      }
    }
  }

  private func refuseAltered(_ proof: ConsistencyProof, _ first: TreeHead, _ second: TreeHead) {
    var longer = proof
    longer.path.append(second.root)
    #expect(throws: MerkleError.pathLength(longer.path.count)) {
      try longer.verify(from: first, to: second)
    }
    var preceded = proof
    preceded.path.insert(first.root, at: 0)
    #expect(throws: MerkleError.self) { try preceded.verify(from: first, to: second) }
    if !proof.path.isEmpty {
      var shorter = proof
      shorter.path.removeLast()
      #expect(throws: MerkleError.pathLength(shorter.path.count)) {
        try shorter.verify(from: first, to: second)
      }
    }
    let wrongFirst = TreeHead(size: first.size, root: .value(0))
    #expect(throws: MerkleError.self) { try proof.verify(from: wrongFirst, to: second) }
    if first.size > 0 {
      let wrongSecond = TreeHead(size: second.size, root: .value(0))
      #expect(throws: MerkleError.self) { try proof.verify(from: first, to: wrongSecond) }
    }
    let later = TreeHead(size: second.size + 1, root: second.root)
    #expect(throws: MerkleError.treeSizeMismatch(claimed: second.size, trusted: later.size)) {
      try proof.verify(from: first, to: later)
    }
    #expect(throws: MerkleError.treeSizeMismatch(claimed: first.size, trusted: later.size)) {
      try proof.verify(from: later, to: later)
    }
  }

  @Test("refuses a consistency proof to a smaller tree, and one without its path")
  func malformedConsistency() {
    let shrinking = ConsistencyProof(firstSize: 5, secondSize: 3, path: [])
    let (three, five) = (TreeHead(size: 3, root: .key(0)), TreeHead(size: 5, root: .key(1)))
    #expect(throws: MerkleError.treeShrinks(from: 5, to: 3)) {
      try shrinking.verify(from: five, to: three)
    }
    let empty = ConsistencyProof(firstSize: 3, secondSize: 5, path: [])
    #expect(throws: MerkleError.pathLength(0)) { try empty.verify(from: three, to: five) }
  }

  @Test("refuses a path in a tree of the largest size without looping or trapping")
  func largestTree() {
    let path = [Digest](repeating: .key(0), count: 64)
    let proof = InclusionProof(leafIndex: .max - 1, treeSize: .max, path: path)
    #expect(throws: MerkleError.self) {
      try proof.verify(leaf: .key(1), in: TreeHead(size: .max, root: .key(2)))
    }
    let growth = ConsistencyProof(firstSize: .max - 1, secondSize: .max, path: path)
    #expect(throws: MerkleError.self) {
      try growth.verify(
        from: TreeHead(size: .max - 1, root: .key(1)), to: TreeHead(size: .max, root: .key(2)))
    }
  }
}

@Suite("Encoding of RFC 9162 proofs")
struct MerkleProofCodingTests {
  static let leaves = (0..<5).map { Digest.key($0) }
  static let inclusionHex =
    "83050283582036e4970e7c84e559ed7290304c3c0672289a6918e7746d48397b0e122db7748f5820604d540f"
    + "09268b91672ab011394d5266ccd7d4484d0d109411a55848126a1b2c582012d24297164ffddfd8febbd02275"
    + "c3c5ff24916dc71d5f3476931480854b3113"
  static let consistencyHex =
    "83030584582027d02c8f713c90ea0c37901129db86ac03186ee22a1f6f13da67e6b5bcee2044582036e4970e"
    + "7c84e559ed7290304c3c0672289a6918e7746d48397b0e122db7748f5820604d540f09268b91672ab011394d"
    + "5266ccd7d4484d0d109411a55848126a1b2c582012d24297164ffddfd8febbd02275c3c5ff24916dc71d5f34"
    + "76931480854b3113"

  @Test("an inclusion proof has the golden encoding and is read back")
  func inclusion() throws {
    let proof = InclusionProof(leafIndex: 2, leaves: Self.leaves)
    var encoder = CBOREncoder()
    proof.encode(to: &encoder)
    #expect(Hexadecimal.encode(encoder.bytes) == Self.inclusionHex)
    #expect(try decodeInclusion(encoder.bytes) == proof)
  }

  @Test("a consistency proof has the golden encoding and is read back")
  func consistency() throws {
    let proof = ConsistencyProof(firstSize: 3, leaves: Self.leaves)
    var encoder = CBOREncoder()
    proof.encode(to: &encoder)
    #expect(Hexadecimal.encode(encoder.bytes) == Self.consistencyHex)
    #expect(try decodeConsistency(encoder.bytes) == proof)
  }

  @Test("an inclusion proof with any bit of it changed is refused")
  func mutatedInclusion() throws {
    let bytes = try #require(Hexadecimal.decode(Self.inclusionHex))
    let head = TreeHead(size: 5, root: MerkleTree.root(ofLeaves: Self.leaves))
    for mutated in everyBitChanged(bytes) {
      #expect(throws: (any Error).self) {
        try decodeInclusion(mutated).verify(leaf: Self.leaves[2], in: head)
      }
    }
    refuseCut(bytes) { try decodeInclusion($0) }
  }

  @Test("a consistency proof with any bit of it changed is refused")
  func mutatedConsistency() throws {
    let bytes = try #require(Hexadecimal.decode(Self.consistencyHex))
    let first = TreeHead(size: 3, root: MerkleTree.root(ofLeaves: Array(Self.leaves[..<3])))
    let second = TreeHead(size: 5, root: MerkleTree.root(ofLeaves: Self.leaves))
    for mutated in everyBitChanged(bytes) {
      #expect(throws: (any Error).self) {
        try decodeConsistency(mutated).verify(from: first, to: second)
      }
    }
    refuseCut(bytes) { try decodeConsistency($0) }
  }

  @Test("a path of more than 64 hashes is refused before it is read")
  func longPath() {
    var encoder = CBOREncoder()
    InclusionProof(leafIndex: 0, treeSize: 1, path: Array(repeating: .zero, count: 65))
      .encode(to: &encoder)
    #expect(throws: CBORError.limitExceeded(offset: 3)) { try decodeInclusion(encoder.bytes) }
  }

  private func decodeInclusion(_ bytes: [UInt8]) throws -> InclusionProof {
    var decoder = CBORDecoder(bytes)
    let proof = try InclusionProof(from: &decoder)
    try decoder.finish()
    return proof
  }

  private func decodeConsistency(_ bytes: [UInt8]) throws -> ConsistencyProof {
    var decoder = CBORDecoder(bytes)
    let proof = try ConsistencyProof(from: &decoder)
    try decoder.finish()
    return proof
  }
}

/// All that differ from `bytes` in one bit.
func everyBitChanged(_ bytes: [UInt8]) -> [[UInt8]] {
  (0..<(8 * bytes.count)).map { bit in
    var mutated = bytes
    mutated[bit / 8] ^= 1 << UInt8(bit % 8)
    return mutated
  }
}

/// Expects `decode` to refuse everything that begins like `bytes` and is shorter or longer.
func refuseCut<Value>(_ bytes: [UInt8], _ decode: ([UInt8]) throws -> Value) {
  for count in bytes.indices {
    #expect(throws: CBORError.self) { try decode(Array(bytes[..<count])) }
  }
  #expect(throws: CBORError.trailingBytes(offset: bytes.count)) { try decode(bytes + [0]) }
}
