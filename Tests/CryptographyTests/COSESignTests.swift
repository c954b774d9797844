import CBOR
import Cryptography
import Testing

@Suite("COSE_Sign")
struct COSESignTests {
  private let payload: [UInt8] = [0xA1, 0x01, 0x02]
  private let externalData = [UInt8](0..<32)

  // {1: alg, 4: kid} of the known keys as byte strings, and a structure signed with both.
  private static let es256Header = "5826a20126045820" + KnownKeys.ES256.keyID
  private static let edDSAHeader = "5826a20127045820" + KnownKeys.Ed25519.keyID
  private static let es256Signature =
    "2faab997dc7495a56a141fc767498ea0b063ae4a91bc4055453fed67e79f055f"
    + "0404177d77bf6de51b214d47fa1b17e776912dee56705978642e43e2ad9aea13"
  private static let edDSASignature =
    "dcfb9a39c1ea7b59104cd6951475c2b392488312bbad66b0d55fb90a96dae85a"
    + "7602677e483f86a789e8c8f75f59824a180c5480449779b014f93ec0053e1a00"
  private static let golden =
    "d8628440a043a1010282" + "83" + es256Header + "a05840" + es256Signature + "83" + edDSAHeader
    + "a05840" + edDSASignature

  @Test("builds the Sig_structure of RFC 9052 Appendix C.1.1, and takes its signature with low s")
  func appendixC11() throws {
    let message = SignatureStructure.encode(
      bodyProtected: [], signProtected: [0xA1, 0x01, 0x26], externalData: [],
      payload: Array("This is the content.".utf8))
    #expect(
      Hexadecimal.encode(message)
        == "85695369676e61747572654043a101264054546869732069732074686520636f6e74656e742e")
    let r = "e2aeafd40d69d19dfe6e52077c5d7ff4e408282cbefb5d06cbf414af2e19d982"
    let s = "ac45ac98b8544c908b4507de1e90b717c3d34816fe926a2b98f53afd2fa0f30a"
    let lowS = "53ba536647abb37074baf821e16f48e7f913b296a88534595ac48fc5ccc23247"
    let verifier = Verifier(try KnownKeys.publicKey(.es256))
    #expect(verifier.isValid(signature: try bytes(r + lowS), message: message))
    // As printed the signature has the high s, which this profile refuses.
    #expect(!verifier.isValid(signature: try bytes(r + s), message: message))
  }

  @Test("refuses the structure of RFC 9052 Appendix C.1.1 for its unprotected kid")
  func appendixC11Structure() throws {
    let structure = try bytes(
      "d8628440a054546869732069732074686520636f6e74656e742e818343a10126a1044231315840"
        + "e2aeafd40d69d19dfe6e52077c5d7ff4e408282cbefb5d06cbf414af2e19d982"
        + "ac45ac98b8544c908b4507de1e90b717c3d34816fe926a2b98f53afd2fa0f30a")
    // The map of the protected header ends where the profile wants the kid.
    #expect(throws: CryptographyError.encoding(.unexpectedKey(offset: 32))) {
      try COSESign(decoding: structure)
    }
  }

  @Test(
    "builds the Sig_structure of the profile",
    arguments: [
      (SignatureAlgorithm.es256, es256Header, KnownKeys.ES256.keyID),
      (.edDSA, edDSAHeader, KnownKeys.Ed25519.keyID),
    ])
  func toBeSigned(algorithm: SignatureAlgorithm, header: String, keyID: String) throws {
    let message = COSESign.toBeSigned(
      payload: payload, externalData: externalData, algorithm: algorithm,
      keyID: try #require(Digest(hexadecimal: keyID)))
    #expect(
      Hexadecimal.encode(message)
        == "85695369676e617475726540" + header + "5820" + Hexadecimal.encode(externalData)
        + "43a10102")
  }

  @Test("decodes, verifies and encodes a structure with two signatures")
  func goldenStructure() throws {
    let structure = try COSESign(decoding: bytes(Self.golden))
    #expect(structure.payload == payload)
    #expect(structure.signatures.map(\.algorithm) == [.es256, .edDSA])
    #expect(
      structure.signatures.map(\.keyID.description)
        == [KnownKeys.ES256.keyID, KnownKeys.Ed25519.keyID])
    #expect(Hexadecimal.encode(structure.encoded()) == Self.golden)
    let verifiers = try SignatureAlgorithm.allCases.map { Verifier(try KnownKeys.publicKey($0)) }
    for (index, verifier) in verifiers.enumerated() {
      #expect(
        structure.isValid(signatureAt: index, externalData: externalData, verifier: verifier))
      #expect(!structure.isValid(signatureAt: index, externalData: [], verifier: verifier))
      #expect(
        !structure.isValid(signatureAt: 1 - index, externalData: externalData, verifier: verifier))
    }
  }

  @Test("signs with several keys in their order")
  func signs() throws {
    let keys = try [SignatureAlgorithm.edDSA, .es256, .es256].map { try SigningKey.generate($0) }
    let signed = try COSESign.sign(payload: payload, externalData: externalData, keys: keys)
    let structure = try COSESign(decoding: signed.encoded())
    #expect(structure == signed)
    #expect(structure.signatures.map(\.keyID) == keys.map(\.publicKey.keyID))
    for (index, key) in keys.enumerated() {
      let verifier = Verifier(key.publicKey)
      #expect(
        structure.isValid(signatureAt: index, externalData: externalData, verifier: verifier))
    }
  }

  @Test("covers payload, external data, algorithm and kid with each signature")
  func covered() throws {
    let structure = try COSESign(decoding: bytes(Self.golden))
    let key = try KnownKeys.publicKey(.es256)
    let other = COSESign(payload: payload + [0], signatures: structure.signatures)
    #expect(
      !other.isValid(signatureAt: 0, externalData: externalData, verifier: Verifier(key)))
    let relabelled = COSESign(
      payload: payload,
      signatures: [
        COSESignature(
          algorithm: .edDSA, keyID: key.keyID, signature: structure.signatures[0].signature)
      ])
    #expect(
      !relabelled.isValid(signatureAt: 0, externalData: externalData, verifier: Verifier(key)))
  }

  @Test("encodes and decodes any payload up to the limit and no larger one")
  func payloadLimit() throws {
    let signature = try COSESign(decoding: bytes(Self.golden)).signatures[0]
    for count in [0, 23, 24, 255, 256, 65_535, COSESign.defaultPayloadLimit] {
      let structure = COSESign(
        payload: [UInt8](repeating: 1, count: count), signatures: [signature])
      #expect(try COSESign(decoding: structure.encoded()) == structure)
    }
    let large = COSESign(
      payload: [UInt8](repeating: 1, count: COSESign.defaultPayloadLimit + 1),
      signatures: [signature])
    #expect(throws: CryptographyError.encoding(.limitExceeded(offset: 5))) {
      try COSESign(decoding: large.encoded())
    }
    let small = try bytes(Self.golden)
    #expect(throws: CryptographyError.encoding(.limitExceeded(offset: 5))) {
      try COSESign(decoding: small, payloadLimit: 2)
    }
  }

  @Test("takes 16 signatures, and neither 17 nor none")
  func signatureCount() throws {
    let head = "d8628440a040"
    let entry = "83" + Self.es256Header + "a05840" + Self.es256Signature
    let full = try bytes(head + "90" + String(repeating: entry, count: 16))
    #expect(try COSESign(decoding: full).signatures.count == 16)
    let many = try bytes(head + "91" + String(repeating: entry, count: 17))
    #expect(throws: CryptographyError.encoding(.limitExceeded(offset: 6))) {
      try COSESign(decoding: many)
    }
    #expect(throws: CryptographyError.encoding(.invalidValue(offset: 6))) {
      try COSESign(decoding: bytes(head + "80"))
    }
  }

  @Test(
    "refuses everything else, by name and place",
    arguments: [
      // Body: tag missing, another tag, a longer tag; three and five fields.
      ("8440a04081" + one, .unexpectedType(offset: 0)),
      ("d28440a04081" + one, .invalidValue(offset: 0)),
      ("d900628440a04081" + one, .notDeterministic(offset: 0)),
      ("d8628340a040", .invalidValue(offset: 2)),
      ("d8628540a04081" + one + "00", .limitExceeded(offset: 2)),
      ("d8629f40a04081" + one + "ff", .notDeterministic(offset: 2)),
      // A protected header that is an empty map, as RFC 8152 had it; an unprotected one; null.
      ("d8628441a0a04081" + one, .limitExceeded(offset: 3)),
      ("d8628440a104004081" + one, .limitExceeded(offset: 4)),
      ("d86284f6a04081" + one, .unexpectedType(offset: 3)),
      // A detached payload; a text; a payload in chunks.
      ("d8628440a0f681" + one, .unexpectedType(offset: 5)),
      ("d8628440a06081" + one, .unexpectedType(offset: 5)),
      ("d8628440a05f40ff81" + one, .notDeterministic(offset: 5)),
      // An entry of two and of four fields.
      (head + "82" + header + "a0", .invalidValue(offset: 7)),
      (head + "84" + header + "a05840" + signature + "00", .limitExceeded(offset: 7)),
      // Signature header: empty, without kid, without algorithm, with a third field.
      (head + "8340a05840" + signature, .truncated(offset: 9)),
      (head + "8343a10126a05840" + signature, .unexpectedKey(offset: 12)),
      (head + "835824a1045820" + kid + "a05840" + signature, .unexpectedKey(offset: 11)),
      (
        head + "835828a3012604" + "5820" + kid + "0500a05840" + signature,
        .limitExceeded(offset: 10)
      ),
      // Keys in the other order, twice the same, with a longer head.
      (head + "835826a2045820" + kid + "0126a05840" + signature, .unexpectedKey(offset: 11)),
      (head + "8345a201260126a05840" + signature, .keyOrder(offset: 12)),
      (head + "835827a2180126045820" + kid + "a05840" + signature, .notDeterministic(offset: 11)),
      // ES384, a text and a longer head as algorithm.
      (head + "835827a2013822045820" + kid + "a05840" + signature, .invalidValue(offset: 12)),
      (
        head + "835828a2016145" + "045820" + kid + "00a05840" + signature,
        .unexpectedType(offset: 12)
      ),
      (head + "835827a2013806045820" + kid + "a05840" + signature, .notDeterministic(offset: 12)),
      // A kid of 31 and of 33 bytes; a byte after the header's map.
      (
        head + "835825a2012604581f" + kid.dropLast(2) + "a05840" + signature,
        .invalidValue(offset: 14)
      ),
      (head + "835827a20126045821" + kid + "00a05840" + signature, .limitExceeded(offset: 14)),
      (head + "835827a20126045820" + kid + "00a05840" + signature, .trailingBytes(offset: 48)),
      // An unprotected header; a signature of 63 and of 65 bytes; a byte after everything.
      (head + "83" + header + "a104005840" + signature, .limitExceeded(offset: 48)),
      (head + "83" + header + "a0583f" + signature.dropLast(2), .invalidValue(offset: 49)),
      (head + "83" + header + "a05841" + signature + "00", .limitExceeded(offset: 49)),
      (head + one + "00", .trailingBytes(offset: 115)),
    ] as [(String, CBORError)])
  func refuses(hexadecimal: String, error: CBORError) throws {
    let structure = try bytes(hexadecimal)
    #expect(throws: CryptographyError.encoding(error)) { try COSESign(decoding: structure) }
  }

  @Test("refuses the golden structure cut anywhere, and never reads a changed one as itself")
  func cutAndChanged() throws {
    let golden = try bytes(Self.golden)
    let original = try COSESign(decoding: golden)
    for index in golden.indices {
      #expect(throws: CryptographyError.self) { try COSESign(decoding: Array(golden[..<index])) }
      for bit in 0..<8 as Range<UInt8> {
        var changed = golden
        changed[index] ^= 1 << bit
        // Where it decodes it is another value, and its one encoding are the changed bytes.
        guard let value = try? COSESign(decoding: changed) else { continue }
        #expect(value != original)
        #expect(value.encoded() == changed)
      }
    }
  }
}

private let head = "d8628440a04081"
private let kid = KnownKeys.ES256.keyID
private let header = "5826a20126045820" + kid
private let signature = String(repeating: "5a", count: 64)
private let one = "83" + header + "a05840" + signature
