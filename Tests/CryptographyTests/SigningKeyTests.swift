import Cryptography
import Testing

@Suite("Signing keys")
struct SigningKeyTests {
  @Test("signs with low s what its public key verifies", arguments: SignatureAlgorithm.allCases)
  func signs(algorithm: SignatureAlgorithm) throws {
    let key = try SigningKey.generate(algorithm)
    let verifier = Verifier(try PublicKey(coseKey: key.publicKey.coseKey))
    #expect(key.publicKey.algorithm == algorithm)
    // Half of the raw ES256 signatures have a high s: forty leave no doubt.
    for count in 0..<40 {
      let message = [UInt8](repeating: 7, count: count)
      let signature = try key.sign(message)
      #expect(signature.count == SignatureAlgorithm.signatureByteCount)
      #expect(verifier.isValid(signature: signature, message: message))
    }
  }

  @Test("signs as RFC 8032 TEST 1 does")
  func rfc8032() throws {
    let signature = try KnownKeys.signingKey(.edDSA).sign([])
    #expect(
      Hexadecimal.encode(signature)
        == "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
        + "1cf9b46bd25bf5f0595bbe24655141438e7a100b")
  }

  @Test("makes another key each time", arguments: SignatureAlgorithm.allCases)
  func generates(algorithm: SignatureAlgorithm) throws {
    let first = try SigningKey.generate(algorithm)
    let second = try SigningKey.generate(algorithm)
    #expect(first.publicKey != second.publicKey)
  }
}

@Suite("Private keys in PEM")
struct PrivateKeyPEMTests {
  private let passphrase = Array("correct horse".utf8)

  @Test("reads back what it wrote", arguments: SignatureAlgorithm.allCases)
  func roundTrip(algorithm: SignatureAlgorithm) throws {
    let key = try SigningKey.generate(algorithm)
    let readBack = try SigningKey(pem: key.pem(passphrase: nil), passphrase: nil)
    #expect(readBack.publicKey == key.publicKey)
    let signature = try readBack.sign([1, 2, 3])
    #expect(Verifier(key.publicKey).isValid(signature: signature, message: [1, 2, 3]))
  }

  @Test("writes the bytes that others write", arguments: SignatureAlgorithm.allCases)
  func goldenForm(algorithm: SignatureAlgorithm) throws {
    let base64 =
      switch algorithm {
      case .es256: KnownKeys.ES256.pkcs8
      case .edDSA: KnownKeys.Ed25519.pkcs8
      }
    let written = try KnownKeys.signingKey(algorithm).pem(passphrase: nil)
    #expect(written == pem("PRIVATE KEY", base64))
  }

