import CommandInterface
import Cryptography
import Documents
import Ledger
import Testing

@testable import hypothec

private func fault(_ body: () throws(InvalidValue) -> Void) -> String? {
  do throws(InvalidValue) {
    try body()
    return nil
  } catch {
    return error.message.english
  }
}

@Suite("Values on the command line")
struct ValueTypeTests {
  @Test("brings a VIN to its canonical form")
  func vin() throws {
    let vin = try ValueType.vin.parse("lhypc2d34-td004217")
    #expect(vin.text == "LHYPC2D34TD004217")
  }

  @Test("says of a wrong VIN what a node would")
  func wrongVIN() {
    let message = fault { () throws(InvalidValue) in _ = try ValueType.vin.parse("LHYPC") }
    #expect(message?.hasPrefix("'LHYPC': The VIN does not have 17 characters.") == true)
  }

  @Test(
    "reads amounts with their currency",
    arguments: ["120000.00 CNY", "120000 CNY", "CNY 120000.00", "120000.00 cny"])
  func money(_ text: String) throws {
    #expect(try ValueType.money.parse(text).description == "120000.00 CNY")
  }

  @Test(
    "refuses amounts that could be read in two ways",
    arguments: ["120000", "120,000.00 CNY", "120000.5 CNY", "1.2e5 CNY", "-5.00 CNY", "5.00 XYZ"])
  func wrongMoney(_ text: String) {
    #expect(throws: InvalidValue.self) { try ValueType.money.parse(text) }
  }

  @Test("reads parties as codes and commitments")
  func party() throws {
    let hex = String(repeating: "ab", count: 32)
    let digest = try #require(Digest(hexadecimal: hex))
    #expect(
      try ValueType.party.parse("commitment:\(hex)")
        == .committed(Commitment(digest: digest)))
    let code = "91350100M000100Y43"
    let entity = try LegalEntity(code)
    #expect(try ValueType.party.parse("USCC:\(code.lowercased())") == .disclosed(entity))
  }

  @Test(
    "refuses a party without a scheme and a sole trader in the clear",
    arguments: ["91350100M000100Y43", "name:Li", "commitment:ab", "uscc:1"])
  func wrongParty(_ text: String) {
    #expect(throws: InvalidValue.self) { try ValueType.party.parse(text) }
  }

  @Test("takes the SHA-256 of a document's file")
  func document() throws {
    let directory = try TemporaryDirectory()
    try LocalFile.write(Array("abc".utf8), to: directory["contract.pdf"], .owner, .kept)
    let document = try ValueType.document.parse(directory["contract.pdf"]).document()
    #expect(document == .disclosed(DocumentHash(SHA256.hash(Array("abc".utf8)))))
  }

  @Test(
    "reads and writes percentages",
    arguments: [("70%", 7000, "70%"), ("66.67 %", 6667, "66.67%"), ("2.5%", 250, "2.5%")])
  func percent(_ text: String, _ points: UInt32, _ written: String) throws {
    let value = try ValueType.percent.parse(text)
    #expect(value.rawValue == points)
    #expect(value.percentText == written)
  }

  @Test(
    "refuses what is no percentage",
    arguments: ["70", "%", "1.234%", "1.%", ".5%", "100000%", "-1%"])
  func wrongPercent(_ text: String) {
    #expect(throws: InvalidValue.self) { try ValueType.percent.parse(text) }
  }

  @Test("takes 'unstated' for the plain statement that nothing is known")
  func stated() throws {
    let type = ValueType<Stated<Region>>.stated(.region)
    #expect(try type.parse("unstated") == .unstated)
    #expect(try type.parse("cn-bj").value?.text == "CN-BJ")
  }

  @Test("reads a key with and without its member")
  func key() throws {
    #expect(
      try ValueType.key.parse("bank-a=keys/a.pem")
        == KeyArgument(member: MemberID("bank-a"), path: "keys/a.pem"))
    #expect(
      try ValueType.key.parse("./a=b.pem") == KeyArgument(member: nil, path: "./a=b.pem"))
  }
}
