import CBOR
import Consensus
import Cryptography
import Ledger
import Node
import SimulatedMachine
import TestSupport
import Testing
import Transport

@Suite("A message between nodes")
struct PeerMessageTests {
  static let epoch = Epoch.genesis.next
  static let hash = BlockHash(SHA256.hash([7]))
  static let validators = ConsensusFixture.validators([0, 1, 2, 3], epoch: epoch)
  static let block = BlockReference(parentView: .genesis, hash: hash)
  static let vote = ConsensusFixture.vote(
    Ballot(epoch: epoch, view: View(3), subject: .notarize(block)), signer: ValidatorIndex(2))
  static let certificate = ConsensusFixture.certificate(
    Ballot(epoch: epoch, view: View(2), subject: .nullify), signers: 3)
  static let tags = (1...3).map { TransactionTag(high: $0 << 56 | 5, low: $0) } as [TransactionTag]
  static let member = ConsensusFixture.member(1)

  static func header(transactionCount: UInt64) -> BlockHeader {
    BlockHeader(
      network: ConsensusFixture.network, epoch: epoch, view: View(3), parentView: .genesis,
      height: Height(1), time: ConsensusFixture.timestamp(ConsensusFixture.genesisMilliseconds),
      proposer: member, parent: hash, transactionsRoot: .zero, outcomesRoot: .zero,
      transactionCount: transactionCount, operationCount: transactionCount, stateRoot: .zero,
      historyRoot: .zero, nextValidators: nil)
  }

  static func status(
    neighbours: [MemberID] = [member, ConsensusFixture.member(2)],
    echo: PeerStatus.Echo? = PeerStatus.Echo(sentAt: 7, heldMicroseconds: 8)
  ) -> PeerMessage {
    .status(
      PeerStatus(
        consensus: Status(
          epoch: epoch, view: View(9), finalizedView: View(8), finalizedHeight: Height(5)),
        head: hash, role: .observer, neighbours: neighbours,
        clock: ConsensusFixture.timestamp(ConsensusFixture.genesisMilliseconds), sentAt: .max,
        echo: echo))
  }

  static func report(neighbours: [MemberID] = [member]) -> TopologyReport {
    TopologyReport(
      content: TopologyContent(
        member: member, time: ConsensusFixture.timestamp(ConsensusFixture.genesisMilliseconds),
        neighbours: neighbours), signature: [UInt8](repeating: 6, count: 64))
  }

  /// One of each kind, and of each variant.
  static let samples: [(message: PeerMessage, channel: Channel)] = [
    (
      .proposal(
        CompactProposal(
          proposal: Proposal(
            header: header(transactionCount: 2), leaderVote: vote, justification: [certificate]),
          leaves: [SHA256.hash([1]), SHA256.hash([2])],
          outcomes: [
            .accepted,
            .refused(Refusal(code: .pledgeAlreadyActive, operationIndex: 3)),
          ])), .control
    ),
    (.vote(vote), .control), (.certificate(certificate), .control), (status(), .control),
    (status(neighbours: [], echo: nil), .control),
    (
      .certificatesWanted(CertificateRequest(epoch: epoch, views: View(1)...View(64))), .control
    ),
    (.bodyWanted(hash, [SHA256.hash([1])]), .control),
    (.blockWanted(hash, above: Height(1 << 40)), .control),
    (.rangeWanted(from: Height(77)), .control),
    (.transactions([[1, 2, 3], [], [4]]), .bulk), (.announcement(tags), .bulk),
    (.announcement([]), .bulk), (.transactionsWanted(tags), .bulk),
    (.block([UInt8](repeating: 9, count: 300)), .bulk),
    (.range(BlockRange(first: Height(4), blocks: [[1], [2, 2]], certificate: [3])), .bulk),
    (.mempoolDigest(MempoolDigest(tags)), .bulk), (.mempoolDigest(MempoolDigest()), .bulk),
    (.mempoolTags(complete: BucketSet([0, 63, 64, 255]), tags), .bulk), (.prune, .bulk),
    (.topology([report(), report(neighbours: [])]), .bulk),
    (.recovery([UInt8](repeating: 7, count: 30)), .bulk),
  ]

  static func decode(_ bytes: [UInt8], _ channel: Channel) throws(LedgerError) -> PeerMessage {
    try PeerMessage(bytes, on: channel)
  }

  static func other(than channel: Channel) -> Channel { channel == .control ? .bulk : .control }

  @Test("comes back as it was sent", arguments: samples.indices)
  func roundTrips(_ index: Int) throws {
    let (message, channel) = Self.samples[index]
    #expect(message.channel == channel)
    #expect(try Self.decode(message.encoded, channel) == message)
  }

