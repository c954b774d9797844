import Cryptography
import Ledger
import TestSupport
import Testing

@testable import Node

@Suite("Ranges whose signatures are verified ahead")
struct RangeVerificationTests {
  private let network = TestNetwork()

  private func work(
    _ transactions: [Transaction]
  ) -> [(leaf: Digest, checks: [SignatureCheck])] {
    let verifier = Verifier(network.registry.key.publicKey)
    return transactions.map {
      (
        $0.leaf,
        $0.signatureChecks(network: network.id, verifiers: [verifier])
      )
    }
  }

  @Test("are known to be right when the last of their jobs is done")
  func right() throws {
    let transactions = (0..<40).map { network.registration($0) }
    var verification = RangeVerification()
    let jobs = verification.begin(Height(5), work(transactions))
    #expect(jobs.count == 3)
    #expect(jobs.map(\.checks.count).reduce(0, +) == 40)
    var leaves: [Digest] = []
    for job in jobs.reversed() {
      #expect(leaves.isEmpty)
      #expect(verification.isUnderWay(Height(5)))
      guard case .range(let number) = job.subject else { return }
      leaves = verification.take(VerificationResult(of: job).verdict, ofRange: number)
    }
    #expect(leaves == transactions.map(\.leaf))
    #expect(!verification.isUnderWay(Height(5)))
  }

  @Test("are left to where they are executed if one signature is wrong, and hold up nothing")
  func wrong() throws {
    var transactions = (0..<40).map { network.registration($0) }
    transactions[3] = network.forged(transactions[3])
    var verification = RangeVerification()
    for job in verification.begin(Height(5), work(transactions)) {
      guard case .range(let number) = job.subject else { return }
      let verdict = VerificationResult(of: job).verdict
      #expect(verification.take(verdict, ofRange: number).isEmpty)
    }
    #expect(!verification.isUnderWay(Height(5)))
    #expect(verification.begin(Height(6), []).isEmpty)
    #expect(!verification.isUnderWay(Height(6)))
    #expect(verification.take(.valid, ofRange: 99).isEmpty)
  }
}