  @Test("opens an encrypted key with its passphrase alone", arguments: SignatureAlgorithm.allCases)
  func encrypted(algorithm: SignatureAlgorithm) throws {
    let key = try SigningKey.generate(algorithm)
    let written = try key.pem(passphrase: passphrase)
    #expect(String(decoding: written, as: UTF8.self).hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY"))
    #expect(try SigningKey(pem: written, passphrase: passphrase).publicKey == key.publicKey)
    #expect(throws: CryptographyError.missingPassphrase) {
      try SigningKey(pem: written, passphrase: nil)
    }
    // Not one zero byte more: to HMAC, and so to scrypt, that is the same key.
    for wrong in [[], Array("Correct horse".utf8), passphrase + [1]] {
      #expect(throws: CryptographyError.wrongPassphrase) {
        try SigningKey(pem: written, passphrase: wrong)
      }
    }
  }

  @Test("draws another salt for each encryption")
  func salted() throws {
    let key = try KnownKeys.signingKey(.edDSA)
    let (first, second) = (try key.pem(passphrase: [1]), try key.pem(passphrase: [1]))
    #expect(first != second)
  }

  @Test("opens a key that other software encrypted with PBKDF2")
  func foreignEncryption() throws {
    let encrypted = pem(
      "ENCRYPTED PRIVATE KEY",
      """
      MIH0MF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBCJy/Rn88Ns++hHS/pR
      dlR5AgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQrik0BI0np0taJv0v
      iPYhewSBkJ2YunoYUiY8pcG21qUcbIg6MWmN1DOWwTUV6E4U/qqdH0+zPGEPbGFF
      9j57qLEjdEmvnJ6RiceBQY4AmeeGTHhxO4A+4gd38yqZ+xxXF5RTcLmrMXFItCMP
      3WzaG9+IrfpIlCPETOgkZ12v1Y8+VnYnHnjYRtOcJczBKSDzuDPUUS2TQRJwn0ug
      nfo75sutug==
      """)
    let key = try SigningKey(pem: encrypted, passphrase: passphrase)
    #expect(key.publicKey == (try KnownKeys.publicKey(.es256)))
  }

  @Test("takes a key with text before it, and a passphrase that it does not need")
  func lenient() throws {
    let plain = Array("a note\n".utf8) + pem("PRIVATE KEY", KnownKeys.Ed25519.pkcs8)
    let key = try SigningKey(pem: plain, passphrase: passphrase)
    #expect(key.publicKey == (try KnownKeys.publicKey(.edDSA)))
  }

  @Test(
    "refuses what is not PEM",
    arguments: [
      "", "\n", "not a key", "-----BEGIN PRIVATE KEY-----\n",
      "-----BEGIN PRIVATE KEY-----\n\n-----END PRIVATE KEY-----\n",
      "-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n",
      "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PUBLIC KEY-----\n",
    ])
  func notPEM(text: String) {
    #expect(throws: CryptographyError.notPEM) {
      try SigningKey(pem: Array(text.utf8), passphrase: nil)
    }
  }

  @Test(
    "refuses keys of other types and forms",
    arguments: [
      // P-384, X25519, a public key, and P-256 in the form before PKCS#8.
      (
        "PRIVATE KEY",
        """
        MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAAAAAAAAAAAAAAAAAA
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWhZANiAAQR3iSiwlHH
        d1c8rF6gJeRn8gjlHb/5j8VPZmHL5WWDsDeIL0ocopfmCrzbw4NthLyPppbHdED5
        LQ9YN+kKAOfFKEtEd1TV3uiMmGUztpAa6zF3aG0K6PszGEQUq+bBcTo=
        """
      ),
      ("PRIVATE KEY", "MC4CAQAwBQYDK2VuBCIEIKAcEy57ytZldBfFJYrwWsMAxvTYfRIoZfHkiLpaG89W"),
      ("PUBLIC KEY", "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
      (
        "EC PRIVATE KEY",
        """
        MHcCAQEEIFfJIHdmQUbodnYMlSDQVKqTw6+wTjBnBdtgkDCFB7TToAoGCCqGSM49
        AwEHoUQDQgAEusWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8gE4v4LcG2
        1WK+D6VKt4BKOmS21yzP7Wtvtu0ou/wRfg==
        """
      ),
    ])
  func unsupported(label: String, base64: String) {
    #expect(throws: CryptographyError.unsupportedKeyType) {
      try SigningKey(pem: pem(label, base64), passphrase: nil)
    }
  }

  @Test(
    "refuses damaged keys",
    arguments: [
      // The public part of another key; a private number of zero; a byte after the structure;
      // no structure; an Ed25519 key of 31 bytes.
      """
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgV8kgd2ZBRuh2dgyV
      INBUqpPDr7BOMGcF22CQMIUHtNOhRANCAASOUztvoL97RiW7MGZ8Aftgfvn4uKgP
      71swBihwMYeyo3PrHb3gMxg2bQafg6b1kABTxzYzywQbIcVeGobB9AC0
      """,
      """
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA
      AAAAAAAAAAAAAAAAAAAAAAAAAAChRANCAAS6xbEcrY+Z+ccrBc9LnibSRNwYn3RS
      KCVaIZqG1qCe/yATi/gtwbbVYr4PpUq3gEo6ZLbXLM/ta2+27Si7/BF+
      """,
      """
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgV8kgd2ZBRuh2dgyV
      INBUqpPDr7BOMGcF22CQMIUHtNOhRANCAAS6xbEcrY+Z+ccrBc9LnibSRNwYn3RS
      KCVaIZqG1qCe/yATi/gtwbbVYr4PpUq3gEo6ZLbXLM/ta2+27Si7/BF+AA==
      """,
      "MC4C",
      "MC0CAQAwBQYDK2VwBCEEH51hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn8=",
    ])
  func damaged(base64: String) {
    #expect(throws: CryptographyError.malformedPrivateKey) {
      try SigningKey(pem: pem("PRIVATE KEY", base64), passphrase: nil)
    }
  }
}
