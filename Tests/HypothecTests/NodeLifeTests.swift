import CommandInterface
import Documents
import Foundation
@preconcurrency import Glibc
import Testing

@testable import hypothec

@Suite("A node's life")
struct NodeLifeTests {
  @Test("is seen the same while it runs and when it has stopped")
  func life() throws {
    let node = try InProcessNode()
    let running = CommandRun(["status", "-d", node.data])
    #expect(running.exitCode == .success, "\(running.diagnostics)")
    #expect(running.output.contains("Node          registry, validator, running for"))
    let named = CommandRun(["policy", "show", "--node", node.data + "/node.socket"])
    #expect(named.exitCode == .success, "\(named.diagnostics)")
    let check = CommandRun(["node", "check", "-d", node.data])
    #expect(check.output.contains("in use by process"))
    let doctor = CommandRun(["doctor", "-d", node.data])
    #expect(doctor.output.contains("validator of registry, waits for nothing"))
    node.stop()

    let stopped = CommandRun(["status", "-d", node.data])
    #expect(stopped.exitCode == .success, "\(stopped.diagnostics)")
    #expect(stopped.output.contains("not running; read from the data directory"))
    let policy = CommandRun(["policy", "show", "-d", node.data])
    #expect(policy.output == named.output)
    let doctorAfter = CommandRun(["doctor", "-d", node.data])
    #expect(doctorAfter.output.contains("notice  running"))
  }

  @Test("does not begin where its data are of another network, newer, or in use")
  func refused() throws {
    let node = try InProcessNode()
    let second = CommandRun(["node", "run", "-d", node.data])
    #expect(second.exitCode == .directoryInUse)
    #expect(second.diagnostics.contains("DIRECTORY_IN_USE"))
    node.stop()

    let format = node.data + "/format"
    let original = try LocalFile.read(format)
    let newer = String(decoding: original, as: UTF8.self).replacing("data 1", with: "data 2")
    try LocalFile.write(Array(newer.utf8), to: format, .owner, .replaced)
    let older = CommandRun(["node", "run", "-d", node.data])
    #expect(older.exitCode == .configurationError)
    #expect(older.diagnostics.contains("DIRECTORY_FORMAT_NEWER"))

    let foreign =
      String(decoding: original, as: UTF8.self).split(separator: "\n")[0]
      + "\nnetwork \(String(repeating: "0", count: 64))\n"
    try LocalFile.write(Array(foreign.utf8), to: format, .owner, .replaced)
    let other = CommandRun(["node", "run", "-d", node.data])
    #expect(other.exitCode == .otherNetwork)
    #expect(other.diagnostics.contains("DIRECTORY_OF_ANOTHER_NETWORK"))
  }

  @Test("node init goes on where it was interrupted, and keeps the data")
  func interrupted() throws {
    let node = try InProcessNode()
    node.stop()
    let before = try LocalFile.read(node.data + "/node.json")
    #expect(unlink(node.data + "/node.json") == 0)
    let again = CommandRun([
      "node", "init", "--network", node.made.path, "--as", "registry", "--keys",
      node.made.directory["keys/registry"], "-d", node.data,
    ])
    #expect(again.exitCode == .success, "\(again.diagnostics)")
    #expect(try LocalFile.read(node.data + "/node.json") == before)
    #expect(CommandRun(["status", "-d", node.data]).exitCode == .success)
  }

  /// What a crash leaves, at any moment: the files as they are, the index lost.
  private func crashed(_ node: InProcessNode) throws -> String {
    let copy = node.made.directory["crashed"]
    try LocalFile.createDirectory(copy)
    for directory in ["", "blocks", "certificates", "journal"] {
      try LocalFile.createDirectory("\(copy)/\(directory)")
      for name in try FileManager.default.contentsOfDirectory(atPath: "\(node.data)/\(directory)") {
        let path = "\(directory)/\(name)"
        guard let status = LocalFile.status("\(node.data)/\(path)"),
          status.st_mode & S_IFMT == S_IFREG, name != "lock"
        else { continue }
        try LocalFile.write(
          try LocalFile.read("\(node.data)/\(path)"), to: "\(copy)/\(path)", .owner, .kept)
      }
    }
    return copy
  }

  @Test("leaves what it acknowledged to whoever reads its directory after a crash")
  func crash() throws {
    let node = try InProcessNode()
    let vin = "LHYPC2D34TD004217"
    // The node reads the machine's clock, so the command must too.
    let registered = CommandRun(
      [
        "vehicle", "register", vin, "--make", "X", "--model", "Y", "--model-year", "2024", "-d",
        node.data,
      ], now: CommandRun.machineNow)
    #expect(registered.exitCode == .success, "\(registered.diagnostics)")
    let copy = try crashed(node)
    node.stop()
    let shown = CommandRun(["vehicle", "show", vin, "-d", copy])
    #expect(shown.exitCode == .success, "\(shown.diagnostics)")
    #expect(shown.output.contains("height 1"))
  }
}
