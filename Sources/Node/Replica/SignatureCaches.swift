import Cryptography
import Ledger

/// Prepared keys, by key id. Bounded: a full cache starts anew, which costs each key once more.
///
/// A key that is used much is worth a table, with which a verification takes half as long; somebody
/// else makes it, since that takes 25 ms.
package struct PreparedKeys {
  private struct Prepared {
    var verifier: Verifier
    var useCount = 0
  }

  private let limit: Int
  private let memo: SignatureMemo?
  private var prepared: [Digest: Prepared] = [:]
  private var tableCount = 0
  /// Keys that have become worth a table since they were last taken.
  private var wanted: [PublicKey] = []

  package init(limit: Int = NodeLimits.preparedKeyLimit, memo: SignatureMemo? = nil) {
    precondition(limit > 0, "a cache holds something")
    self.limit = limit
    self.memo = memo
  }

  package mutating func verifier(of key: PublicKey) -> Verifier {
    if let index = prepared.index(forKey: key.keyID) {
      prepared.values[index].useCount += 1
      if prepared.values[index].useCount == NodeLimits.usesWorthATable { want(key) }
      return prepared.values[index].verifier
    }
    if prepared.count >= limit {
      prepared.removeAll(keepingCapacity: true)
      tableCount = 0
    }
    let verifier = Verifier(key, memo: memo)
    prepared[key.keyID] = Prepared(verifier: verifier)
    return verifier
  }

  private mutating func want(_ key: PublicKey) {
    guard key.algorithm == .es256, tableCount < NodeLimits.keyTableLimit else { return }
    tableCount += 1
    wanted.append(key)
  }

  package mutating func takeWanted() -> [PublicKey] {
    let keys = wanted
    wanted = []
    return keys
  }

  /// Takes a verifier with a table, unless its key has left.
  package mutating func install(_ verifier: Verifier) {
    guard let index = prepared.index(forKey: verifier.key.keyID) else { return }
    prepared.values[index].verifier = verifier
  }
}
