import Cryptography
import Glibc
import Testing

/// The same keys, messages and signatures in Python's `cryptography`, which is a witness from
/// outside for encodings, though it computes with OpenSSL as well.
@Suite("Python's cryptography", .enabled(if: Python.isUsable, "python3 lacks 'cryptography'"))
struct ForeignImplementationTests {
  private let message = Array("over the border".utf8)

  @Test("verifies there what was signed here", arguments: SignatureAlgorithm.allCases)
  func verifiedThere(algorithm: SignatureAlgorithm) throws {
    let key = try SigningKey.generate(algorithm)
    let signature = try key.sign(message)
    let script =
      Python.library
        + """
        try: public(a[0]).verify(a[1], a[2]); print("valid")
        except InvalidSignature: print("invalid")
        """
    let coseKey = key.publicKey.coseKey
    #expect(try Python.run(script, [coseKey, signature, message]) == "valid")
    #expect(try Python.run(script, [coseKey, signature, message + [0]]) == "invalid")
  }

  @Test("verifies here what was signed there", arguments: SignatureAlgorithm.allCases)
  func verifiedHere(algorithm: SignatureAlgorithm) throws {
    let script =
      Python.library
        + """
        key = fresh(int.from_bytes(a[0]))
        print((key.cose() + key.sign(a[1])).hex())
        """
    let output = try bytes(Python.run(script, [[algorithm == .es256 ? 1 : 0], message]))
    let count = output.count - SignatureAlgorithm.signatureByteCount
    let verifier = Verifier(try PublicKey(coseKey: Array(output[..<count])))
    #expect(verifier.isValid(signature: Array(output[count...]), message: message))
    #expect(!verifier.isValid(signature: Array(output[count...]), message: message + [0]))
  }

  @Test("opens there the key file that was written here", arguments: SignatureAlgorithm.allCases)
  func keyFiles(algorithm: SignatureAlgorithm) throws {
    let key = try SigningKey.generate(algorithm)
    let passphrase = Array("correct horse".utf8)
    let script =
      Python.library
        + """
        print(Key(serialization.load_pem_private_key(a[0], a[1] or None)).cose().hex())
        """
    let coseKey = Hexadecimal.encode(key.publicKey.coseKey)
    #expect(try Python.run(script, [key.pem(passphrase: nil), []]) == coseKey)
    #expect(try Python.run(script, [key.pem(passphrase: passphrase), passphrase]) == coseKey)
  }
}

/// Scripts in a python3 of the host, with byte strings as arguments `a`.
private enum Python {
  static let isUsable = (try? run("import cryptography; print(1)", [])) == "1"

  static let library = """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
    ecdsa = ec.ECDSA(hashes.SHA256())
    number = lambda b: int.from_bytes(b, "big")
    order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
    class ES256:
      def __init__(self, key): self.key = key
      def verify(self, s, m):
        self.key.verify(utils.encode_dss_signature(number(s[:32]), number(s[32:])), m, ecdsa)
    def public(c):
      if len(c) == 42: return ed25519.Ed25519PublicKey.from_public_bytes(c[10:])
      point = b"\\x04" + c[10:42] + c[45:]
      return ES256(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))
    class Key:
      def __init__(self, key): self.key = key
      def isEC(self): return isinstance(self.key, ec.EllipticCurvePrivateKey)
      def cose(self):
        if not self.isEC():
          point = self.key.public_key().public_bytes_raw()
          return bytes.fromhex("a4010103272006215820") + point
        n = self.key.public_key().public_numbers()
        x, y = n.x.to_bytes(32, "big"), n.y.to_bytes(32, "big")
        return bytes.fromhex("a5010203262001215820") + x + bytes.fromhex("225820") + y
      def sign(self, m):
        if not self.isEC(): return self.key.sign(m)
        r, s = utils.decode_dss_signature(self.key.sign(m, ecdsa))
        return r.to_bytes(32, "big") + min(s, order - s).to_bytes(32, "big")
    def fresh(isEC):
      if isEC: return Key(ec.generate_private_key(ec.SECP256R1()))
      return Key(ed25519.Ed25519PrivateKey.generate())

    """

  struct Failure: Error {
    let status: Int32
  }

  /// What the script prints, without the last newline.
  static func run(_ script: String, _ arguments: [[UInt8]]) throws -> String {
    let preamble = "import sys\na = [bytes.fromhex(h) for h in sys.argv[1:]]\n"
    let words = arguments.map { "'\(Hexadecimal.encode($0))'" }.joined(separator: " ")
    // The scripts hold no single quote, so a shell takes them in single quotes as they are.
    guard let output = popen("python3 -c '\(preamble + script)' \(words) 2>/dev/null", "r") else {
      throw Failure(status: errno)
    }
    var text: [UInt8] = []
    while case let character = fgetc(output), character != EOF { text.append(UInt8(character)) }
    let status = pclose(output)
    guard status == 0 else { throw Failure(status: status) }
    return String(
      decoding: text.last == UInt8(ascii: "\n") ? text.dropLast() : text[...], as: UTF8.self)
  }
}
