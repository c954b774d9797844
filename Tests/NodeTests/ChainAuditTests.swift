import Cryptography
import Ledger
import SimulatedMachine
import Storage
import TestSupport
import Testing

@testable import Node

@Suite("An audit")
struct ChainAuditTests {
  private func audit(
    _ driver: ChainDriver, disk: SimulatedDisk? = nil, index: MemoryStateStore? = nil
  ) throws -> AuditReport {
    try ChainAudit(
      driver.network.genesis, on: disk ?? driver.disk.copy(),
      ChainDriver.configuration(driver.network), scratch: MemoryStateStore(),
      comparingIndex: index
    ).run()
  }

  @Test("of a sound chain finds nothing, and counts everything", arguments: [1, 4])
  func sound(validatorCount: Int) throws {
    let driver = try ChainDriver(
      seed: 50, network: ChainNetwork(validatorCount: validatorCount), signing: .real)
    for _ in 0..<12 { try driver.growLogged(2) }
    let report = try audit(driver, index: driver.store)
    #expect(report.findings == [])
    #expect(report.isSound)
    #expect(report.head == driver.chain.chainHead)
    #expect(report.blocks == 24)
    #expect(report.transactions == driver.chain.totals.transactions)
    #expect(report.operations == driver.chain.totals.operations)
    #expect(
      report.signatures
        == driver.blocks.reduce(0) {
          $0 + $1.transactions.reduce(0) { $0 + UInt64($1.signatures.count) }
        })
    #expect(report.certificates == 24)
  }

  @Test("names the block and the transaction of a wrong signature, and goes on")
  func wrongSignature() throws {
    let driver = try ChainDriver(seed: 51, signing: .broken)
    try driver.growLogged(3)
    let report = try audit(driver)
    #expect(report.isThrough)
    #expect(report.findingCount == Int(report.transactions))
    let first = try #require(report.findings.first)
    #expect(first.matter == .block(.signature(transactionIndex: 0)))
    let block = try #require(driver.blocks.first { !$0.transactions.isEmpty })
    #expect(first.height == block.header.height)
    #expect(first.file == DiskPath("blocks/00000000000000000001.blocks"))
    let range = try #require(first.byteRange)
    let content = try #require(driver.disk.content(DiskPath("blocks/00000000000000000001.blocks")))
    let record = content[Int(range.lowerBound)..<Int(range.upperBound)]
    #expect(Array(record.dropFirst(8)) == block.encoded)
  }

  @Test("finds every flipped byte of the blocks and certificates, with the file and the bytes")
  func flippedBytes() throws {
    let driver = try ChainDriver(seed: 52)
    for _ in 0..<10 { try driver.growLogged(2) }
    let files = driver.disk.files.filter {
      $0.text.hasSuffix(".blocks") || $0.text.hasSuffix(".certificates")
    }
    #expect(files.count > 4)
    var random = SplitMix64(seed: 52)
    for file in files {
      let byteCount = try #require(driver.disk.content(file)).count
      for _ in 0..<3 {
        let offset = Int.random(in: 0..<byteCount, using: &random)
        let disk = driver.disk.copy()
        disk.flip(file, at: offset, mask: 0x10)
        let report: AuditReport
        do {
          report = try audit(driver, disk: disk)
        } catch ChainError.storage(let error) {
          // A header's network or version is no damage by the log's lights.
          #expect(offset < 116, "\(file) \(offset): \(error)")
          continue
        }
        let found = report.findings.contains { finding in
          finding.file == file && (finding.byteRange?.contains(UInt64(offset)) ?? false)
        }
        #expect(found, "\(file) at \(offset): \(report.findings)")
        #expect(!report.isSound)
      }
    }
  }

  @Test("finds a block that breaks a rule, and stops there")
  func wrongBlock() throws {
    let driver = try ChainDriver(seed: 53, signing: .real)
    try driver.growLogged(3)
    let built = try driver.chain.build(
      driver.proposal(
        on: driver.chain.head, at: driver.time.advanced(byMilliseconds: 5),
        view: driver.view.next), from: [])
    let wrong = built.block.changing { $0.stateRoot = .zero }
    _ = try driver.chain.log.append(
      LogRun(
        height: Height(4),
        entries: [
          BlockLog.Entry(
            block: wrong.encoded,
            certificate: driver.network.finalization(of: wrong.header).encoded)
        ]))
    let report = try audit(driver)
    #expect(!report.isThrough)
    #expect(report.blocks == 3)
    #expect(report.findings.map(\.height) == [Height(4)])
    #expect(
      report.findings.map(\.matter) == [
        .block(.stateRoot(expected: built.block.header.stateRoot, found: .zero))
      ])
  }

  @Test("finds certificates that do not finalize their block")
  func wrongCertificates() throws {
    let network = ChainNetwork(validatorCount: 4)
    let driver = try ChainDriver(seed: 54, network: network, signing: .real)
    try driver.growLogged(1)
    let good = network.finalization(of: driver.blocks[0].header)
    let reference = try #require(good.ballot.subject.block)
    func certificate(
      _ subject: VoteSubject, view: View? = nil, drop: Int = 0, spoiled: Bool = false
    ) -> Certificate {
      let signatures = good.signatures.dropLast(drop).map {
        var bytes = $0.signature
        if spoiled { bytes[50] ^= 1 }
        return CertificateSignature(signer: $0.signer, signature: bytes)
      }
      return Certificate(
        ballot: Ballot(epoch: Epoch(1), view: view ?? good.ballot.view, subject: subject),
        signatures: signatures)
    }
    let other = BlockHash(SHA256.hash([7]))
    let cases: [(Certificate, CertificateFault)] = [
      (certificate(.notarize(reference)), .notAFinalization),
      (
        certificate(.finalize(BlockReference(parentView: .genesis, hash: other))),
        .otherBlock(other)
      ),
      (certificate(.finalize(reference), view: View(99)), .view(View(99))),
      (
        certificate(
          .finalize(BlockReference(parentView: View(1), hash: reference.hash)), view: nil),
        .parentView(View(1))
      ),
      (certificate(.finalize(reference), drop: 1), .noQuorum(signatures: 2, quorum: 3)),
      (certificate(.finalize(reference), spoiled: true), .signature(ValidatorIndex(0))),
    ]
    for (certificate, fault) in cases {
      let disk = SimulatedDisk()
      let configuration = ChainDriver.configuration(network)
      _ = try DataDirectory.create(on: disk, configuration)
      do {
        var log = try BlockLog.open(on: disk, configuration)
        try log.append(
          [
            BlockLog.Entry(block: driver.blocks[0].encoded, certificate: certificate.encoded)
          ], from: Height(1))
      }
      let report = try audit(driver, disk: disk)
      #expect(report.findings.map(\.matter) == [.certificate(fault)])
    }
  }

  @Test("compares the index, and names the rows that are wrong, missing or too many")
  func index() throws {
    let driver = try ChainDriver(seed: 55, signing: .real)
    try driver.growLogged(4)
    let position = try #require(try driver.store.position())
    let rows = try driver.store.rows()
    let (changed, removed) = (rows[3][0], rows[rows.count / 2][0])
    let added: [UInt8] = [0x5A, 1]
    var batch = StateBatch()
    batch.put(changed, [1, 2, 3])
    batch.remove(removed)
    batch.put(added, [])
    try driver.store.apply(batch, at: position)
    let report = try audit(driver, index: driver.store)
    let faults = report.findings.map(\.matter)
    #expect(faults.contains(.index(.wrongRow(key: Hexadecimal.encode(changed)))))
    #expect(faults.contains(.index(.wrongRow(key: Hexadecimal.encode(removed)))))
    #expect(faults.contains(.index(.surplusRow(key: Hexadecimal.encode(added)))))
    #expect(faults.count == 3)
    try driver.grow()
    let later = try audit(driver, index: driver.store)
    #expect(later.findings.map(\.matter) == [.index(.otherHeight(Height(5)))])
  }
}
