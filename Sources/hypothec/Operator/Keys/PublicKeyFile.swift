import CommandInterface
import Cryptography
import Documents

/// The public part of a key beside its private file: `bank-a.pem` and `bank-a.pem.pub`.
enum PublicKeyFile {
  static let format = "hypothec/public-key/1"
  static let suffix = ".pub"

  static func text(_ key: PublicKey) -> String {
    JSONLayout.text(
      .object(
        [
          JSONMember("format", .string(format)), JSONMember("algorithm", key.algorithm.json),
        ] + key.jsonMembers))
  }

  static func read(_ bytes: [UInt8], _ path: String) throws(Problem) -> PublicKey {
    try JSONFile.read(bytes, path, .keyFileInvalid) { field in
      field.object { members -> PublicKey? in
        let hasFormat = members.required("format")?.isFormat(format) ?? false
        let algorithm = members.required("algorithm")?.value(
          .word(of: SignatureAlgorithm.self, "algorithm"))
        guard let key = members.publicKey(), hasFormat, let algorithm else { return nil }
        guard algorithm == key.algorithm else {
          field.wrong(
            "the algorithm is \(algorithm.word), but the key is of \(key.algorithm.word)",
            "算法为 \(algorithm.word)，但密钥属于 \(key.algorithm.word)")
          return nil
        }
        return key
      }
    }
  }

  static func load(_ path: String) throws(Problem) -> PublicKey {
    try read(try LocalFile.read(path, limit: KeyFile.byteLimit), path)
  }
}
