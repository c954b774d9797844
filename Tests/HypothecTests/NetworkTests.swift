import CommandInterface
import Cryptography
import Documents
import Foundation
import Ledger
import Testing

@testable import hypothec

/// A network of the template `single`, made with keys in a temporary directory.
struct MadeNetwork {
  let directory: TemporaryDirectory
  let path: String
  let created: CommandRun

  init(_ template: String = "single", now: WallTime = CommandRun.now) throws {
    directory = try TemporaryDirectory()
    path = directory["network.json"]
    created = CommandRun(
      [
        "network", "create", "--template", Self.template(template), "--keys", directory["keys"],
        "--out", path,
      ], now: now)
    try #require(created.exitCode == .success, "\(created.diagnostics)")
  }

  static func template(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../network-configs/\(name).json").standardized.path
  }

  func text() throws -> String {
    String(decoding: try LocalFile.read(path), as: UTF8.self)
  }

  /// The network file with a change that was made by hand.
  func changed(_ old: String, _ new: String) throws -> String {
    let changed = try text().replacing(old, with: new)
    let path = directory["changed.json"]
    try LocalFile.write(Array(changed.utf8), to: path, .everybody, .replaced)
    return path
  }
}

@Suite("Network files")
struct NetworkTests {
  @Test(
    "are made from every template that is shipped", arguments: ["single", "demo", "seven", "line"])
  func templates(_ name: String) throws {
    let made = try MadeNetwork(name)
    let check = CommandRun(["network", "check", made.path])
    #expect(check.exitCode == .success, "\(check.diagnostics)")
    #expect(check.output.contains("every proof of possession is valid"))
  }

  @Test("have the standard policy where a template says nothing, and the demo says the same")
  func policy() throws {
    for name in ["single", "demo", "seven", "line"] {
      let made = try MadeNetwork(name)
      #expect(try NetworkDocument.load(.path(made.path)).policy == .standard)
    }
  }

  @Test("are the same whether read as JSON or in the canonical form")
  func forms() throws {
    let made = try MadeNetwork()
    let file = try NetworkDocument.load(.path(made.path))
    let canonical = made.directory["network.cbor"]
    try LocalFile.write(file.encoded, to: canonical, .everybody, .kept)
    #expect(try NetworkDocument.load(.path(canonical)) == file)
    #expect(made.created.output.contains(file.id.description))
  }

  @Test("are never overwritten")
  func exists() throws {
    let made = try MadeNetwork()
    let again = CommandRun([
      "network", "create", "--template", MadeNetwork.template("single"), "--keys",
      made.directory["keys"], "--out", made.path,
    ])
    #expect(again.exitCode == .cannotCreate)
    #expect(again.diagnostics.contains("FILE_EXISTS"))
  }

  @Test("that were changed by hand say so")
  func changed() throws {
    let made = try MadeNetwork()
    let path = try made.changed("\"refusalsPerHour\": 1000", "\"refusalsPerHour\": 1001")
    let check = CommandRun(["network", "check", path])
    #expect(check.exitCode == .configurationError)
    #expect(check.diagnostics.contains("something was changed after the file was made"))
  }

  @Test("tell all their faults at once, with line and path")
  func faults() throws {
    let made = try MadeNetwork()
    let path = try made.changed("\"lender\"", "\"bank\"").description
    let text = String(decoding: try LocalFile.read(path), as: UTF8.self)
      .replacing("\"utcOffsetMinutes\": 480", with: "\"utcOffset\": 480")
    try LocalFile.write(Array(text.utf8), to: path, .everybody, .replaced)
    let check = CommandRun(["network", "check", path])
    #expect(check.exitCode == .configurationError)
    #expect(check.diagnostics.contains("has 3 faults"))
    #expect(check.diagnostics.contains("members[1].roles[0]: 'bank' is none of registry, lender"))
    #expect(
      check.diagnostics.contains(
        "\"utcOffset\" is not known here; did you mean \"utcOffsetMinutes\"?"))
  }

  @Test("with another genesis time have no valid proofs")
  func proofs() throws {
    let made = try MadeNetwork()
    let file = try NetworkDocument.load(.path(made.path))
    let text = try made.text()
      .replacing(file.genesisTime.wallTime.text, with: "2020-01-01T00:00:00.000Z")
      .replacing("  \"id\": \"\(file.id)\",\n", with: "")
    let path = made.directory["moved.json"]
    try LocalFile.write(Array(text.utf8), to: path, .everybody, .kept)
    let check = CommandRun(["network", "check", path])
    #expect(check.exitCode == .configurationError)
    #expect(
      check.diagnostics.contains("the proof that registry has its consensus key is not valid"))
  }

  @Test("are put together from identities that members made apart")
  func identities() throws {
    let directory = try TemporaryDirectory()
    let template = directory["agreed.json"]
    let text = String(decoding: try LocalFile.read(MadeNetwork.template("single")), as: UTF8.self)
      .replacing(
        "\"name\": \"single-net\"",
        with: "\"name\": \"single-net\", \"genesisTime\": \"2026-11-20T00:00:00Z\"")
    try LocalFile.write(Array(text.utf8), to: template, .everybody, .kept)
    var words = ["network", "create", "--template", template, "--out", directory["network.json"]]
    for member in ["bank-a", "bank-b", "registry", "appraiser", "court"] {
      let path = directory["\(member).identity.json"]
      let made = CommandRun([
        "node", "identity", "--template", template, "--as", member, "--keys", directory[member],
        "--out", path,
      ])
      #expect(made.exitCode == .success, "\(made.diagnostics)")
      if member == "court" {
        let early = CommandRun(words)
        #expect(early.exitCode == .configurationError)
        #expect(early.diagnostics.contains("identity of court: it is missing"))
      }
      words += ["-i", path]
    }
    let created = CommandRun(words)
    #expect(created.exitCode == .success, "\(created.diagnostics)")
  }

  @Test("are made from flags alone")
  func flags() throws {
    let directory = try TemporaryDirectory()
    let run = CommandRun([
      "network", "create", "--name", "my-net", "--member", "bank-a:lender,appraiser:Bank A",
      "--member", "office:registry", "--validator", "office=127.0.0.1:7100", "--keys",
      directory["keys"], "--out", directory["network.json"], "--json",
    ])
    #expect(run.exitCode == .success, "\(run.diagnostics)")
    let network = try NetworkDocument.load(.path(directory["network.json"]))
    #expect(network.validators.map(\.member.text) == ["office"])
    #expect(network.members[0].name.text == "Bank A")
    #expect(run.output.contains("\"networkId\":\"\(network.id)\""))
  }

  @Test("need a template or a name and members")
  func misuse() {
    let run = CommandRun("network create --name my-net")
    #expect(run.exitCode == .usage)
    #expect(run.diagnostics.contains("give --template FILE, or --name and at least one --member"))
  }
}
