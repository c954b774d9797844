import Cryptography
import Testing

/// Vectors of RFC 6979, RFC 8032 and RFC 9052, and edge cases computed with a textbook
/// implementation of the curve, all over the message "hypothec".
@Suite("Verification")
struct VerifierTests {
  private let message = Array("hypothec".utf8)

  private static func es256Key(
    _ point: String, _ preparation: Verifier.Preparation
  ) throws -> Verifier {
    let (x, y) = (point.prefix(64), point.suffix(64))
    let key = try PublicKey(coseKey: bytes("a5010203262001215820\(x)225820\(y)"))
    return Verifier(key, preparation: preparation)
  }

  @Test(
    "takes RFC 6979's signature with low s, and refuses the one with high s",
    arguments: Verifier.Preparation.allCases)
  func rfc6979(preparation: Verifier.Preparation) throws {
    let verifier = try Self.es256Key(
      "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
        + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299", preparation)
    let low = try bytes(
      "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
        + "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083")
    let high = try bytes(
      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8")
    let lowered = try bytes(
      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        + "0834e36ad29a83bf2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9")
    #expect(verifier.isValid(signature: low, message: Array("test".utf8)))
    #expect(!verifier.isValid(signature: high, message: Array("sample".utf8)))
    #expect(verifier.isValid(signature: lowered, message: Array("sample".utf8)))
  }

  @Test(
    "takes ES256 signatures at the edges",
    arguments: [
      // s = 1, and s = (n - 1) / 2, the largest low s.
      "cd7793f4eb74abe26b27e68df27af8119a171ac6593f84404ecbfa4008f9ed2c"
        + "6b76a6f1d770cb1b22b2071f7b1c6a49af23b42f01127704a345b74ad8205150 " + r12345
        + "0000000000000000000000000000000000000000000000000000000000000001",
      "e3dc669666e5684288e36e6b725628c85a4e541312fd03765454c8a11036f903"
        + "eda0de83d813c5267ff15a0333d0ef24ab0dc5b15780e14dfe667eae6b65aace " + r12345
        + "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8",
      // The point's x is n + 3, so r is 3; and x is 5, so r is 5.
      "838ac585bbaee38413f5fb6c591b72030dad4ebfebbed632cc29e43d0ad06763"
        + "7182d7b4abb5de46801fa843f4e97a1511c264842a622da219694074e25ea653 "
        + "0000000000000000000000000000000000000000000000000000000000000003"
        + "0000000000000000000000000000000000000000000000001234567890abcdef",
      "56d283e5db7da2ed42a9d6217d4b64d127462d5008a06d3779e05fbac05667bf"
        + "b33611b8b418745593fdd569a5a442838538d0c869b3641071954f48a1f6ea0a "
        + "0000000000000000000000000000000000000000000000000000000000000005"
        + "0000000000000000000000000000000000000000000000001234567890abcdef",
      // Both summands are the same point, which must be doubled.
      "4d53898e962626ea3367b506209ac6adff00a07285696d876ee918aacf076d9e"
        + "d4461eb2f8aab3fc6fbf5228cf48c61b27fea82384ca2da3d90389595253d2a0 "
        + "e13800beaf6a7dede4dddf874e4adcc271bf069e8cfc2c5ef989084bec33b260"
        + "1b1ac3cae50033ef63858f05d21dd028b333adaf464f64abbd182ca1c9b420b2",
      // The key is the generator, its opposite, its double.
      "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5 " + r4711
        + "15969e66ac3ed68087bc86ed899ae44d1abfd7b2edb14d526931591a67df8b30",
      "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        + "b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a " + r4711
        + "2d72655859a43ea1aaab5e0d8cd4afa066f8ba9d462baef0f99151d585270581",
      "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978"
        + "07775510db8ed040293d9ac69f7430dbba7dade63ce982299e04b79d227873d1 " + r4711
        + "76574511aa73dd9089bae4a27802015c69d017191217b2bf58db88a4a4f5c4a1",
    ], Verifier.Preparation.allCases)
  func edges(keyAndSignature: String, preparation: Verifier.Preparation) throws {
    let parts = keyAndSignature.split(separator: " ")
    let verifier = try Self.es256Key(String(parts[0]), preparation)
    let signature = try bytes(String(parts[1]))
    #expect(verifier.isValid(signature: signature, message: message))
    #expect(!verifier.isValid(signature: signature, message: message + [0]))
  }

  @Test(
    "refuses ES256 signatures beyond the edges",
    arguments: [
      // s = (n + 1) / 2 and s = n - 1 fulfil the equation, but are high.
      "966417eb92136a812b826548d5bf9e9fc24af369ce706de03cca94a5ee4953a8"
        + "96fae193af9c10ed61f700d6f3a6ebab8dc93821fc2791819d0f7291571cf81e " + r12345
        + "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a9",
      "ff415dee1b9d58b93f971205e5f2a60dff64e501df413505f9508d0d98070f0c"
        + "1bbf35263a16bd8261c85b22d0260f379afac957ba83c39dceec18642536dfaf " + r12345
        + "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550",
      // The sum of the points is infinity.
      "7535ef0d8f6a43e22bb40e92171ffb51084b15da40235691d392cb513da15e4e"
        + "6700a06c30389c66b99fa0c4ca42fbe74a94dd436cdb66f423a2f75f3fc4ac01 "
        + "5821b002dba277251a9d18eb72d5c720f4efe021b38029c017d871340893be7b"
        + "0000000000000000000000000000000000000000000000000000000000000063",
      // r = n + 3 where 3 is right.
      "838ac585bbaee38413f5fb6c591b72030dad4ebfebbed632cc29e43d0ad06763"
        + "7182d7b4abb5de46801fa843f4e97a1511c264842a622da219694074e25ea653 "
        + "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632554"
        + "0000000000000000000000000000000000000000000000001234567890abcdef",
    ], Verifier.Preparation.allCases)
  func beyondEdges(keyAndSignature: String, preparation: Verifier.Preparation) throws {
    let parts = keyAndSignature.split(separator: " ")
    let verifier = try Self.es256Key(String(parts[0]), preparation)
    #expect(!verifier.isValid(signature: try bytes(String(parts[1])), message: message))
  }

  @Test(
    "refuses r and s of zero, of n, beyond n, and in each other's place",
    arguments: Verifier.Preparation.allCases)
  func outOfRange(preparation: Verifier.Preparation) throws {
    let verifier = Verifier(try KnownKeys.publicKey(.es256), preparation: preparation)
    let signature = try KnownKeys.signingKey(.es256).sign(message)
    let (r, s) = (Array(signature[..<32]), Array(signature[32...]))
    let zero = [UInt8](repeating: 0, count: 32)
    let ones = [UInt8](repeating: 0xFF, count: 32)
    let order = try bytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    #expect(verifier.isValid(signature: r + s, message: message))
    for other in [zero, order, ones] {
      #expect(!verifier.isValid(signature: other + s, message: message))
      #expect(!verifier.isValid(signature: r + other, message: message))
      #expect(!verifier.isValid(signature: other + other, message: message))
    }
    #expect(!verifier.isValid(signature: s + r, message: message))
  }

  @Test(
    "refuses other lengths and DER", arguments: SignatureAlgorithm.allCases,
    Verifier.Preparation.allCases)
  func lengths(algorithm: SignatureAlgorithm, preparation: Verifier.Preparation) throws {
    let verifier = Verifier(try KnownKeys.publicKey(algorithm), preparation: preparation)
    let signature = try KnownKeys.signingKey(algorithm).sign(message)
    #expect(verifier.isValid(signature: signature, message: message))
    for other in [[], Array(signature.dropLast()), signature + [0], signature + signature] {
      #expect(!verifier.isValid(signature: other, message: message))
    }
    let der = [0x30, 0x44, 0x02, 0x20] + signature[..<32] + [0x02, 0x20] + signature[32...]
    #expect(!verifier.isValid(signature: der, message: message))
  }

  @Test(
    "refuses a signature with any one bit changed", arguments: SignatureAlgorithm.allCases,
    Verifier.Preparation.allCases)
  func everyBit(algorithm: SignatureAlgorithm, preparation: Verifier.Preparation) throws {
    let verifier = Verifier(try KnownKeys.publicKey(algorithm), preparation: preparation)
    let signature = try KnownKeys.signingKey(algorithm).sign(message)
    for bit in 0..<512 {
      var changed = signature
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!verifier.isValid(signature: changed, message: message), "bit \(bit)")
    }
    #expect(verifier.isValid(signature: signature, message: message))
  }

  @Test(
    "takes RFC 8032's Ed25519 signatures",
    arguments: [
      (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
          + "1cf9b46bd25bf5f0595bbe24655141438e7a100b"
      ),
      (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613"
          + "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
      ),
      (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760"
          + "984dc6594a7c15e9716ed28dc027beceea1ec40a"
      ),
    ])
  func rfc8032(point: String, message: String, signature: String) throws {
    let verifier = Verifier(try PublicKey(coseKey: bytes("a4010103272006215820" + point)))
    #expect(verifier.isValid(signature: try bytes(signature), message: try bytes(message)))
    #expect(!verifier.isValid(signature: try bytes(signature), message: try bytes(message) + [0]))
  }

  @Test("refuses an Ed25519 signature whose S is not below the group's order")
  func malleableS() throws {
    let verifier = Verifier(try KnownKeys.publicKey(.edDSA))
    let r = "ee4ab49566bd01ee218292351b53ef75365ec43488de2bda4f8d06ad422fa730"
    let s = "387c1870c767dec77c9e8560a46360836ca7c5ab257caf990cc149e2d0613608"
    let sPlusOrder = "25500ecde1caf01f533b7d03835d3f986ca7c5ab257caf990cc149e2d0613618"
    #expect(verifier.isValid(signature: try bytes(r + s), message: message))
    #expect(!verifier.isValid(signature: try bytes(r + sPlusOrder), message: message))
    #expect(!verifier.isValid(signature: try bytes(r + zero), message: message))
    #expect(!verifier.isValid(signature: try bytes(zero + zero), message: message))
  }

  @Test("answers the same with a table and without", arguments: 0..<4 as Range<UInt8>)
  func preparations(seed: UInt8) throws {
    let key = try SigningKey.generate(.es256)
    let light = Verifier(key.publicKey)
    let table = Verifier(key.publicKey, preparation: .table)
    let note = Comment(rawValue: "key \(Hexadecimal.encode(key.publicKey.coseKey))")
    for turn in 0..<100 as Range<UInt8> {
      let signature = try key.sign([seed, turn])
      #expect(light.isValid(signature: signature, message: [seed, turn]), note)
      #expect(table.isValid(signature: signature, message: [seed, turn]), note)
      var changed = signature
      changed[Int(SHA256.hash(signature).words.0 % 64)] ^= 1 << (turn % 8)
      for other in [changed, Array(signature[32...] + signature[..<32])] {
        #expect(
          light.isValid(signature: other, message: [seed, turn])
            == table.isValid(signature: other, message: [seed, turn]), note)
      }
    }
  }

