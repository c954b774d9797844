import Cryptography
import Ledger

/// A block of numbered transactions. Those from `governance` on change the validators.
package struct SimulatedBlock: Sendable {
  /// Transaction `governance + k` makes the validators `ValidatorPlan.sets[k]`.
  package static let governance: UInt64 = 1 << 32

  package let header: BlockHeader
  package let transactions: [UInt64]

  package init(header: BlockHeader, transactions: [UInt64]) {
    self.header = header
    self.transactions = transactions
  }

  package static func content(_ transactions: [UInt64], salt: UInt64 = 0) -> Digest {
    var hasher = SHA256()
    for number in transactions + [salt] {
      withUnsafeBytes(of: number.bigEndian) { hasher.update($0) }
    }
    return hasher.finish()
  }

  package static func governanceTransaction(in transactions: [UInt64]) -> UInt64? {
    transactions.first { $0 >= governance }
  }
}

/// Which members validate after each change.
package struct ValidatorPlan: Sendable {
  package let sets: [[Int]]

  package init(_ sets: [[Int]]) { self.sets = sets }

  package func validators(after transaction: UInt64, epoch: Epoch) -> ValidatorSet {
    let index = Int(transaction - SimulatedBlock.governance) % sets.count
    return ConsensusFixture.validators(sets[index], epoch: epoch)
  }
}
