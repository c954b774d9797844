import CommandInterface
import Documents
import Ledger
import Testing

@testable import hypothec

@Suite("Network templates")
struct NetworkTemplateTests {
  private func template(_ name: String) throws -> NetworkTemplate {
    try NetworkTemplate(try LocalFile.read(MadeNetwork.template(name)), name)
  }

  /// `line.json` with other links.
  private func line(_ links: String) throws -> NetworkTemplate {
    let text = String(decoding: try LocalFile.read(MadeNetwork.template("line")), as: UTF8.self)
    let parts = text.split(separator: "\"links\": ", maxSplits: 1)
    return try NetworkTemplate(Array("\(parts[0])\"links\": \(links)}".utf8), "line")
  }

  @Test("that are shipped have the validators and followers that their page names")
  func shipped() throws {
    #expect(try template("demo").validators.count == 4)
    #expect(try template("demo").followers.map(\.member.text) == ["auditor"])
    #expect(try template("seven").validators.count == 7)
    #expect(try template("seven").followers.map(\.member.text) == ["regulator"])
    #expect(try template("line").validators.count == 4)
  }

  @Test("connect everybody with everybody unless they name links")
  func links() throws {
    #expect(try template("demo").peers(of: MemberID("bank-a")) == nil)
    let line = try template("line")
    #expect(try line.peers(of: MemberID("bank-a"))?.map(\.text) == ["registry"])
    #expect(try line.peers(of: MemberID("dealer"))?.map(\.text) == ["registry", "bank-b"])
  }

  @Test(
    "refuse links that cannot be",
    arguments: [
      (#"[["bank-a", "bank-a"]]"#, "bank-a is linked with itself"),
      (#"[["bank-a", "court"]]"#, "court has no node to link"),
      (#"[["bank-a", "bank-b"], ["bank-b", "bank-a"]]"#, "bank-b and bank-a are linked twice"),
      (#"[["bank-a", "bank-b"]]"#, "no chain of links reaches registry, dealer"),
      (#"[["bank-a"]]"#, "the list has 1 entries; 2 to 2 are allowed"),
      (#"[]"#, "the list has 0 entries; 1 to 4096 are allowed"),
      (#""all""#, "this is a text; a list is due here"),
    ])
  func wrongLinks(_ links: String, _ fault: String) throws {
    let problem = #expect(throws: Problem.self) { try line(links) }
    #expect(problem?.code == .networkFileInvalid)
    #expect(problem?.why?.english.contains(fault) == true, "\(problem?.why?.english ?? "")")
  }
}
