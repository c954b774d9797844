import CommandInterface
import Cryptography
import Documents
import Ledger
import Testing

@testable import hypothec

/// Machines of a network that changes: registry-north validates and governs, the others join.
extension RecordTestMachine {
  /// registry-north's machine: its node's keys, and, as if from offline, its governor's key.
  static func office(_ ledger: RecordTestLedger) throws -> RecordTestMachine {
    let machine = try RecordTestMachine(ledger)
    let network = ledger.network
    for (name, key) in [
      ("governor", network.governorKey), ("consensus", network.consensusKey),
      ("transport", network.transportKey),
    ] {
      try machine.keep(key, as: "\(name).pem")
    }
    try machine.writeConfiguration("registry-north")
    try LocalFile.write(
      network.file.encoded, to: machine.directory["network.cbor"], .everybody, .kept)
    return machine
  }

  func keep(_ key: SigningKey, as name: String) throws {
    try LocalFile.write(try key.pem(passphrase: nil), to: directory[name], .owner, .kept)
  }

  /// `node.json` with the keys that lie in the directory.
  func writeConfiguration(
    _ member: String, consensus: String = "consensus.pem", transport: String = "transport.pem"
  ) throws {
    let configuration = NodeConfiguration(
      member: try MemberID(member), consensusKey: consensus, transportKey: transport,
      memberKey: "\(member).pem")
    try LocalFile.write(
      Array(configuration.text.utf8), to: directory["node.json"], .owner, .replaced)
  }

  /// Runs a command that must succeed.
  @discardableResult
  func require(
    _ line: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> CommandRun {
    let run = run(line)
    try #require(run.exitCode == .success, "\(run.diagnostics)", sourceLocation: sourceLocation)
    return run
  }

  /// Has registry-north sign a draft, and submits it.
  @discardableResult
  func decide(
    _ draft: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> CommandRun {
    try require(
      "member vote @\(draft) --as registry-north --key @governor.pem",
      sourceLocation: sourceLocation)
    return try require("transaction submit @\(draft)", sourceLocation: sourceLocation)
  }

  /// As an e-mail would.
  func send(_ name: String, to other: RecordTestMachine) throws {
    let bytes = try LocalFile.read(directory[name])
    try LocalFile.write(bytes, to: other.directory[name], .owner, .replaced)
  }
}

extension CommandRun {
  /// The answer as one line: where a table wraps depends on names and widths.
  var unwrapped: String { output.split { $0.isWhitespace }.joined(separator: " ") }
}
