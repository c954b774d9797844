import Cryptography
import Glibc
import Ledger
import Storage
import TestSupport
import Testing

@testable import Node

/// `scripts/verify-chain` was written from docs/formats alone: what it finds sound is as documented.
@Suite(
  "The independent verifier",
  .enabled(if: VerifyChain.isUsable, "python3 lacks 'cryptography'"))
struct ChainIndependentTests {
  /// A chain with every change of the network, accepted and refused, and business in between.
  private func chain() throws -> ChainDriver {
    let driver = try ChainDriver(
      seed: 71, network: ChainNetwork(governorCount: 3, threshold: 2), signing: .real)
    let (operatorID, bank) = (ContractNetwork.operatorA.id, ContractNetwork.bankA.id)
    let appraiser = ContractNetwork.appraiser.id
    let network = driver.network
    let newcomer = ChainNetwork.newcomer(
      "bank-new", entities: ["911100001000054748"], keys: [1, 2])
    var policy = ContractNetwork.policy
    policy.refusalsPerHour = 90
    func kid(_ member: MemberID, _ purpose: KeyPurpose) -> Digest {
      ChainNetwork.key(of: member, purpose).publicKey.keyID
    }
    func validators(_ members: [MemberID], _ consensus: [MemberID: Int] = [:]) -> GovernanceAction {
      .setValidators(
        network.validatorChange(
          to: members, in: driver.chain.head.nextEpoch.next, consensus: consensus))
    }
    let steps: [() -> [GovernanceAction]] = [
      {
        [
          .admitMember(newcomer), .setNode(network.node(of: newcomer.id, addresses: ["new:1"])),
          .setPolicy(.init(policy: policy, height: Height(7))),
        ]
      },
      { [validators([appraiser, newcomer.id])] },
      { [validators([appraiser, newcomer.id, bank])] },
      { [.setNode(network.node(of: bank)), validators([appraiser, bank, newcomer.id])] },
      {
        [
          .addKey(appraiser, .member, network.provenKey(of: appraiser, .member, number: 2)),
          .addKey(appraiser, .transport, network.provenKey(of: appraiser, .transport, number: 2)),
          .addKey(
            ContractNetwork.court.id, .governor,
            network.provenKey(of: ContractNetwork.court.id, .governor)),
          .addKey(bank, .governor, network.provenKey(of: bank, .governor, number: 2)),
        ]
      },
      { [.retireKey(appraiser, .transport, keyID: kid(appraiser, .transport))] },
      { [.setNode(network.node(of: newcomer.id, consensus: 2, transport: 2)), .advanceEpoch] },
      { [validators([appraiser, bank, newcomer.id], [newcomer.id: 2])] },
      { [.setStanding(ContractNetwork.bankB.id, .suspended), .setThreshold(3)] },
      { [.retireKey(operatorID, .governor, keyID: kid(operatorID, .governor))] },
      { [.setPolicy(.init(policy: policy, height: Height(3)))] },
    ]
    for step in steps {
      _ = try driver.grow(by: [try driver.changes(step(), signers: [bank, operatorID])])
      try driver.grow()
    }
    let signers = [bank, operatorID, ContractNetwork.registry.id]
    let last = try driver.changes([.advanceEpoch], signers: signers)
    let built = try driver.chain.build(
      driver.proposal(
        on: driver.chain.head, at: driver.time, view: View(driver.view.rawValue + 1)),
      from: [last])
    try driver.commit(built.block, repeatedIn: View(driver.view.rawValue + 5))
    try driver.grow()
    return driver
  }

  @Test("finds a chain sound whose members, keys, nodes, validators and policy changed")
  func sound() throws {
    let driver = try chain()
    let refused = driver.blocks.flatMap(\.outcomes).compactMap { outcome -> RefusalCode? in
      guard case .refused(let refusal) = outcome, refusal.code.rawValue >= 170 else { return nil }
      return refusal.code
    }
    #expect(refused == [.nodeUnknown, .quorumMissing, .quorumMissing])
    #expect(try driver.chain.validators.epoch == Epoch(6))
    let verdict = try VerifyChain.run(driver)
    #expect(verdict.status == 0, "\(verdict.output)")
    #expect(verdict.output.contains(driver.chain.head.hash.description))
    #expect(verdict.output.contains(driver.chain.head.header.stateRoot.description))
  }