  @Test("refuses one key's signature under another key", arguments: SignatureAlgorithm.allCases)
  func otherKey(algorithm: SignatureAlgorithm) throws {
    let signature = try KnownKeys.signingKey(algorithm).sign(message)
    let other = Verifier(try SigningKey.generate(algorithm).publicKey)
    #expect(!other.isValid(signature: signature, message: message))
  }

  @Test(
    "answers rightly to four threads at once", arguments: SignatureAlgorithm.allCases,
    Verifier.Preparation.allCases)
  func concurrent(algorithm: SignatureAlgorithm, preparation: Verifier.Preparation) async throws {
    let key = try KnownKeys.signingKey(algorithm)
    let verifier = Verifier(key.publicKey, preparation: preparation)
    let isRight = await withTaskGroup(of: Bool.self) { group in
      for task in 0..<4 as Range<UInt8> {
        group.addTask {
          (0..<50 as Range<UInt8>).allSatisfy { turn in
            guard let signature = try? key.sign([task, turn]) else { return false }
            return verifier.isValid(signature: signature, message: [task, turn])
              && !verifier.isValid(signature: signature, message: [turn, task, 0])
          }
        }
      }
      return await group.reduce(true) { $0 && $1 }
    }
    #expect(isRight)
  }
}

private let zero = String(repeating: "0", count: 64)
/// x of 12345 times the generator, and of 4711 times.
private let r12345 = "26efcebd0ee9e34a669187e18b3a9122b2f733945b649cc9f9f921e9f9dad812"
private let r4711 = "06b50592728f9c096c9c670dae4655295d5ff35c554ccb7a713fc37c802b7558"
