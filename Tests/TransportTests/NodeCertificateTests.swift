import Cryptography
import TestSupport
import Testing

@testable import Transport

@Suite("A node's certificate")
struct NodeCertificateTests {
  @Test("has the key of its node", arguments: SignatureAlgorithm.allCases)
  func hasKey(algorithm: SignatureAlgorithm) throws {
    let key = try SigningKey.generate(algorithm)
    let certificate = try NodeCertificate(key)
    #expect(NodeCertificate.publicKey(of: certificate.certificate) == key.publicKey)
  }

  @Test("has a key in one form only")
  func refusesOtherForms() throws {
    let es256 = try #require(
      Hexadecimal.decode(
        "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
          + "bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"
          + "20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"))
    let edDSA = try #require(
      Hexadecimal.decode(
        "302a300506032b6570032100"
          + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))
    for bytes in [es256, edDSA] {
      let key = try PublicKey(subjectPublicKeyInfo: bytes)
      #expect(key.coseKey.suffix(20) == bytes.suffix(20))
      for count in 0..<bytes.count {
        #expect(throws: CryptographyError.malformedKey) {
          try PublicKey(subjectPublicKeyInfo: Array(bytes.prefix(count)))
        }
      }
      #expect(throws: CryptographyError.malformedKey) {
        try PublicKey(subjectPublicKeyInfo: bytes + [0])
      }
    }
    var offCurve = es256
    offCurve[90] ^= 1
    #expect(throws: CryptographyError.pointNotOnCurve) {
      try PublicKey(subjectPublicKeyInfo: offCurve)
    }
    let small = edDSA.prefix(12) + [1] + [UInt8](repeating: 0, count: 31)
    #expect(throws: CryptographyError.smallOrderKey) {
      try PublicKey(subjectPublicKeyInfo: Array(small))
    }
  }
}
