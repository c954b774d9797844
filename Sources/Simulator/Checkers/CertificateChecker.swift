import CBOR
import Consensus
import Cryptography
import Ledger
import Node

/// Every certificate that an honest node shows is a quorum of the epoch's validators, each signature
/// verified from its bytes; of a view there is one notarization at most, and never a nullification
/// beside a finalization.
///
/// How many make a quorum and what is signed is written out here once more, from docs/formats/blocks.md:
/// a node that is wrong about either is wrong about it when it makes a certificate and when it checks
/// one.
struct CertificateChecker: Checker {
  private struct Place: Hashable {
    let epoch: Epoch
    let view: View
  }

  private let network: NetworkID
  /// Whether so few lie that two quorums always share an honest validator.
  private let quorumsMeet: Bool
  /// By epoch.
  private var validators: [Epoch: (set: ValidatorSet, keys: ValidatorKeys)] = [:]
  private var verified: Set<Digest> = []
  private var notarized: [Place: BlockReference] = [:]
  private var nullified: Set<Place> = []
  private var finalized: [Place: BlockReference] = [:]

  init(_ membership: SimulatedMembership, quorumsMeet: Bool) {
    network = membership.network
    self.quorumsMeet = quorumsMeet
    learn(membership.genesis.validators)
  }

  private mutating func learn(_ set: ValidatorSet) {
    if validators[set.epoch] == nil { validators[set.epoch] = (set, ValidatorKeys(set)) }
  }

  mutating func see(_ observation: Observation, in world: World) throws(Violation) {
    switch observation {
    case .sent(let node, .certificate(let certificate)): try see(certificate, node)
    case .sent(let node, .proposal(let compact)):
      for certificate in compact.proposal.justification { try see(certificate, node) }
    case .final(let node, let final):
      if let replica = node.replica { learn(replica.validators) }
      guard let covering = final.certificate else {
        throw Violation(
          "certificate", "node \(node.index) has no certificate of block \(final.height.rawValue)")
      }
      try see(covering.certificate, node)
      guard covering.height == final.height else { return }
      guard case .finalize(let block) = covering.certificate.ballot.subject,
        block.hash == final.block.header.hash
      else {
        throw Violation(
          "certificate", "node \(node.index): another block's at \(final.height.rawValue)")
      }
    default: break
    }
  }

  private mutating func see(
    _ certificate: Certificate, _ node: SimulatedNode
  ) throws(Violation) {
    let encoded = certificate.encoded
    guard verified.insert(SHA256.hash(encoded)).inserted else { return }
    let place = Place(epoch: certificate.ballot.epoch, view: certificate.ballot.view)
    let shown = "epoch \(place.epoch.rawValue) view \(place.view.rawValue), by node \(node.index)"
    if let replica = node.replica { learn(replica.validators) }
    if let epoch = validators[place.epoch] {
      let isRight: Bool
      do {
        isRight = isValid(try Certificate(encoded), epoch.set, epoch.keys)
      } catch {
        throw Violation("certificate", "unreadable, \(shown): \(error)")
      }
      guard isRight else { throw Violation("certificate", "invalid, \(shown)") }
    }
    guard quorumsMeet else { return }
    switch certificate.ballot.subject {
    case .notarize(let block):
      if let other = notarized[place], other != block {
        throw Violation("certificate", "two notarizations of \(shown)")
      }
      notarized[place] = block
    case .nullify: nullified.insert(place)
    case .finalize(let block):
      if let other = finalized[place], other != block {
        throw Violation("certificate", "two finalizations of \(shown)")
      }
      finalized[place] = block
    }
    if nullified.contains(place), finalized[place] != nil {
      throw Violation("certificate", "nullified and finalized: \(shown)")
    }
  }

  private func isValid(
    _ certificate: Certificate, _ set: ValidatorSet, _ keys: ValidatorKeys
  ) -> Bool {
    let message = signed(certificate.ballot)
    return certificate.ballot.epoch == set.epoch
      && certificate.signatures.count >= set.count - (set.count - 1) / 3
      && certificate.signatures.allSatisfy { signature in
        signature.signer.rawValue < set.count
          && keys[signature.signer].isValid(signature: signature.signature, message: message)
      }
  }

  /// `["hypothec/vote/1", network-id, kind, epoch, view, parent-view / null, block-hash / null]`.
  private func signed(_ ballot: Ballot) -> [UInt8] {
    var encoder = CBOREncoder()
    encoder.array(7)
    encoder.text("hypothec/vote/1")
    encoder.digest(network.digest)
    switch ballot.subject {
    case .notarize: encoder.unsigned(1)
    case .nullify: encoder.unsigned(2)
    case .finalize: encoder.unsigned(3)
    }
    encoder.unsigned(ballot.epoch.rawValue)
    encoder.unsigned(ballot.view.rawValue)
    if let block = ballot.subject.block {
      encoder.unsigned(block.parentView.rawValue)
      encoder.digest(block.hash.digest)
    } else {
      encoder.null()
      encoder.null()
    }
    return encoder.bytes
  }
}
