import CollateralContract
import Cryptography
import Ledger
import TestSupport
import Testing

@Suite("A change of keys")
struct KeyChangeTests {
  typealias Net = GovernedLedger

  private func kid(_ member: MemberID, _ purpose: KeyPurpose, _ number: Int = 1) -> Digest {
    ChainNetwork.key(of: member, purpose, number: number).publicKey.keyID
  }

  @Test("gives a member a further key, and retires the old one")
  func member() throws {
    var ledger = GovernedLedger()
    let key = ledger.network.provenKey(of: Net.bankB, .member, number: 2)
    #expect(try ledger.code(.addKey(Net.bankB, .member, key)) == nil)
    let keys = try ledger.state.signingKeys(of: Net.bankB, for: .members)
    #expect(
      keys?.map(\.keyID)
        == [kid(Net.bankB, .member), kid(Net.bankB, .member, 2)].sorted(), "sorted by kid")
    #expect(
      try ledger.code(.retireKey(Net.bankB, .member, keyID: kid(Net.bankB, .member))) == nil)
    #expect(
      try ledger.state.signingKeys(of: Net.bankB, for: .members)?.map(\.keyID) == [
        kid(Net.bankB, .member, 2)
      ])
  }

  @Test("retires no last key, and none that the member does not have")
  func lastKey() throws {
    var ledger = GovernedLedger(validatorCount: 1)
    let appraiser = ContractNetwork.appraiser.id
    for (purpose, key) in [
      (RotatingPurpose.member, KeyPurpose.member), (.transport, .transport),
    ] {
      #expect(
        try ledger.code(.retireKey(appraiser, purpose, keyID: kid(appraiser, key))) == .lastKey)
      #expect(
        try ledger.code(.retireKey(appraiser, purpose, keyID: kid(Net.bankB, .member)))
          == .keyNotHeld)
    }
    #expect(
      try ledger.code(.retireKey(Net.operatorID, .governor, keyID: kid(Net.bankA, .governor)))
        == .keyNotHeld)
    let nobody = try MemberID("nobody")
    #expect(
      try ledger.code(.retireKey(nobody, .member, keyID: .zero)) == .memberNotAdmitted)
    #expect(
      try ledger.code(.addKey(nobody, .member, ledger.network.provenKey(of: nobody, .member)))
        == .memberNotAdmitted)
  }

  @Test("takes no key twice, not even one that was retired", arguments: RotatingPurpose.allCases)
  func usedOnce(_ purpose: RotatingPurpose) throws {
    var ledger = GovernedLedger()
    let holder = ContractNetwork.appraiser.id
    let new = ledger.network.provenKey(of: holder, .member, number: 2)
    try ledger.accept(.addKey(holder, .member, new))
    try ledger.accept(.retireKey(holder, .member, keyID: new.key.keyID))
    func proven(_ key: SigningKey) -> ProvenKey {
      let message = KeyPossession.toBeSigned(
        network: ledger.network.id, member: holder, purpose: purpose.purpose, key: key.publicKey)
      return ProvenKey(key: key.publicKey, proof: try! key.sign(message))
    }
    let used = [
      ChainNetwork.key(of: holder, .member, number: 2), ChainNetwork.key(of: Net.bankB, .member),
      ChainNetwork.key(of: Net.operatorID, .governor), ChainNetwork.key(of: holder, .consensus),
      ChainNetwork.key(of: holder, .transport),
    ]
    for key in used {
      #expect(try ledger.code(.addKey(holder, purpose, proven(key))) == .keyInUse)
    }
  }

  @Test("asks for the key's own proof, for this network, member and purpose")
  func proof() throws {
    var ledger = GovernedLedger()
    let key = ChainNetwork.key(of: Net.bankB, .member, number: 2)
    func signed(
      _ network: NetworkID, _ member: MemberID, _ purpose: KeyPurpose,
      by signer: SigningKey? = nil
    ) -> ProvenKey {
      let message = KeyPossession.toBeSigned(
        network: network, member: member, purpose: purpose, key: key.publicKey)
      return ProvenKey(key: key.publicKey, proof: try! (signer ?? key).sign(message))
    }
    let id = ledger.network.id
    let genesisForm = KeyPossession.toBeSigned(
      network: ledger.network.file.name, genesisTime: ChainNetwork.genesisTime,
      member: Net.bankB, purpose: .member, key: key.publicKey)
    let wrong = [
      signed(ContractNetwork.id, Net.bankB, .member), signed(id, Net.bankA, .member),
      signed(id, Net.bankB, .governor),
      signed(id, Net.bankB, .member, by: ChainNetwork.key(of: Net.bankB, .member)),
      ProvenKey(key: key.publicKey, proof: [UInt8](repeating: 0, count: 64)),
      ProvenKey(key: key.publicKey, proof: try key.sign(genesisForm)),
    ]
    for proven in wrong {
      #expect(try ledger.code(.addKey(Net.bankB, .member, proven)) == .keyProofInvalid)
    }
    #expect(
      try ledger.code(.addKey(Net.bankB, .member, signed(id, Net.bankB, .member))) == nil)
  }

  @Test("stops at the limit of each purpose")
  func limits() throws {
    var ledger = GovernedLedger()
    let appraiser = ContractNetwork.appraiser.id
    func add(_ member: MemberID, _ purpose: RotatingPurpose, _ number: Int) throws -> RefusalCode? {
      let key = ledger.network.provenKey(of: member, purpose.purpose, number: number)
      return try ledger.code(.addKey(member, purpose, key))
    }
    for number in 2...8 { #expect(try add(appraiser, .member, number) == nil) }
    #expect(try add(appraiser, .member, 9) == .keyLimitReached)
    #expect(try add(appraiser, .transport, 2) == nil)
    #expect(try add(appraiser, .transport, 3) == .keyLimitReached)
    #expect(try add(Net.operatorID, .governor, 2) == nil)
    #expect(try add(Net.operatorID, .governor, 3) == .keyLimitReached)
    #expect(try add(Net.bankB, .transport, 1) == .nodeUnknown)
    #expect(
      try ledger.code(.retireKey(Net.bankB, .transport, keyID: .zero)) == .nodeUnknown)
  }

  @Test("puts a new transport key before the one it replaces, until that is retired")
  func transport() throws {
    var ledger = GovernedLedger()
    let appraiser = ContractNetwork.appraiser.id
    try ledger.accept(
      .addKey(appraiser, .transport, ledger.network.provenKey(of: appraiser, .transport, number: 2))
    )
    #expect(
      try ledger.state.node(of: appraiser)?.transportKeys.map(\.keyID) == [
        kid(appraiser, .transport, 2), kid(appraiser, .transport),
      ])
    try ledger.accept(.retireKey(appraiser, .transport, keyID: kid(appraiser, .transport)))
    #expect(
      try ledger.state.node(of: appraiser)?.transportKeys.map(\.keyID) == [
        kid(appraiser, .transport, 2)
      ])
  }

  @Test("replaces a governor's key, by which the governor counts once")
  func governor() throws {
    var ledger = GovernedLedger()
    let key = ledger.network.provenKey(of: Net.operatorID, .governor, number: 2)
    #expect(
      try ledger.code(.addKey(Net.operatorID, .governor, key), signers: [Net.operatorID])
        == .quorumMissing)
    try ledger.accept(.addKey(Net.operatorID, .governor, key))
    #expect(
      try ledger.state.signingKeys(of: Net.operatorID, for: .governors)?.count == 2)
    #expect(try ledger.code(.advanceEpoch, signers: [Net.operatorID]) == .quorumMissing)
    try ledger.accept(
      .retireKey(Net.operatorID, .governor, keyID: kid(Net.operatorID, .governor)))
    #expect(
      try ledger.governance.keys(of: Net.operatorID).map(\.keyID) == [key.key.keyID])
  }

  @Test("makes a governor of a member, and ends the office with its last key, if enough are left")
  func governors() throws {
    var ledger = GovernedLedger()
    #expect(try ledger.state.signingKeys(of: Net.court, for: .governors) == [])
    try ledger.accept(
      .addKey(Net.court, .governor, ledger.network.provenKey(of: Net.court, .governor)))
    let members = [Net.bankA, Net.court, Net.operatorID, Net.registry]
    #expect(try ledger.governance.members == members)
    for member in [Net.registry, Net.court] {
      try ledger.accept(.retireKey(member, .governor, keyID: kid(member, .governor)))
    }
    #expect(
      try ledger.code(.retireKey(Net.bankA, .governor, keyID: kid(Net.bankA, .governor)))
        == .thresholdUnreachable)
    #expect(try ledger.governance.members == [Net.bankA, Net.operatorID])
  }
}
