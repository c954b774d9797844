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
  /// What there is to verify, one check a signer, with `member` giving each signer's state.
  ///
  /// - Throws: `memberUnknown` or `keyUnknown`.
  package func signatureChecks(
    network: NetworkID, member: (MemberID) -> MemberState?, verifier: (PublicKey) -> Verifier
  ) throws(RefusalCode) -> [SignatureCheck] {
    var checks: [SignatureCheck] = []
    checks.reserveCapacity(signatures.count)
    for (index, signer) in payload.signers.enumerated() {
      guard let state = member(signer) else { throw .memberUnknown }
      guard let key = state.key(signatures[index].keyID),
        key.algorithm == signatures[index].algorithm
      else { throw .keyUnknown }
      checks.append(
        SignatureCheck(
          verifier: verifier(key), signature: signatures[index].signature,
          message: toBeSigned(by: index, network: network)))
    }
    return checks
  }
}
