import Cryptography
import Dispatch
import Ledger
import Synchronization

/// A transaction whose signatures are to be verified, with the keys that they must be of. Any
/// thread can do it.
package struct UnverifiedTransaction: Sendable {
  /// The transaction's index in its block.
  package let index: Int
  package let transaction: Transaction
  /// One for each signer, in order.
  package let verifiers: [Verifier]
  let network: NetworkID

  /// Verifies: about 60 microseconds a signature for ES256.
  package var isValid: Bool {
    verifiers.indices.allSatisfy { index in
      verifiers[index].isValid(
        signature: transaction.signatures[index].signature,
        message: transaction.toBeSigned(by: index, network: network))
    }
  }
}

/// Whether a block's signatures are verified, and how.
package enum SignatureTrust {
  /// The caller has verified them, or they are this node's own.
  case verified
  /// Calls the closure with all transactions; it answers with the index of the first that is wrongly
  /// signed, `nil` if there is none.
  case verify(([UnverifiedTransaction]) -> Int?)

  /// Verifies on all processors, and returns when that is done.
  package static var onAllProcessors: SignatureTrust { .verify(firstInvalid) }

  /// As `onAllProcessors`, without those that were found right before, by their leaves.
  package static func onAllProcessors(
    unless isVerified: @escaping (Digest) -> Bool
  ) -> SignatureTrust {
    .verify { transactions in
      firstInvalid(of: transactions.filter { !isVerified($0.transaction.leaf) })
    }
  }

  private static func firstInvalid(of transactions: [UnverifiedTransaction]) -> Int? {
    let first = Mutex(Int.max)
    DispatchQueue.concurrentPerform(iterations: chunkCount(of: transactions.count)) { chunk in
      let start = chunk * chunkSize
      for transaction in transactions[start..<min(start + chunkSize, transactions.count)]
      where !transaction.isValid {
        first.withLock { $0 = min($0, transaction.index) }
      }
    }
    return first.withLock { $0 == .max ? nil : $0 }
  }

  /// So many transactions are a millisecond's work.
  static let chunkSize = 16

  static func chunkCount(of count: Int) -> Int { (count + chunkSize - 1) / chunkSize }
}

/// The prepared keys of members. Not bounded: the network file bounds members and keys.
struct VerifierCache {
  private struct Prepared {
    var verifier: Verifier
    var useCount: Int
  }

  /// From so many signatures on, a table pays (25 ms against 30 microseconds a signature).
  private static let tableUseCount = 2_000

  private let preparation: Preparation
  private var prepared: [Digest: Prepared] = [:]

  enum Preparation {
    /// Never takes 25 ms at once.
    case light
    /// Makes tables for the keys that are used much.
    case tables
  }

  init(_ preparation: Preparation) { self.preparation = preparation }

  mutating func verifier(for key: PublicKey) -> Verifier {
    guard let index = prepared.index(forKey: key.keyID) else {
      let verifier = Verifier(key)
      prepared[key.keyID] = Prepared(verifier: verifier, useCount: 1)
      return verifier
    }
    prepared.values[index].useCount += 1
    if preparation == .tables, prepared.values[index].useCount == VerifierCache.tableUseCount {
      prepared.values[index].verifier = Verifier(key, preparation: .table)
    }
    return prepared.values[index].verifier
  }
}
