import CommandInterface
import Cryptography
import Documents
@preconcurrency import Glibc

/// Private keys in files: PKCS#8 in PEM, readable by their owner alone.
enum KeyFile {
  static let byteLimit = 64 * 1024

  /// Reads a key. The file must be the user's own or root's and closed to everybody else (0600 or
  /// less), because a key that others could read is not known to be this member's.
  static func load(_ path: String, passphrase: Passphrase?) throws(Problem) -> SigningKey {
    let pem = try read(path)
    do throws(CryptographyError) {
      return try SigningKey(pem: pem, passphrase: passphrase?.bytes)
    } catch {
      throw Problem(error, keyFile: path)
    }
  }

  /// Writes a new file with mode 0600; one that exists is never overwritten.
  static func store(_ key: SigningKey, at path: String, passphrase: Passphrase?) throws(Problem) {
    let pem: [UInt8]
    do throws(CryptographyError) {
      pem = try key.pem(passphrase: passphrase?.bytes)
    } catch {
      throw Problem(error)
    }
    try LocalFile.write(pem, to: path, .owner, .kept)
  }

  static func generate(_ algorithm: SignatureAlgorithm) throws(Problem) -> SigningKey {
    do throws(CryptographyError) {
      return try SigningKey.generate(algorithm)
    } catch {
      throw Problem(error)
    }
  }

  private static func read(_ path: String) throws(Problem) -> [UInt8] {
    try checkPrivate(path)
    return try LocalFile.read(path, limit: byteLimit)
  }

  /// Throws KEY_FILE_PERMISSIONS with the command that mends it. Pipes and descriptors
  /// (`/dev/fd/3`) have no permissions that would say anything.
  static func checkPrivate(_ path: String) throws(Problem) {
    guard let status = LocalFile.status(path), status.st_mode & S_IFMT == S_IFREG else { return }
    let mode = status.st_mode & 0o777
    guard mode & 0o077 != 0 else { return }
    let octal = "0" + String(mode, radix: 8)
    throw Problem(
      .keyFilePermissions, .permissionDenied,
      what: LocalizedText(
        english: "the key file \(path) can be read or changed by others (mode \(octal)).",
        chinese: "密钥文件 \(path) 可被他人读取或修改（权限 \(octal)）。"),
      why: LocalizedText(
        english: "whoever reads the key signs as you; hypothec uses only files of mode 0600.",
        chinese: "读到密钥的人可以冒充您签名；hypothec 只使用权限为 0600 的文件。"),
      next: LocalizedText(
        english: "run: chmod 600 \(path)\nIf others may have read it, make a new key.",
        chinese: "运行：chmod 600 \(path)\n如可能已被他人读取，请更换密钥。"),
      details: ["path": .string(path), "mode": .string(octal)])
  }
}

/// What opens an encrypted key: the first line of a file, of standard input or of a descriptor,
/// never of the command line or the environment, where other processes see it.
struct Passphrase: Sendable {
  static let byteLimit = 4096
  let bytes: [UInt8]

  /// Reads to the first line feed, which does not belong to it.
  init(from source: FilePath) throws(Problem) {
    if case .path(let path) = source { try KeyFile.checkPrivate(path) }
    let content = try LocalFile.read(source, limit: Self.byteLimit)
    var line = Array(content.prefix { $0 != UInt8(ascii: "\n") })
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    guard !line.isEmpty else {
      throw Problem(
        .keyPassphraseNeeded, .dataError,
        what: LocalizedText(english: "the passphrase is empty.", chinese: "口令为空。"),
        next: LocalizedText(
          english: "write it into the first line of the file, which only you can read.",
          chinese: "请写在文件第一行，且该文件仅您可读。"))
    }
    bytes = line
  }
}
