import Cryptography

/// A signature of a transaction that is to be verified, with the key it must be of.
///
/// Which key that is, the state of the parent block says; the verification itself needs no state and
/// runs on any thread.
package struct SignatureCheck: Sendable {
  package let verifier: Verifier
  package let signature: [UInt8]
  package let message: [UInt8]

  /// Verifies: about 60 microseconds for ES256.
  package var isValid: Bool { verifier.isValid(signature: signature, message: message) }
}

extension Transaction {
  /// The key of each signature, in order, with `registered` giving the keys that the state has for
  /// a signer and this transaction's authority (`StateReader.signingKeys`).
  ///
  /// - Throws: `memberUnknown` or `keyUnknown`.
  package func signingKeys<Failure: Error>(
    _ registered: (MemberID, Authority) throws(Failure) -> [PublicKey]?
  ) throws(Failure) -> Result<[PublicKey], RefusalCode> {
    var keys: [PublicKey] = []
    keys.reserveCapacity(signatures.count)
    for (signer, signature) in zip(payload.signers, signatures) {
      guard let candidates = try registered(signer, authority) else {
        return .failure(.memberUnknown)
      }
      let key = candidates.first {
        $0.keyID == signature.keyID && $0.algorithm == signature.algorithm
      }
      guard let key else { return .failure(.keyUnknown) }
      keys.append(key)
    }
    return .success(keys)
  }

  /// What there is to verify, one check a signer.
  ///
  /// - Parameter verifiers: one for each of `signingKeys`, in order.
  package func signatureChecks(
    network: NetworkID, verifiers: [Verifier]
  ) -> [SignatureCheck] {
    signatures.indices.map { index in
      SignatureCheck(
        verifier: verifiers[index], signature: signatures[index].signature,
        message: toBeSigned(by: index, network: network))
    }
  }
}
