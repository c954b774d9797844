import CommandInterface
import Cryptography
import Ledger

// Keys in files: the canonical COSE_Key in hexadecimal, with its kid beside it so that people can
// compare what they were told with what stands there.

extension PublicKey {
  /// `"kid"` and `"coseKey"`.
  package var jsonMembers: [JSONMember] {
    [
      JSONMember("kid", .string(keyID.description)),
      JSONMember("coseKey", .string(Hexadecimal.encode(coseKey))),
    ]
  }

  package var json: JSONValue { .object(jsonMembers) }
}

extension ProvenKey {
  package var json: JSONValue {
    .object(key.jsonMembers + [JSONMember("proof", .string(Hexadecimal.encode(proof)))])
  }
}

extension JSONField {
  package func publicKey() -> PublicKey? {
    object { members in members.publicKey() }
  }

  package func provenKey() -> ProvenKey? {
    object { members in
      let key = members.publicKey()
      let proof = members.required("proof")?.bytes(count: SignatureAlgorithm.signatureByteCount)
      guard let key, let proof else { return nil }
      return ProvenKey(key: key, proof: proof)
    }
  }

  /// Hexadecimal digits; exactly `count` bytes if it is given.
  package func bytes(count: Int? = nil) -> [UInt8]? {
    guard let text = text() else { return nil }
    guard let bytes = Hexadecimal.decode(text), count.map({ $0 == bytes.count }) ?? true else {
      let digits = count.map { "\($0 * 2) " } ?? ""
      wrong("\(digits)hexadecimal digits are due here", "此处应为 \(digits)位十六进制数")
      return nil
    }
    return bytes
  }
}

extension JSONMembers {
  /// The key in `coseKey`, whose kid must be the one in `kid` if that is given.
  package func publicKey() -> PublicKey? {
    let claimed = optional("kid")
    guard let field = required("coseKey"), let bytes = field.bytes() else { return nil }
    let key: PublicKey
    do throws(CryptographyError) {
      key = try PublicKey(coseKey: bytes)
    } catch {
      field.wrong("\(error)", "密钥无效：\(error)")
      return nil
    }
    if let claimed, let kid = claimed.text(), kid != key.keyID.description {
      claimed.wrong("the kid of this key is \(key.keyID)", "此密钥的 kid 为 \(key.keyID)")
      return nil
    }
    return key
  }
}
