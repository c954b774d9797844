import Cryptography
import Testing

/// Keys that standards publish, private parts included, in every form that tests need.
enum KnownKeys {
  /// RFC 9052's P-256 key "11" (Appendix C.7.2).
  enum ES256 {
    static let coseKey =
      "a5010203262001215820bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"
      + "22582020138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"
    static let keyID = "2adb70fdfe5646e8e533e62af6d4b835de9386bc64f05273d706d641bc020151"
    static let pkcs8 = """
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgV8kgd2ZBRuh2dgyV
      INBUqpPDr7BOMGcF22CQMIUHtNOhRANCAAS6xbEcrY+Z+ccrBc9LnibSRNwYn3RS
      KCVaIZqG1qCe/yATi/gtwbbVYr4PpUq3gEo6ZLbXLM/ta2+27Si7/BF+
      """
  }

  /// RFC 8032 section 7.1, TEST 1.
  enum Ed25519 {
    static let coseKey =
      "a4010103272006215820d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    static let keyID = "dadcac88bbb752097a90a88d07ae83f6c2acfdd5c20055ed0a65b7a6dd361bce"
    static let pkcs8 = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"
  }

  static func publicKey(_ algorithm: SignatureAlgorithm) throws -> PublicKey {
    switch algorithm {
    case .es256: try PublicKey(coseKey: bytes(ES256.coseKey))
    case .edDSA: try PublicKey(coseKey: bytes(Ed25519.coseKey))
    }
  }

  static func signingKey(_ algorithm: SignatureAlgorithm) throws -> SigningKey {
    let pkcs8 =
      switch algorithm {
      case .es256: ES256.pkcs8
      case .edDSA: Ed25519.pkcs8
      }
    return try SigningKey(pem: pem("PRIVATE KEY", pkcs8), passphrase: nil)
  }
}

/// A PEM block of base64 lines.
func pem(_ label: String, _ base64: String) -> [UInt8] {
  Array("-----BEGIN \(label)-----\n\(base64)\n-----END \(label)-----\n".utf8)
}

func bytes(_ hexadecimal: String) throws -> [UInt8] {
  try #require(Hexadecimal.decode(hexadecimal))
}
