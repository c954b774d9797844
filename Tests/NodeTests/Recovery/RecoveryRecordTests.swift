import CBOR
import Cryptography
import Ledger
import TestSupport
import Testing

@Suite("A recovery record")
struct RecoveryRecordTests {
  static let network = ChainNetwork(validatorCount: 4, governorCount: 3, threshold: 2)
  static let members = network.genesis.validators.validators.map(\.member)
  static let governors = Array(ChainNetwork.governors.prefix(3))

  static func record(signedBy governors: [MemberID] = Array(governors.prefix(2))) -> RecoveryRecord
  {
    network.recovery(
      behind: network.genesis.header, epoch: Epoch(2), to: Array(members.prefix(2)),
      nodes: [network.node(of: members[1], consensus: 2, transport: 2, addresses: ["host:7100"])],
      signedBy: governors)
  }

  static func governance(_ governors: [MemberID] = governors, threshold: Int = 2) -> GovernanceState
  {
    GovernanceState(
      governors: governors.map {
        Governor(member: $0, key: ChainNetwork.key(of: $0, .governor).publicKey)
      }, threshold: threshold, nextSequence: 1)
  }

  @Test("comes back as it was written, signed or not")
  func roundTrips() throws {
    for count in 0...3 {
      let record = Self.record(signedBy: Array(Self.governors.prefix(count)))
      #expect(record.signatures.count == count)
      #expect(try RecoveryRecord(record.encoded) == record)
      #expect(record.hash == Self.record(signedBy: []).hash, "whoever signed it")
    }
  }

  @Test("is refused when cut short anywhere, with a byte more, and as garbage")
  func truncated() {
    let bytes = Self.record().encoded
    for count in bytes.indices {
      #expect(throws: LedgerError.self) { try RecoveryRecord(Array(bytes[..<count])) }
    }
    #expect(throws: LedgerError.self) { try RecoveryRecord(bytes + [0]) }
    #expect(throws: LedgerError.malformed(.limitExceeded(offset: 0))) {
      try RecoveryRecord([UInt8](repeating: 0, count: RecoveryRecord.byteLimit + 1))
    }
    var random = SplitMix64(seed: 5)
    for _ in 0..<2_000 {
      var changed = bytes
      changed[Int.random(in: changed.indices, using: &random)] ^= UInt8.random(
        in: 1...255, using: &random)
      // It decodes to something else or not at all, and never traps.
      if let other = try? RecoveryRecord(changed) { #expect(other.encoded == changed) }
    }
  }

  @Test(
    "is refused in another version, with nodes that are no validators', and with signatures twice")
  func malformed() throws {
    let bytes = Self.record(signedBy: []).encoded
    var version = bytes
    version[1] = 2
    #expect(throws: LedgerError.malformed(.invalidValue(offset: 1))) {
      try RecoveryRecord(version)
    }
    let set = try #require(
      ValidatorSet(
        epoch: Epoch(2),
        validators: [
          Validator(
            member: Self.members[0],
            consensusKey: ChainNetwork.key(of: Self.members[0], .consensus).publicKey)
        ]))
    let stranger = Self.network.node(of: Self.members[1])
    #expect(
      RecoveryRecord(
        network: Self.network.id, height: Height(1), block: Self.network.genesis.hash,
        time: ChainNetwork.genesisTime, validators: set, nodes: [stranger]) == nil)
    let own = Self.network.node(of: Self.members[0])
    #expect(
      RecoveryRecord(
        network: Self.network.id, height: Height(1), block: Self.network.genesis.hash,
        time: ChainNetwork.genesisTime, validators: set, nodes: [own, own]) == nil)
    // Two signatures of one key: the last array of one, and again.
    let signed = Self.record(signedBy: [Self.governors[0]]).encoded
    let signature = Array(signed.suffix(1 + 34 + 66))
    let twice = signed.dropLast(signature.count + 1) + [0x82] + signature + signature
    #expect(throws: LedgerError.self) { try RecoveryRecord(Array(twice)) }
  }

  @Test("needs the threshold of different governors, all signatures right, and nobody else's")
  func signatures() throws {
    let governors = Self.governors
    #expect(Self.record().signatureFault(Self.governance()) == nil)
    #expect(Self.record(signedBy: governors).signatureFault(Self.governance()) == nil)
    #expect(
      Self.record(signedBy: [governors[0]]).signatureFault(Self.governance())
        == .tooFewGovernors(signed: 1, threshold: 2))
    #expect(
      Self.record(signedBy: []).signatureFault(Self.governance())
        == .tooFewGovernors(signed: 0, threshold: 2))
    let outsider = ChainNetwork.key(of: governors[2], .governor).publicKey.keyID
    #expect(
      Self.record(signedBy: governors).signatureFault(Self.governance(Array(governors.prefix(2))))
        == .notAGovernor(key: outsider))
    // A governor's two keys are one governor.
    var two = Self.record(signedBy: [governors[1]])
    let second = ChainNetwork.key(of: governors[1], .governor, number: 2)
    try two.sign(with: second)
    var governance = Self.governance()
    governance.add(Governor(member: governors[1], key: second.publicKey))
    #expect(two.signatures.count == 2)
    #expect(two.signatureFault(governance) == .tooFewGovernors(signed: 1, threshold: 2))
    var spoiled = Self.record()
    let last = try #require(spoiled.signatures.last)
    var bytes = last.signature
    bytes[40] ^= 1
    spoiled.add(RecoverySignature(keyID: last.keyID, signature: bytes))
    let holder = try #require(
      governors.first { ChainNetwork.key(of: $0, .governor).publicKey.keyID == last.keyID })
    #expect(spoiled.signatureFault(Self.governance()) == .signature(holder))
  }
}