  @Test("has the bytes that the format says")
  func matchesVector() {
    let all = Self.samples.flatMap(\.message.encoded)
    #expect(
      SHA256.hash(all).description
        == "4fa514ba13ac0780b74d5d68470307b78215c643a1bb8436fb087664736222c8")
    #expect(Hexadecimal.encode(PeerMessage.prune.encoded) == "82181af6")
    #expect(
      Hexadecimal.encode(PeerMessage.announcement([Self.tags[0]]).encoded)
        == "82118150" + "0100000000000005" + "0000000000000001")
    #expect(
      Hexadecimal.encode(PeerMessage.rangeWanted(from: Height(77)).encoded) == "8208184d")
  }

  @Test("is refused on the other connection", arguments: samples.indices)
  func refusesOtherChannel(_ index: Int) {
    let (message, channel) = Self.samples[index]
    #expect(throws: LedgerError.malformed(.invalidValue(offset: 1))) {
      try Self.decode(message.encoded, Self.other(than: channel))
    }
  }

  @Test("is refused when cut short anywhere, and with a byte more", arguments: samples.indices)
  func refusesTruncation(_ index: Int) {
    let (message, channel) = Self.samples[index]
    let bytes = message.encoded
    for count in bytes.indices {
      #expect(throws: LedgerError.self) { try Self.decode(Array(bytes[..<count]), channel) }
    }
    #expect(throws: LedgerError.self) { try Self.decode(bytes + [0], channel) }
  }

  @Test("has one encoding: what is altered is refused, or is another message")
  func isCanonical() {
    var random = SimulatedRandom(seed: 1)
    for (message, channel) in Self.samples {
      let original = message.encoded
      for _ in 0..<400 {
        var bytes = original
        for _ in 0...random.below(2) {
          bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
        }
        guard let decoded = try? Self.decode(bytes, channel) else { continue }
        #expect(decoded.encoded == bytes)
      }
    }
  }

  @Test("is not read from random bytes", arguments: [Channel.control, .bulk])
  func refusesNoise(_ channel: Channel) {
    var random = SimulatedRandom(seed: 2)
    for _ in 0..<20_000 {
      var bytes = (0..<random.below(64)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      if bytes.count > 1, random.chance(percent: 80) {
        (bytes[0], bytes[1]) = (0x82, UInt8(random.below(24)))
      }
      if let decoded = try? Self.decode(bytes, channel) { #expect(decoded.encoded == bytes) }
    }
  }

  @Test(
    "of an unknown kind is refused",
    arguments: [0, 9, 15, 21, 22, 23, 29, 255, 65_536, UInt64.max])
  func refusesUnknownKind(_ kind: UInt64) {
    var encoder = CBOREncoder()
    encoder.array(2)
    encoder.unsigned(kind)
    encoder.null()
    for channel in [Channel.control, .bulk] {
      #expect(throws: LedgerError.malformed(.invalidValue(offset: 1))) {
        try Self.decode(encoder.bytes, channel)
      }
    }
  }

  /// Frames that are well-formed but for one thing.
  static let beyondLimits: [(name: String, channel: Channel, bytes: [UInt8])] = [
    (
      "more neighbours than a status may name", .control,
      status(neighbours: (0...PeerLimits.neighbourLimit).map(ConsensusFixture.member)).encoded
    ),
    (
      "more tags than an announcement may have", .bulk,
      PeerMessage.announcement(Array(repeating: tags[0], count: 513)).encoded
    ),
    (
      "more tags than may be asked for", .bulk,
      PeerMessage.transactionsWanted(Array(repeating: tags[0], count: 513)).encoded
    ),
    (
      "more tags than an answer to a digest may have", .bulk,
      PeerMessage.mempoolTags(complete: BucketSet(), Array(repeating: tags[0], count: 513)).encoded
    ),
    (
      "more leaves than a block has transactions", .control,
      PeerMessage.bodyWanted(hash, Array(repeating: .zero, count: Block.transactionLimit + 1))
        .encoded
    ),
    (
      "more transactions than a message may have", .bulk,
      PeerMessage.transactions(Array(repeating: [], count: PeerLimits.transactionLimit + 1)).encoded
    ),
    (
      "a transaction beyond the limit", .bulk,
      PeerMessage.transactions([Array(repeating: 0, count: Transaction.byteLimit + 1)]).encoded
    ),
    (
      "a block beyond the limit", .bulk,
      PeerMessage.block(Array(repeating: 0, count: Block.byteLimit + 1)).encoded
    ),
    (
      "more blocks than a range may have", .bulk,
      PeerMessage.range(
        BlockRange(
          first: Height(1), blocks: Array(repeating: [], count: PeerLimits.rangeBlockLimit + 1),
          certificate: [])
      ).encoded
    ),
    (
      "more reports than a message may have", .bulk,
      PeerMessage.topology(
        Array(repeating: report(), count: GossipLimits.reportsPerMessage + 1)
      ).encoded
    ),
    (
      "certificates of too many views", .control,
      PeerMessage.certificatesWanted(
        CertificateRequest(epoch: epoch, views: View(1)...View(65))
      ).encoded
    ),
    (
      "another number of leaves than the header has", .control,
      PeerMessage.proposal(
        CompactProposal(
          proposal: Proposal(
            header: header(transactionCount: 2), leaderVote: vote, justification: []),
          leaves: [.zero], outcomes: [.accepted])
      ).encoded
    ),
    (
      "another number of outcomes than of leaves", .control,
      PeerMessage.proposal(
        CompactProposal(
          proposal: Proposal(
            header: header(transactionCount: 1), leaderVote: vote, justification: []),
          leaves: [.zero], outcomes: [])
      ).encoded
    ),
    (
      "too long a justification", .control,
      PeerMessage.proposal(
        CompactProposal(
          proposal: Proposal(
            header: header(transactionCount: 0), leaderVote: vote,
            justification: Array(
              repeating: certificate, count: ConsensusLimits.justificationCount + 1)),
          leaves: [], outcomes: [])
      ).encoded
    ),
  ]

  @Test("beyond a limit is refused", arguments: beyondLimits.indices)
  func refusesBeyondLimits(_ index: Int) {
    let (name, channel, bytes) = Self.beyondLimits[index]
    #expect(throws: LedgerError.self, "\(name)") { try Self.decode(bytes, channel) }
  }

  /// `[kind, items]` with the items as a closure writes them.
  static func frame(_ kind: UInt64, _ content: (inout CBOREncoder) -> Void) -> [UInt8] {
    var encoder = CBOREncoder()
    encoder.array(2)
    encoder.unsigned(kind)
    content(&encoder)
    return encoder.bytes
  }

  @Test(
    "with a height, view or epoch beyond the formats' is refused",
    arguments: [UInt64.max, 1 << 63])
  func refusesAbsurdNumbers(_ number: UInt64) {
    let frames: [[UInt8]] = [
      Self.frame(8) { $0.unsigned(number) },
      Self.frame(7) {
        $0.array(2)
        $0.digest(.zero)
        $0.unsigned(number)
      },
      Self.frame(5) {
        $0.array(3)
        $0.unsigned(number)
        $0.unsigned(1)
        $0.unsigned(2)
      },
      Self.frame(5) {
        $0.array(3)
        $0.unsigned(1)
        $0.unsigned(number)
        $0.unsigned(number)
      },
      Self.frame(5) {
        $0.array(3)
        $0.unsigned(1)
        $0.unsigned(5)
        $0.unsigned(number)
      },
      Self.frame(2) {
        $0.array(7)
        $0.unsigned(2)
        $0.unsigned(1)
        $0.unsigned(number)
        $0.null()
        $0.null()
        $0.unsigned(0)
        $0.byteString([UInt8](repeating: 0, count: 64))
      },
      Self.frame(4) {
        $0.array(10)
        $0.unsigned(1)
        $0.unsigned(number)
        for _ in 0..<8 { $0.unsigned(1) }
      },
    ]
    for bytes in frames {
      #expect(throws: LedgerError.self) { try Self.decode(bytes, .control) }
    }
  }

  @Test("with the greatest numbers of the formats is read")
  func takesTheGreatestNumbers() throws {
    let last = UInt64(1) << 63 - 1
    let request = CertificateRequest(epoch: Epoch(last), views: View(last)...View(last))
    let messages: [PeerMessage] = [
      .rangeWanted(from: Height(last)), .blockWanted(Self.hash, above: Height(last)),
      .certificatesWanted(request),
    ]
    for message in messages {
      #expect(try Self.decode(message.encoded, .control) == message)
    }
  }

  @Test("with tags, buckets or signatures of other sizes is refused")
  func refusesOtherSizes() {
    for count in [0, 15, 17] {
      let frame = Self.frame(17) {
        $0.array(1)
        $0.byteString([UInt8](repeating: 1, count: count))
      }
      #expect(throws: LedgerError.self) { try Self.decode(frame, .bulk) }
    }
    for count in [0, 31, 33] {
      let frame = Self.frame(25) {
        $0.array(2)
        $0.byteString([UInt8](repeating: 1, count: count))
        $0.array(0)
      }
      #expect(throws: LedgerError.self) { try Self.decode(frame, .bulk) }
    }
    // A digest with a value for no bucket, without one for a bucket, and with an empty one.
    let filled = [UInt8](repeating: 0, count: 31) + [1]
    for values in [[], [1, 2], [0]] as [[UInt8]] {
      let frame = Self.frame(24) {
        $0.array(2)
        $0.byteString(filled)
        $0.array(values.count)
        for value in values { $0.byteString([UInt8](repeating: value, count: 16)) }
      }
      #expect(throws: LedgerError.self) { try Self.decode(frame, .bulk) }
    }
    // Neighbours out of order, and twice the same.
    for neighbours in [[2, 1], [1, 1]] {
      let frame = Self.frame(27) {
        $0.array(1)
        $0.array(4)
        $0.memberID(Self.member)
        $0.unsigned(1)
        $0.array(2)
        for index in neighbours { $0.memberID(ConsensusFixture.member(index)) }
        $0.byteString([UInt8](repeating: 0, count: 64))
      }
      #expect(throws: LedgerError.self) { try Self.decode(frame, .bulk) }
    }
  }
}
