import Cryptography
import Ledger

/// Prepared keys, by key id. Bounded: a full cache starts anew, which costs each key once more.
package struct PreparedKeys {
  private let limit: Int
  private var verifiers: [Digest: Verifier] = [:]

  package init(limit: Int = NodeLimits.preparedKeyLimit) {
    precondition(limit > 0, "a cache holds something")
    self.limit = limit
  }

  package mutating func verifier(of key: PublicKey) -> Verifier {
    if let verifier = verifiers[key.keyID] { return verifier }
    if verifiers.count >= limit { verifiers.removeAll(keepingCapacity: true) }
    let verifier = Verifier(key)
    verifiers[key.keyID] = verifier
    return verifier
  }
}

/// Transactions whose signatures were found right, by the hash of all their bytes.
///
/// The signatures name their keys by hash, so what was right stays right whatever the state is;
/// whether the keys may sign is asked each time. Two generations: a full one becomes the old one and
/// the old one goes, so the newest `limit` are always known and at most twice as many are held.
package struct VerifiedCache {
  private let limit: Int
  private var young: Set<Digest> = []
  private var old: Set<Digest> = []

  package init(limit: Int = NodeLimits.verifiedLimit / 2) {
    precondition(limit > 0, "a cache holds something")
    self.limit = limit
  }

  package func contains(_ leaf: Digest) -> Bool { young.contains(leaf) || old.contains(leaf) }

  package mutating func insert(_ leaf: Digest) {
    if young.count >= limit {
      old = young
      young = []
    }
    young.insert(leaf)
  }
}
