import CBOR
import Cryptography
import Ledger

/// Who leads which view of an epoch: `leader(v) = permutation[(v - 1) mod n]`.
///
/// The permutation is that of Fisher and Yates (Durstenfeld's form): for `i` from `n - 1` down to 1,
/// exchange elements `i` and `j`, where `j` in `0...i` is drawn from a stream of 64-bit words. A
/// word at or above the greatest multiple of `i + 1` that fits in 64 bits is thrown away; otherwise
/// `j` is the word modulo `i + 1`. Word `k` of the stream is the big-endian word `k mod 4` of
///
///     SHA-256("hypothec/leaders/1", 0x00, CBOR [network id, epoch, epoch genesis hash, k / 4])
///
/// with the network id and the hash as byte strings of 32 bytes and the others as integers.
struct LeaderSchedule: Hashable, Sendable {
  private let permutation: [ValidatorIndex]

  init(network: NetworkID, validators: ValidatorSet, genesis: BlockHash) {
    var words = WordStream(network: network, epoch: validators.epoch, genesis: genesis)
    var permutation = (0..<validators.count).map { ValidatorIndex(UInt8($0)) }
    for index in permutation.indices.dropFirst().reversed() {
      permutation.swapAt(index, words.next(through: index))
    }
    self.permutation = permutation
  }

  /// - Precondition: `view` is not the genesis view, which nobody leads.
  func leader(of view: View) -> ValidatorIndex {
    precondition(view > .genesis, "the first view that has a leader is 1")
    return permutation[Int((view.rawValue - 1) % UInt64(permutation.count))]
  }
}

/// The words that the permutation is drawn from.
private struct WordStream {
  private static let domain = Domain("hypothec/leaders/1")
  private let network: NetworkID
  private let epoch: Epoch
  private let genesis: BlockHash
  private var blockCount: UInt64 = 0
  private var words: [UInt64] = []

  init(network: NetworkID, epoch: Epoch, genesis: BlockHash) {
    self.network = network
    self.epoch = epoch
    self.genesis = genesis
  }

  /// An unbiased number in `0...bound`.
  mutating func next(through bound: Int) -> Int {
    let count = UInt64(bound) + 1
    // 2^64 - 2^64 mod count, as the last word of a whole multiple.
    let lastFair = UInt64.max - (UInt64.max % count + 1) % count
    while true {
      let word = nextWord()
      if word <= lastFair { return Int(word % count) }
    }
  }

  private mutating func nextWord() -> UInt64 {
    if words.isEmpty {
      var encoder = CBOREncoder()
      encoder.array(4)
      encoder.digest(network.digest)
      encoder.epoch(epoch)
      encoder.digest(genesis.digest)
      encoder.unsigned(blockCount)
      let digest = WordStream.domain.hash(encoder.bytes).words
      words = [digest.3, digest.2, digest.1, digest.0]
      blockCount += 1
    }
    return words.removeLast()
  }
}
