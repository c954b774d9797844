import CommandInterface
import Documents
@preconcurrency import Glibc
import Ledger
import Testing

@testable import hypothec

@Suite("Setting up a node")
struct NodeSetupTests {
  private let network: MadeNetwork
  private let data: String

  init() throws {
    network = try MadeNetwork()
    data = network.directory["data"]
  }

  private func initialise(member: String = "registry", keys: String? = nil) -> CommandRun {
    CommandRun([
      "node", "init", "--network", network.path, "--as", member, "--keys",
      network.directory["keys/\(keys ?? member)"], "-d", data,
    ])
  }

  @Test("makes a directory that passes its check")
  func initAndCheck() {
    let made = initialise()
    #expect(made.exitCode == .success, "\(made.diagnostics)")
    let check = CommandRun(["node", "check", "-d", data])
    #expect(check.exitCode == .success, "\(check.output)")
    #expect(check.output.contains("validator of registry"))
    #expect(check.output.contains("in order, not in use"))
    let json = CommandRun(["node", "check", "-d", data, "--json"])
    #expect(json.output.hasPrefix("{\"schema\":\"hypothec/node-check/1\",\"healthy\":true,"))
  }

  @Test("makes one for a node that the network admits later, with where it listens")
  func joinsLater() throws {
    for use in ["consensus", "transport"] {
      _ = CommandRun(["key", "new", network.directory["keys/bank-b/\(use).pem"]])
    }
    let made = CommandRun([
      "node", "init", "--network", network.path, "--as", "bank-b", "--keys",
      network.directory["keys/bank-b"], "-d", data, "--joins-later", "--listen", "127.0.0.1:7199",
    ])
    #expect(made.exitCode == .success, "\(made.diagnostics)")
    let configuration = try NodeConfiguration.loadIfPresent(data)
    #expect(configuration?.listen?.map(\.text) == ["127.0.0.1:7199"])
    let check = CommandRun(["node", "check", "-d", data])
    #expect(check.exitCode == .success, "\(check.output)")
    #expect(check.output.contains("bank-b has no node in the network, as of height 0"))
    #expect(check.output.contains("not registered yet"))
  }

  @Test("knows a member's key that is not its own from one that comes later")
  func wrongMemberKey() throws {
    _ = initialise()
    try LocalFile.write(
      try LocalFile.read(network.directory["keys/bank-a/member.pem"]),
      to: network.directory["keys/registry/member.pem"], .owner, .replaced)
    let check = CommandRun(["node", "check", "-d", data])
    #expect(check.exitCode == .configurationError)
    #expect(check.output.contains("is not the member key that the network registered"))
  }

  @Test("is not done twice in one directory")
  func twice() {
    _ = initialise()
    #expect(initialise().exitCode == .cannotCreate)
  }

  @Test("refuses keys that the network does not know for this member")
  func wrongKeys() {
    _ = CommandRun(["key", "new", network.directory["keys/bank-a/consensus.pem"]])
    let run = initialise(keys: "bank-a")
    #expect(run.exitCode == .configurationError)
    #expect(run.diagnostics.contains("KEY_NOT_REGISTERED"))
    #expect(!LocalFile.exists(data))
  }

  @Test("refuses a member without a node, and one that is mistyped")
  func members() {
    #expect(initialise(member: "bank-a").diagnostics.contains("NODE_NOT_IN_NETWORK"))
    let mistyped = initialise(member: "regstry")
    #expect(mistyped.exitCode == .notFound)
    #expect(mistyped.diagnostics.contains("did you mean registry?"))
  }

  @Test("shows every fault of a damaged directory")
  func faults() throws {
    _ = initialise()
    chmod(network.directory["keys/registry/consensus.pem"], 0o644)
    unlink(network.directory["keys/registry/transport.pem"])
    let check = CommandRun(["node", "check", "-d", data])
    #expect(check.exitCode == .permissionDenied)
    #expect(check.output.contains("chmod 600"))
    #expect(check.output.contains("transport.pem cannot be read"))
  }

  @Test("says so where nothing was set up")
  func missing() {
    let check = CommandRun(["node", "check", "-d", network.directory["nowhere"]])
    #expect(check.exitCode == .configurationError)
    #expect(check.output.contains("is not a node's data directory"))
  }
}
