import CBOR
import Cryptography
import Ledger
import Merkle
import Node
import TestSupport
import Testing

@Suite("A response")
struct NodeResponseTests {
  static let head = ChainHead(
    network: NetworkID(SHA256.hash([1])), height: Height(48_213),
    block: BlockHash(SHA256.hash([2])),
    time: TestNetwork.time, stateRoot: SHA256.hash([3]))
  static let place = TransactionPlace(height: Height(7), transactionIndex: 3)
  static let id = TransactionID(SHA256.hash([4]))
  static let refusal = Refusal(
    code: .pledgeAlreadyActive, operationIndex: 1,
    conflict: Conflict(id: "P-9c21", height: Height(45_877)))
  static let vin = TestNetwork.vin(1)

  static var answers: [NodeAnswer] {
    let status = NodeStatus(
      networkName: try! MemberID("demo-net"),
      running: RunningStatus(
        member: ContractNetwork.bankA.id, role: .observer, view: View(9), uptimeMilliseconds: 10,
        waitingTransactions: 3, waitsFor: "room on the disk", weakness: "without bank-a",
        peers: [
          PeerSummary(
            member: ContractNetwork.bankA.id, address: "127.0.0.1:1",
            reach: .linked(
              LinkSummary(
                sinceMilliseconds: 5, roundTripMicroseconds: nil,
                said: LinkSummary.Said(
                  role: .follower, height: Height(6), view: View(7), clockMilliseconds: -8)))),
          PeerSummary(
            member: ContractNetwork.bankB.id, address: "host:2", reach: .unreachable("closed")),
        ]),
      epoch: Epoch(1), validatorCount: 4, quorum: 3, vehicleCount: 1, transactionCount: 2,
      operationCount: 3,
      recovery: RecoverySummary(
        record: SHA256.hash([9]), height: Height(8), epoch: Epoch(3), time: TestNetwork.time))
    let entry = HistoryEntry(
      place: place, operationIndex: 2, transaction: id, operationHash: SHA256.hash([5]),
      outcome: .refused(refusal))
    let item = HistoryItem(
      number: 4, entry: entry, time: TestNetwork.time, signers: [ContractNetwork.bankA.id],
      operation: .register(vin))
    let final = FinalTransaction(
      place: place, time: TestNetwork.time, block: BlockHash(SHA256.hash([6])), outcome: .accepted,
      bytes: [1, 2])
    let listed = TransactionItem(
      id: id, place: place, time: TestNetwork.time, submitter: ContractNetwork.bankA.id,
      reference: "r", operationCount: 1_000, outcome: .refused(refusal))
    let proof = StateProof(siblings: [SHA256.hash([7]), nil], terminal: .empty)
    return [
      .status(status), .networkFile([1, 2, 3]),
      .entries([
        EntryAnswer(entry: nil, proof: nil), EntryAnswer(entry: nil, proof: proof),
        EntryAnswer(entry: .policy(PolicySchedule(current: ContractNetwork.policy)), proof: proof),
      ]),
      .history([item, item]), .vehicles([vin, TestNetwork.vin(2)]),
      .pledges([PledgeItem(id: "p1", vin: vin)]), .transaction(.unknown), .transaction(.waiting),
      .transaction(.final(final)), .transactions([listed]),
      .blocks([BlockItem(block: [1], certificate: [2, 3])]), .check([nil, refusal]),
      .submitted(.final(id, place, TestNetwork.time, .accepted)),
      .submitted(.turnedAway(.referenceReused)), .submitted(.malformed("no")),
      .failed(.badRequest("a")), .failed(.unavailable("b")), .failed(.damaged("c")),
    ]
  }

  static func body(_ answer: NodeAnswer) -> [UInt8] {
    NumberedResponse.encode(RequestNumber(7), NodeResponse(head: head, answer: answer))
  }

  @Test("is read back as it was written", arguments: answers.indices)
  func readsBack(_ index: Int) throws {
    let bytes = Self.body(Self.answers[index])
    let read = try NumberedResponse(bytes)
    #expect(read.number == RequestNumber(7))
    #expect(read.response.head == Self.head)
    #expect(NumberedResponse.encode(read.number, read.response) == bytes)
  }

  /// One hash pins every answer's bytes: a change is a change of the protocol.
  @Test("has the bytes that the protocol says")
  func matchesVectors() {
    let head =
      "58204bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a" + "19bc55"
      + "5820dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986"
      + "1b000001a0c4506c00"
      + "5820084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5"
    #expect(
      Hexadecimal.encode(Self.body(.submitted(.turnedAway(.referenceReused))))
        == "82" + "07" + "82" + "85" + head + "820a82011828")
    let all = Self.answers.flatMap { Self.body($0) }
    #expect(
      SHA256.hash(all).description
        == "f87a2f0dbf1b52d909fba97b4e6a02ca274203b5c32b0a3a0df77c6ce5f5f209")
  }

  @Test("is refused wherever it is cut off, and never harms when a byte is changed")
  func survivesDamage() {
    for answer in Self.answers {
      let bytes = Self.body(answer)
      for count in 0..<bytes.count {
        #expect(throws: LedgerError.self) { try NumberedResponse(Array(bytes[..<count])) }
      }
      for index in bytes.indices {
        var mutated = bytes
        mutated[index] ^= 0x81
        guard let read = try? NumberedResponse(mutated) else { continue }
        #expect(NumberedResponse.encode(read.number, read.response) == mutated)
      }
    }
  }

  @Test("says so when it is too long for a frame")
  func limitsLength() throws {
    let block = BlockItem(block: [UInt8](repeating: 0, count: 3 << 20), certificate: [])
    let body = Self.body(.blocks(Array(repeating: block, count: 6)))
    #expect(body.count < 1_000)
    guard case .failed(.badRequest) = try NumberedResponse(body).response.answer else {
      Issue.record("not refused")
      return
    }
  }
}

@Suite("A greeting")
struct GreetingTests {
  @Test("has the bytes that the protocol says")
  func matchesVector() throws {
    let greeting = Greeting(network: nil)
    #expect(Hexadecimal.encode(greeting.encoded) == "846d6879706f74686563206e6f646501f6f6")
    #expect(try Greeting(greeting.encoded) == greeting)
    let full = Greeting(network: NetworkID(SHA256.hash([1])), refusal: "no")
    #expect(try Greeting(full.encoded) == full)
  }

  @Test("names the version of a newer node, whatever follows it")
  func readsNewerVersion() {
    let bytes = Hexadecimal.decode("856d6879706f74686563206e6f646502f6f6f6")!
    #expect(throws: ProtocolError.otherVersion(2)) { try Greeting(bytes) }
    #expect(throws: ProtocolError.notAGreeting) { try Greeting([0x80]) }
  }
}
