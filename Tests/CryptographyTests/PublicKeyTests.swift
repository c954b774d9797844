import Cryptography
import Testing

@Suite("Public keys")
struct PublicKeyTests {
  @Test(
    "keeps the canonical COSE_Key and its SHA-256 as kid",
    arguments: [
      (SignatureAlgorithm.es256, KnownKeys.ES256.coseKey, KnownKeys.ES256.keyID),
      (.edDSA, KnownKeys.Ed25519.coseKey, KnownKeys.Ed25519.keyID),
    ])
  func goldenForms(algorithm: SignatureAlgorithm, coseKey: String, keyID: String) throws {
    let key = try PublicKey(coseKey: bytes(coseKey))
    #expect(key.algorithm == algorithm)
    #expect(Hexadecimal.encode(key.coseKey) == coseKey)
    #expect(key.keyID.description == keyID)
    #expect(try KnownKeys.signingKey(algorithm).publicKey == key)
  }

  @Test(
    "refuses every encoding but the canonical one",
    arguments: [
      // Cut, empty, followed by a byte.
      "", "a0", "00" + KnownKeys.ES256.coseKey, KnownKeys.ES256.coseKey + "00",
      String(KnownKeys.ES256.coseKey.dropLast(2)), KnownKeys.Ed25519.coseKey + "00",
      String(KnownKeys.Ed25519.coseKey.dropLast(2)),
      // {1: 2, 3: -7, -1: 1, -3: y, -2: x}, then with the negative keys first.
      "a501020326200122" + y + "21" + x, "a5200121" + x + "22" + y + "01020326",
      // Key type as a longer head, as another type; other algorithm, other curve.
      "a5011802032620012158" + "20" + String(repeating: "11", count: 32) + "22" + y,
      "a5010303262001" + "21" + x + "22" + y, "a5010203382220" + "01" + "21" + x + "22" + y,
      "a5010203272001" + "21" + x + "22" + y, "a5010203262002" + "21" + x + "22" + y,
      "a4010103272007" + "21" + x, "a4010103262006" + "21" + x,
      // Without an algorithm; with a kid; with a private part.
      "a40102200121" + x + "22" + y, "a6010202413103262001" + "21" + x + "22" + y,
      "a6010203262001" + "21" + x + "22" + y + "23" + x, "a5010103272006" + "21" + x + "23" + x,
      // A compressed point: y as a sign.
      "a5010203262001" + "21" + x + "22f5",
      // x with a longer head, with 31 and with 33 bytes.
      "a5010203262001" + "21" + "5900" + x.dropFirst(2) + "22" + y,
      "a5010203262001" + "21" + "581f" + x.dropFirst(6) + "22" + y,
      "a5010203262001" + "21" + "582100" + x.dropFirst(4) + "22" + y,
      "bf010203262001" + "21" + x + "22" + y + "ff",
    ])
  func malformed(hexadecimal: String) throws {
    let coseKey = try bytes(hexadecimal)
    #expect(throws: CryptographyError.malformedKey) { try PublicKey(coseKey: coseKey) }
  }

  @Test("refuses a key with any single bit changed in what is not the point")
  func changedTemplate() throws {
    for algorithm in SignatureAlgorithm.allCases {
      let coseKey = try KnownKeys.publicKey(algorithm).coseKey
      let middle = algorithm == .es256 ? Array(42..<45) : []
      for index in Array(0..<10) + middle {
        for bit in 0..<8 as Range<UInt8> {
          var changed = coseKey
          changed[index] ^= 1 << bit
          #expect(throws: CryptographyError.malformedKey) { try PublicKey(coseKey: changed) }
        }
      }
    }
  }

  @Test(
    "refuses what is no reduced point of P-256",
    arguments: [
      // (0, 0), which some take for infinity; (x, y + 1); (0, 1).
      (zero, zero), (KnownX.ok, KnownX.wrongY), (zero, one),
      // x = p + 5, where x = 5 is on the curve, and (p - 1, p - 1), (2^256 - 1, 2^256 - 1).
      (
        "ffffffff00000001000000000000000000000001000000000000000000000004",
        "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc"
      ),
      (
        "ffffffff00000001000000000000000000000000fffffffffffffffffffffffe",
        "ffffffff00000001000000000000000000000000fffffffffffffffffffffffe"
      ), (ones, ones),
    ])
  func offCurve(x: String, y: String) throws {
    let coseKey = try bytes("a5010203262001215820" + x + "225820" + y)
    #expect(throws: CryptographyError.pointNotOnCurve) { try PublicKey(coseKey: coseKey) }
  }

  @Test(
    "refuses Ed25519 points of small order, in every encoding",
    arguments: [
      // The identity and (0, -1), canonical; with the sign of a zero x; unreduced (p + 1).
      "0100000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000080",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      // Order 4: y = 0 and its unreduced form p.
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0000000000000000000000000000000000000000000000000000000000000080",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      // Order 8.
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ])
  func smallOrder(point: String) throws {
    let coseKey = try bytes("a4010103272006215820" + point)
    #expect(throws: CryptographyError.smallOrderKey) { try PublicKey(coseKey: coseKey) }
  }

  @Test(
    "refuses what is no reduced point of edwards25519",
    arguments: [
      // y = 2 has no x; y = p + 3 and p + 18 are on the curve but unreduced.
      "0200000000000000000000000000000000000000000000000000000000000000",
      "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ])
  func offEdwardsCurve(point: String) throws {
    let coseKey = try bytes("a4010103272006215820" + point)
    #expect(throws: CryptographyError.pointNotOnCurve) { try PublicKey(coseKey: coseKey) }
  }

  @Test("tells keys from others by a square root as a naive reader does")
  func edwardsSquares() throws {
    // Which of y = 3...34 are on the curve, bit by bit; computed from RFC 8032 section 5.1.3.
    var mask: UInt32 = 0
    for y in 3...34 as ClosedRange<UInt8> {
      let coseKey = try bytes("a4010103272006215820") + [y] + [UInt8](repeating: 0, count: 31)
      do {
        _ = try PublicKey(coseKey: coseKey)
        mask |= 1 << UInt32(y - 3)
      } catch {
        #expect(error == .pointNotOnCurve)
      }
    }
    #expect(mask == edwardsMask)
  }
}

private let x = "5820" + KnownX.ok
private let y = "5820" + String(KnownKeys.ES256.coseKey.suffix(64))
private let zero = String(repeating: "0", count: 64)
private let one = String(repeating: "0", count: 63) + "1"
private let ones = String(repeating: "f", count: 64)
private let edwardsMask: UInt32 = 0x6FF5_B8CF

private enum KnownX {
  static let ok = String(KnownKeys.ES256.coseKey.dropFirst(20).prefix(64))
  static let wrongY = String(KnownKeys.ES256.coseKey.suffix(64).dropLast()) + "f"
}
