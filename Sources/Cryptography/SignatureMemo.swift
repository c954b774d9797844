import Synchronization

/// Remembers verdicts on signatures, for a process that runs many nodes, each of which would verify
/// the same ones. A verdict is a function of key, message and signature: what is remembered changes
/// how long a node takes, and nothing else.
///
/// Bounded: a full memo starts anew.
package final class SignatureMemo: Sendable {
  private static let limit = 1 << 18

  private let verdicts = Mutex<[Digest: Bool]>([:])

  package init() {}

  func verdict(
    of signature: [UInt8], under key: PublicKey, _ message: [UInt8], verify: () -> Bool
  ) -> Bool {
    // The first two have fixed lengths, so that no other three have these bytes.
    let name = SHA256.hash(key.keyID.bytes + signature + message)
    if let known = verdicts.withLock({ $0[name] }) { return known }
    let isValid = verify()
    verdicts.withLock { verdicts in
      if verdicts.count >= SignatureMemo.limit { verdicts.removeAll(keepingCapacity: true) }
      verdicts[name] = isValid
    }
    return isValid
  }
}
