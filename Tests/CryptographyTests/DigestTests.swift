import CBOR
import Cryptography
import Testing

@Suite("Digests")
struct DigestTests {
  @Test(
    "is SHA-256 as FIPS 180-4 gives it",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func sha256(text: String, digest: String) {
    #expect(SHA256.hash(Array(text.utf8)).description == digest)
    var hasher = SHA256()
    for byte in text.utf8 { hasher.update(byte: byte) }
    #expect(hasher.finish().description == digest)
  }

  @Test("hashes under a domain's name and a zero byte")
  func domain() {
    #expect(Domain("name").hash([1, 2]) == SHA256.hash(Array("name\0".utf8) + [1, 2]))
    #expect(Domain("name").hash([1, 2]) != Domain("name1").hash([2]))
  }

  @Test("orders digests as their bytes are ordered")
  func order() throws {
    let digests = (0..<64).map { SHA256.hash([$0]) }
    let byBytes = digests.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    #expect(digests.sorted() == byBytes)
  }

  @Test("counts bits from the first byte's most significant one")
  func bits() throws {
    let digest = SHA256.hash([])
    for index in 0..<256 {
      #expect(digest.bit(index) == (digest.bytes[index / 8] << UInt8(index % 8) >= 0x80))
    }
  }

  @Test("reads 64 hexadecimal digits in either case and nothing else")
  func hexadecimal() {
    let digest = SHA256.hash([])
    #expect(Digest(hexadecimal: digest.description) == digest)
    #expect(Digest(hexadecimal: digest.description.uppercased()) == digest)
    #expect(Digest(hexadecimal: String(digest.description.dropLast())) == nil)
    #expect(Digest(hexadecimal: digest.description + "00") == nil)
    #expect(Digest(hexadecimal: "g" + digest.description.dropFirst()) == nil)
  }

  @Test("is a byte string of exactly 32 bytes in CBOR", arguments: [31, 32, 33])
  func encoding(count: Int) throws {
    var encoder = CBOREncoder()
    encoder.byteString([UInt8](repeating: 9, count: count))
    var decoder = CBORDecoder(encoder.bytes)
    switch count {
    case 31: #expect(throws: CBORError.invalidValue(offset: 0)) { try decoder.digest() }
    case 33: #expect(throws: CBORError.limitExceeded(offset: 0)) { try decoder.digest() }
    default:
      let digest = try decoder.digest()
      #expect(digest.bytes == [UInt8](repeating: 9, count: 32))
    }
  }
}
