import CBOR
import Cryptography
import Testing

@Suite("Commitments")
struct CommitmentTests {
  private let value: [UInt8] = [0xA1, 0x01, 0x19, 0x03, 0xE8]

  @Test("is SHA-256 of domain, salt and value")
  func golden() throws {
    let commitment = Commitment.make(salt: try Commitment.Salt([UInt8](0..<32)), value: value)
    #expect(
      commitment.digest.description
        == "2c3dce225c6097610044e1923ea5d705633ccd8e17afad7c08a9cd589edc412e")
  }

  @Test("differs with the salt and with the value")
  func binding() throws {
    let (first, second) = (try Commitment.Salt.random(), try Commitment.Salt.random())
    #expect(first != second)
    let commitment = Commitment.make(salt: first, value: value)
    #expect(commitment == Commitment.make(salt: first, value: value))
    #expect(commitment != Commitment.make(salt: second, value: value))
    #expect(commitment != Commitment.make(salt: first, value: value + [0]))
  }

  @Test("refuses a salt that is not 32 bytes", arguments: [0, 31, 33])
  func saltByteCount(count: Int) {
    #expect(throws: CryptographyError.saltByteCount(count)) {
      try Commitment.Salt([UInt8](repeating: 0, count: count))
    }
  }

  @Test("reads back salt and commitment as byte strings")
  func encoding() throws {
    let salt = try Commitment.Salt.random()
    let commitment = Commitment.make(salt: salt, value: value)
    var encoder = CBOREncoder()
    encoder.salt(salt)
    encoder.commitment(commitment)
    #expect(encoder.bytes == [0x58, 32] + salt.bytes + [0x58, 32] + commitment.digest.bytes)
    var decoder = CBORDecoder(encoder.bytes)
    let readBack = (try decoder.salt(), try decoder.commitment())
    #expect(readBack == (salt, commitment))
  }
}

@Suite("Secure random bytes")
struct SecureRandomTests {
  @Test("gives as many bytes as asked for", arguments: [0, 1, 32, 1000])
  func count(count: Int) throws {
    #expect(try SecureRandom.bytes(count).count == count)
  }

  @Test("gives other bytes each time")
  func differs() throws {
    let (first, second) = (try SecureRandom.bytes(32), try SecureRandom.bytes(32))
    #expect(first != second)
  }
}
