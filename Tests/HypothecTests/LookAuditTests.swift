import CommandInterface
import Documents
import Ledger
import Storage
import Testing

@testable import hypothec

@Suite("Auditing a directory")
struct LookAuditTests {
  /// A stopped node's directory with the sample's seven blocks.
  private let directory: TemporaryDirectory
  private let machine: RecordTestMachine

  init() throws {
    directory = try TemporaryDirectory()
    let network = RecordTestNetwork()
    let ledger = try RecordTestLedger(network, on: try PosixDisk(root: directory.path))
    machine = try RecordTestMachine(ledger)
    try machine.liveSampleLife()
    try ledger.writeLog()
    try LocalFile.write(
      network.file.encoded, to: directory[NodeDirectory.networkName], .everybody, .kept)
  }

  private var blocks: String { directory["blocks/00000000000000000001.blocks"] }

  @Test("finds a sound log sound: exit status 0")
  func sound() throws {
    let run = machine.run("audit verify \(directory.path) --json")
    #expect(run.exitCode == .success)
    let document = try JSONTestValue(run.output)
    #expect(document["sound"]?.boolean == true)
    #expect(document["blocks"]?.number == "7")
    #expect(document["signatures"]?.number == "7")
    #expect(document["certificates"]?.number == "7")
  }

  @Test("names file, bytes and height of an altered byte: exit status 20")
  func altered() throws {
    var bytes = try LocalFile.read(blocks)
    bytes[200] ^= 1
    try LocalFile.write(bytes, to: blocks, .owner, .replaced)
    let run = machine.run("audit verify \(directory.path) --json")
    #expect(run.exitCode == .provenFalse)
    let finding = try #require(try JSONTestValue(run.output)["findings"]?.array?.first)
    #expect(finding["file"]?.string == "blocks/00000000000000000001.blocks")
    #expect(finding["from"]?.number == "116")
    #expect(finding["height"]?.number == "1")
  }

  @Test("refuses the log of another network: exit status 23")
  func otherNetwork() throws {
    try LocalFile.write(
      RecordTestNetwork(name: "other-net").file.encoded,
      to: directory[NodeDirectory.networkName], .everybody, .replaced)
    #expect(machine.run("audit verify \(directory.path)").exitCode == .otherNetwork)
  }

  @Test("does not audit under a process that uses the directory: exit status 40")
  func inUse() throws {
    let lock = try DataDirectory.open(on: try PosixDisk(root: directory.path))
    #expect(machine.run("audit verify \(directory.path)").exitCode == .directoryInUse)
    withExtendedLifetime(lock) {}
  }
}
