import Cryptography
import Testing

@Suite("SHA-256 of Merkle nodes")
struct SHA256MerkleNodeTests {
  @Test("equals SHA-256 over the same bytes", arguments: [UInt8(0), 1, 2, 3, 0xFF])
  func agrees(prefix: UInt8) {
    var generator = SplitMix64(seed: UInt64(prefix))
    for _ in 0..<50 {
      let (left, right) = (generator.digest(), generator.digest())
      #expect(
        SHA256.merkleNode(prefix: prefix, left, right)
          == SHA256.hash([prefix] + left.bytes + right.bytes))
      #expect(
        SHA256.merkleLeaf(prefix: prefix, left) == SHA256.hash([prefix] + left.bytes))
    }
  }
}
