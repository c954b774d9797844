import Cryptography
import Testing

@Suite("Signing keys")
struct SigningKeyTests {
  @Test("signs what its public key verifies", arguments: SignatureAlgorithm.allCases)
  func signsAndVerifies(algorithm: SignatureAlgorithm) throws {
    let key = try SigningKey.generate(algorithm)
    let verifier = Verifier(key.publicKey)
    let message = Array("a message".utf8)
    let signature = try key.sign(message)
    #expect(signature.count == SignatureAlgorithm.signatureByteCount)
    #expect(verifier.isValid(signature: signature, message: message))
    #expect(!verifier.isValid(signature: signature, message: message + [0]))
    #expect(!verifier.isValid(signature: Array(signature.dropLast()), message: message))
    #expect(!verifier.isValid(signature: signature + [0], message: message))
    #expect(try PublicKey(coseKey: key.publicKey.coseKey) == key.publicKey)
  }
}
