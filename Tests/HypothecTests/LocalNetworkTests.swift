import CommandInterface
import Documents
import Foundation
@preconcurrency import Glibc
import Ledger
import Node
import Testing

@testable import hypothec

@Suite("Processes")
struct ProcessTests {
  @Test("are known by id and start, and only while they run")
  func identity() throws {
    let own = try #require(ProcessIdentity(of: getpid()))
    #expect(own.isRunning)
    #expect(!own.words.isEmpty)
    let earlier = ProcessIdentity(id: own.id, startTicks: own.startTicks &+ 1)
    #expect(!earlier.isRunning)
    #expect(earlier.words.isEmpty)
    #expect(ProcessIdentity(of: 0) == nil)
    #expect(ProcessIdentity(of: -1) == nil)
  }

  @Test("are read back from their file")
  func file() throws {
    let directory = try TemporaryDirectory()
    let process = ProcessIdentity(id: 4_711, startTicks: .max)
    try ProcessFile.store(process, at: directory["a.pid"])
    #expect(try ProcessFile.load(directory["a.pid"]) == process)
    #expect(try ProcessFile.load(directory["missing.pid"]) == nil)
  }

  @Test(
    "are not read from a file that was cut off or holds anything else",
    arguments: [
      "", "\n", "12", "12\n", "12 ", "12 34", "12 34 \n", " 12 34\n", "12  34\n", "12 34\n\n",
      "012 34\n", "+12 34\n", "-12 34\n", "0 34\n", "12 -34\n", "12 034\n", "12 34 56\n",
      "99999999999 34\n", "12 99999999999999999999\n", "node 34\n",
    ])
  func malformedFile(_ text: String) {
    #expect(ProcessFile.parse(text) == nil)
  }

  @Test("that hold a data directory are found by its lock, without touching it")
  func holder() throws {
    let node = try InProcessNode()
    #expect(try DirectoryHolder.holder(of: node.data) == .process(getpid()))
    node.stop()
    #expect(try DirectoryHolder.holder(of: node.data) == .nobody)
    #expect(try DirectoryHolder.holder(of: node.data + "-missing") == .nobody)
  }
}

@Suite("A network on this machine")
struct LocalNetworkTests {
  private static let now = Timestamp(CommandRun.now) ?? .origin

  private func make(_ name: String, _ directory: TemporaryDirectory) throws -> LocalNetwork {
    try LocalNetwork.make(
      try LocalFile.read(MadeNetwork.template(name)), in: directory["net"], at: Self.now)
  }

  @Test(
    "is made of every template that is shipped", arguments: ["single", "demo", "seven", "line"])
  func templates(_ name: String) throws {
    let directory = try TemporaryDirectory()
    let network = try make(name, directory)
    let template = try NetworkTemplate(try LocalFile.read(MadeNetwork.template(name)), name)
    #expect(Set(network.nodes.map(\.member)) == Set(template.nodes.map(\.member)))
    let addresses = (network.file.validators + network.file.followers).flatMap(\.addresses)
    #expect(Set(addresses).count == network.nodes.count)
    for node in network.nodes {
      let check = CommandRun(["node", "check", "-d", node.data])
      #expect(check.exitCode == .success, "\(check.output)")
      #expect(
        try NodeDirectory(node.data).configuration().peers == template.peers(of: node.member))
      #expect(node.occupant() == .nobody)
    }
    let check = CommandRun(["network", "check", directory["net/network.json"]])
    #expect(check.exitCode == .success, "\(check.output)")
  }

  @Test("is by default the one of network-configs/demo.json")
  func demonstration() throws {
    var shipped = try NetworkTemplate(try LocalFile.read(MadeNetwork.template("demo")), "demo")
    for index in shipped.validators.indices { shipped.validators[index].addresses = [] }
    for index in shipped.followers.indices { shipped.followers[index].addresses = [] }
    #expect(try NetworkTemplate(Array(NetworkTemplate.demonstration.utf8), "built in") == shipped)
  }

  @Test("goes on where its making was interrupted")
  func interrupted() throws {
    let directory = try TemporaryDirectory()
    let network = try make("line", directory)
    let lost = network.nodes[1].data + "/node.json"
    let before = try LocalFile.read(lost)
    #expect(unlink(lost) == 0)
    try LocalNetwork.load(directory["net"]).setUpNodes()
    #expect(try LocalFile.read(lost) == before)
  }

  @Test("is missed where there is none")
  func missing() throws {
    let directory = try TemporaryDirectory()
    for verb in ["status", "down"] {
      let run = CommandRun(["network", verb, directory.path])
      #expect(run.exitCode == .configurationError)
      #expect(run.diagnostics.contains("LOCAL_NETWORK_MISSING"))
    }
  }

  @Test("that does not run is shown so, and is stopped without harm")
  func stopped() throws {
    let directory = try TemporaryDirectory()
    let network = try make("demo", directory)
    let status = CommandRun(["network", "status", directory["net"]])
    #expect(status.exitCode == .unreachable)
    #expect(status.output.contains("to be started"))
    let again = CommandRun([
      "network", "up", directory["net"], "--template", MadeNetwork.template("demo"),
    ])
    #expect(again.exitCode == .usage)
    // A process that has the id by now is not the node's.
    let own = try #require(ProcessIdentity(of: getpid()))
    try ProcessFile.store(own, at: network.nodes[0].processFile)
    let down = CommandRun(["network", "down", directory["net"]])
    #expect(down.exitCode == .success, "\(down.diagnostics)")
    #expect(down.output.contains("bank-a    did not run"))
    #expect(!LocalFile.exists(network.nodes[0].processFile))
  }

  @Test(
    "does not claim that a node is stopped whose files cannot be read",
    arguments: [".pid", "/lock"])
  func unreadable(_ file: String) throws {
    let directory = try TemporaryDirectory()
    let network = try make("single", directory)
    let path = network.nodes[0].data + file
    // Not even the superuser reads a directory.
    unlink(path)
    #expect(mkdir(path, 0o700) == 0)
    let down = CommandRun(["network", "down", directory["net"]])
    #expect(down.exitCode == .dataError)
    #expect(down.output.contains("registry  left alone: not known"))
    #expect(
      down.diagnostics.contains("it cannot be told whether the node of registry runs"),
      "\(down.diagnostics)")
    #expect(down.diagnostics.contains("\(path) cannot be read"))
    let status = CommandRun(["network", "status", directory["net"]])
    #expect(status.exitCode == .unreachable)
    #expect(status.output.contains("not known"))
    let up = CommandRun(["network", "up", directory["net"]])
    #expect(up.exitCode == .dataError)
    #expect(up.diagnostics.contains("it cannot be told whether the node of registry runs"))
    #expect(rmdir(path) == 0)
    #expect(CommandRun(["network", "down", directory["net"]]).output.contains("did not run"))
  }

  @Test("leaves alone a node that was started in another way")
  func foreign() throws {
    let node = try InProcessNode()
    let directory = try TemporaryDirectory()
    let network = try make("single", directory)
    // The data directory of a node that runs in this process.
    #expect(rename(network.nodes[0].data, directory["away"]) == 0)
    #expect(symlink(node.data, network.nodes[0].data) == 0)
    #expect(network.nodes[0].occupant() == .other(getpid()))
    let down = CommandRun(["network", "down", directory["net"]])
    #expect(down.exitCode == .directoryInUse)
    #expect(down.output.contains("left alone"))
    #expect(try DirectoryHolder.holder(of: node.data) == .process(getpid()))
    node.stop()
    #expect(unlink(network.nodes[0].data) == 0)
  }
}