  @Test("follows a recovery record only when it is told to, and names it in any case")
  func recovered() throws {
    let network = RecoveryRecordTests.network
    let members = RecoveryRecordTests.members
    let driver = try ChainDriver(seed: 72, network: network, signing: .real)
    let second = network.provenKey(of: members[1], .transport, number: 2)
    _ = try driver.grow(
      by: [
        try driver.changes(
          [.addKey(members[1], .transport, second)],
          signers: Array(RecoveryRecordTests.governors.prefix(2)))
      ])
    try driver.growLogged(2)
    let record = network.recovery(
      behind: driver.chain.head.header, epoch: Epoch(3), to: Array(members.prefix(2)),
      nodes: [network.node(of: members[1], consensus: 2, transport: 3, addresses: ["a:1"])],
      signedBy: Array(RecoveryRecordTests.governors.prefix(2)))
    #expect(try driver.accept(record) == .begun)
    try driver.growLogged(3)
    // The oldest of three keys made room.
    let keys = [3, 2].map { ChainNetwork.key(of: members[1], .transport, number: $0).publicKey }
    let node = try driver.chain.nodes.first { $0.member == members[1] }
    #expect(node?.transportKeys == keys)
    let name = record.hash.description
    let without = try VerifyChain.run(driver)
    #expect(without.status == 21, "\(without.output)")
    #expect(without.output.contains("block 4"))
    #expect(without.output.contains("recovery record \(name), which was not accepted"))
    let with = try VerifyChain.run(driver, ["--accept-recovery", name])
    #expect(with.status == 0, "\(with.output)")
    #expect(with.output.contains("recovery record \(name): accepted"))
    #expect(with.output.contains(driver.chain.head.header.stateRoot.description))
    let unknown = try VerifyChain.run(
      driver, ["--accept-recovery", String(repeating: "0", count: 64)])
    #expect(unknown.status == 21, "\(unknown.output)")
  }

  @Test("finds out that an earlier epoch's validators finalized a block")
  func earlierEpoch() throws {
    let driver = try chain()
    let verdict = try VerifyChain.run(driver) { block, certificate in
      guard block.header.height == Height(4) else { return certificate }
      return driver.network.finalization(of: block.header)
    }
    #expect(verdict.status == 20, "\(verdict.output)")
    #expect(verdict.output.contains("has 1 of 2"))
  }
}

private enum VerifyChain {
  static var isUsable: Bool { shell("python3 -c 'import cryptography'").status == 0 }

  /// Writes the chain into a data directory with segments of the documented size and runs the
  /// script on it.
  static func run(
    _ driver: ChainDriver, _ arguments: [String] = [],
    _ change: (Block, Certificate) -> Certificate = { $1 }
  ) throws -> (output: String, status: Int32) {
    var template = Array("/tmp/hypothec-verify-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    let path = String(cString: made)
    defer { _ = shell("rm -r '\(path)'") }
    let disk = try PosixDisk(root: path)
    let configuration = BlockLog.Configuration(network: driver.network.id.digest)
    let directory = try DataDirectory.create(on: disk, configuration)
    var log = try BlockLog.open(on: disk, configuration)
    for block in driver.blocks {
      let height = block.header.height
      let certificate = try #require(try driver.chain.certificate(covering: height)?.certificate)
      try log.append(
        [
          BlockLog.Entry(
            block: block.encoded, certificate: change(block, certificate).encoded)
        ], from: height)
    }
    for record in driver.chain.recoveries.all {
      try RecoveryFiles.keep(record.encoded, height: record.height.rawValue, on: disk)
    }
    let file = try disk.open(DiskPath("network.cbor"), .createEmpty)
    try file.write(driver.network.file.encoded, at: 0)
    _ = directory
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let script = "/\(root)/scripts/verify-chain"
    return shell(
      (["python3 '\(script)' '\(path)'"] + arguments).joined(separator: " "))
  }

  private static func shell(_ command: String) -> (output: String, status: Int32) {
    guard let pipe = popen("{ \(command)\n} 2>&1", "r") else { return ("", -1) }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 {
      output += buffer[..<count]
    }
    return (String(decoding: output, as: UTF8.self), pclose(pipe) >> 8)
  }
}
