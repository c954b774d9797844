import CBOR
import Cryptography
import Ledger
import Node
import TestSupport
import Testing

@Suite("A request")
struct NodeRequestTests {
  static let vin = TestNetwork.vin(1)
  static let id = TransactionID(SHA256.hash([1]))
  static let bank = ContractNetwork.bankA.id

  /// One of each kind and of each variant, with the hexadecimal of its encoding: changing one is a
  /// change of the protocol.
  static let vectors: [(NodeRequest, String)] = [
    (.status, "8100"),
    (.networkFile, "8101"),
    (
      .entries([.vehicle(vin), .policy], .proof),
      "83028282017157424131413130303030303030303030318105" + "01"
    ),
    (
      .entries(
        [
          .member(bank), .validators, .governance,
          .model(ModelReference(id: "m", version: "1")),
          .reference(submitter: bank, "r"), .entity(ContractNetwork.bankA.entities[0]),
        ], .none),
      "830286820266" + "62616e6b2d61" + "8103" + "8104" + "8306616d6131" + "8307"
        + "6662616e6b2d616172" + "820882017239313131303030303630303033373334314c" + "00"
    ),
    (.history(vin, from: 7), "830371574241314131303030303030303030303107"),
    (.search(.prefix("WBA"), limit: 20), "83048200635742411" + "4"),
    (.search(.similar("1"), limit: 1), "83048201613101"),
    (
      .pledges(.livePledges(of: bank), after: nil, limit: 1_000),
      "84058200" + "6662616e6b2d61f61903e8"
    ),
    (
      .pledges(.id("p1"), after: PledgeCursor(vin: vin), limit: 2),
      "8405820162703171574241314131303030303030303030303102"
    ),
    (.transaction(id), "82065820" + SHA256.hash([1]).description),
    (
      .transactions(
        TransactionFilter(submitter: nil, outcome: .any), before: nil, limit: 5),
      "8507f600f605"
    ),
    (
      .transactions(
        TransactionFilter(submitter: bank, outcome: .refusedOnly),
        before: TransactionPlace(height: Height(300), transactionIndex: 9), limit: 5),
      "85076662616e6b2d6101" + "8219012c0905"
    ),
    (.blocks(from: Height(1), waitMilliseconds: 25_000), "8308011961a8"),
    (.submit(transaction: [1, 2, 3]), "820a43010203"),
    (.drain, "810b"),
  ]

  static var check: NodeRequest {
    .check(signers: [bank], [.register(vin), .value(vin, "v1", asOf: TestNetwork.time)])
  }

  static func encode(_ request: NodeRequest) -> [UInt8] {
    var encoder = CBOREncoder()
    request.encode(into: &encoder)
    return encoder.bytes
  }

  static func decode(_ bytes: [UInt8]) throws(LedgerError) -> NodeRequest {
    var reader = LedgerReader(bytes)
    let request = try NodeRequest(from: &reader)
    try reader.finish()
    return request
  }

  @Test("has the bytes that the protocol says", arguments: vectors.indices)
  func matchesVector(_ index: Int) throws {
    let (request, hexadecimal) = Self.vectors[index]
    #expect(Hexadecimal.encode(Self.encode(request)) == hexadecimal)
    #expect(try Self.decode(Self.encode(request)) == request)
  }

  @Test("carries operations to be checked")
  func carriesOperations() throws {
    #expect(try Self.decode(Self.encode(Self.check)) == Self.check)
  }

  @Test("is refused wherever it is cut off")
  func refusesTruncated() throws {
    for request in Self.vectors.map(\.0) + [Self.check] {
      let bytes = Self.encode(request)
      for count in 0..<bytes.count {
        #expect(throws: LedgerError.self) { try Self.decode(Array(bytes[..<count])) }
      }
    }
  }

  @Test("is refused, or is another request with that one encoding, when a byte is changed")
  func survivesMutation() throws {
    for request in Self.vectors.map(\.0) + [Self.check] {
      let bytes = Self.encode(request)
      for index in bytes.indices {
        for mask: UInt8 in [0x01, 0x20, 0x80, 0xFF] {
          var mutated = bytes
          mutated[index] ^= mask
          guard let other = try? Self.decode(mutated) else { continue }
          #expect(Self.encode(other) == mutated)
        }
      }
    }
  }

  @Test("is refused beyond a limit", arguments: [0, 1_001])
  func refusesLimit(limit: Int) {
    let bytes = Self.encode(.search(.prefix("W"), limit: limit))
    #expect(throws: LedgerError.self) { try Self.decode(bytes) }
  }

  @Test("keeps its number when the question is malformed")
  func keepsNumber() throws {
    let numbered = try NumberedRequest([0x82, 0x18, 0x2A, 0x81, 0x18, 0xFF])
    #expect(numbered.number == RequestNumber(42))
    #expect(throws: LedgerError.self) { try numbered.request.get() }
    #expect(throws: LedgerError.self) { try NumberedRequest([0x81, 0x00]) }
  }
}
