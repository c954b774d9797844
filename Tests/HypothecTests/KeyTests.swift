import CommandInterface
import Documents
@preconcurrency import Glibc
import Testing

@testable import hypothec

@Suite("Keys in files")
struct KeyTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test("are made with mode 0600 and shown alike from both files", arguments: ["es256", "ed25519"])
  func made(_ algorithm: String) throws {
    let path = directory["a.pem"]
    #expect(CommandRun(["key", "new", path, "--algorithm", algorithm]).exitCode == .success)
    let status = try #require(LocalFile.status(path))
    #expect(status.st_mode & 0o777 == 0o600)
    let shown = CommandRun(["key", "show", path])
    #expect(shown.exitCode == .success)
    #expect(shown.output.contains(algorithm))
    #expect(shown.output == CommandRun(["key", "show", path + ".pub"]).output)
  }

  @Test("are never overwritten")
  func kept() throws {
    let path = directory["a.pem"]
    _ = CommandRun(["key", "new", path])
    let before = try LocalFile.read(path)
    let again = CommandRun(["key", "new", path])
    #expect(again.exitCode == .cannotCreate)
    #expect(try LocalFile.read(path) == before)
  }

  @Test(
    "are refused if anybody else can read or change them",
    arguments: [mode_t(0o640), 0o604, 0o620, 0o666])
  func permissions(_ mode: mode_t) {
    let path = directory["a.pem"]
    _ = CommandRun(["key", "new", path])
    chmod(path, mode)
    let run = CommandRun(["key", "show", path])
    #expect(run.exitCode == .permissionDenied)
    #expect(run.diagnostics.contains("run: chmod 600 \(path)"))
    #expect(run.diagnostics.contains("KEY_FILE_PERMISSIONS"))
  }

  @Test("that are encrypted ask for their passphrase and take no other")
  func passphrase() throws {
    let path = directory["a.pem"]
    let right = directory["right"]
    let wrong = directory["wrong"]
    try LocalFile.write(Array("correct horse\n".utf8), to: right, .owner, .kept)
    try LocalFile.write(Array("battery\n".utf8), to: wrong, .owner, .kept)
    let made = CommandRun(["key", "new", path, "--passphrase-file", right])
    #expect(made.exitCode == .success, "\(made.diagnostics)")
    #expect(CommandRun(["key", "show", path]).diagnostics.contains("KEY_PASSPHRASE_NEEDED"))
    let refused = CommandRun(["key", "show", path, "--passphrase-file", wrong])
    #expect(refused.exitCode == .dataError)
    #expect(refused.diagnostics.contains("KEY_PASSPHRASE_WRONG"))
    #expect(CommandRun(["key", "show", path, "--passphrase-file", right]).exitCode == .success)
  }

  @Test("are not found in what is no key")
  func noKey() throws {
    let path = directory["a.pem"]
    try LocalFile.write(Array("hello".utf8), to: path, .owner, .kept)
    let run = CommandRun(["key", "show", path])
    #expect(run.exitCode == .dataError)
    #expect(run.diagnostics.contains("no PEM block found"))
  }
}
