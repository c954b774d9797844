import Consensus
import Cryptography
import Ledger
import TestSupport
import Testing

@testable import Node

@Suite("The verifier of what validators say")
struct ConsensusVerifierTests {
  private let network = ChainNetwork(validatorCount: 4)
  private var validators: ValidatorSet { network.genesis.validators }
  private var certificate: Certificate {
    let ballot = Ballot(epoch: validators.epoch, view: View(3), subject: .nullify)
    let message = ballot.toBeSigned(network: network.id)
    return Certificate(
      ballot: ballot,
      signatures: (UInt8(0)..<3).map { number in
        let signer = ValidatorIndex(number)
        let key = ChainNetwork.key(of: validators[signer].member, .consensus)
        return CertificateSignature(signer: signer, signature: try! key.sign(message))
      })
  }

  /// - Parameter known: the signers whose votes the machine has.
  private func isValid(_ certificate: Certificate, known: [ValidatorIndex] = []) -> Bool {
    var verifier = ConsensusVerifier(network: network.id)
    return verifier.isValid(certificate, validators) { known.contains($0.signer) }
  }

  @Test("takes a quorum's signatures, and looks at none that is known")
  func takesQuorum() {
    #expect(isValid(certificate))
    #expect(certificate.isQuorum(of: validators))
    for index in certificate.signatures.indices {
      var signatures = certificate.signatures
      let signer = signatures[index].signer
      var signature = signatures[index].signature
      signature[40] ^= 1
      signatures[index] = CertificateSignature(signer: signer, signature: signature)
      let broken = Certificate(ballot: certificate.ballot, signatures: signatures)
      #expect(!isValid(broken))
      #expect(isValid(broken, known: [signer]))
      #expect(!isValid(broken, known: certificate.signatures.map(\.signer).filter { $0 != signer }))
    }
  }

  @Test("takes no fewer signatures than a quorum, no other epoch and no signer beyond the last")
  func refusesOthers() {
    let (ballot, signatures) = (certificate.ballot, certificate.signatures)
    let last = signatures[2]
    let others = [
      Certificate(ballot: ballot, signatures: Array(signatures.dropLast())),
      Certificate(
        ballot: Ballot(epoch: Epoch(9), view: ballot.view, subject: ballot.subject),
        signatures: signatures),
      Certificate(
        ballot: ballot,
        signatures: signatures.dropLast()
          + [CertificateSignature(signer: ValidatorIndex(4), signature: last.signature)]),
    ]
    for other in others {
      #expect(!other.isQuorum(of: validators))
      #expect(!isValid(other, known: (0..<5).map { ValidatorIndex($0) }))
    }
  }

  @Test("takes a vote that its signer signed, in the present epoch alone")
  func votes() {
    let signature = certificate.signatures[1]
    func isValid(_ signer: ValidatorIndex, in epoch: Epoch) -> Bool {
      var verifier = ConsensusVerifier(network: network.id)
      let ballot = Ballot(
        epoch: epoch, view: certificate.ballot.view, subject: certificate.ballot.subject)
      return verifier.isValid(
        Vote(ballot: ballot, signer: signer, signature: signature.signature), validators)
    }
    let epoch = certificate.ballot.epoch
    #expect(isValid(signature.signer, in: epoch))
    #expect(!isValid(ValidatorIndex(0), in: epoch))
    #expect(!isValid(ValidatorIndex(4), in: epoch))
    #expect(!isValid(signature.signer, in: Epoch(9)))
  }
}
