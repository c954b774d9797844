import Consensus
import Cryptography
import Ledger

/// Validators, blocks and votes for tests: always the same, and signed by nobody.
package enum ConsensusFixture {
  package static let network = NetworkID(SHA256.hash(Array("test network".utf8)))
  /// 2026-01-01T00:00:00Z in milliseconds.
  package static let genesisMilliseconds: UInt64 = 1_767_225_600_000

  package static func member(_ index: Int) -> MemberID {
    let digits = index < 10 ? "0\(index)" : "\(index)"
    do { return try MemberID("member-\(digits)") } catch { preconditionFailure("\(error)") }
  }

  /// The validators of members `indices`, whose keys nobody holds.
  package static func validators(_ indices: [Int], epoch: Epoch) -> ValidatorSet {
    let validators = indices.map { Validator(member: member($0), consensusKey: key($0)) }
    guard let set = ValidatorSet(epoch: epoch, validators: validators) else {
      preconditionFailure("test validators differ")
    }
    return set
  }

  /// The first of some hashes that is a point of the curve.
  package static func key(_ index: Int) -> PublicKey {
    keys[index]
  }

  private static let keys: [PublicKey] = (0..<ValidatorSet.limit).map { index in
    let prefix: [UInt8] = [0xA4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20]
    for attempt in 0..<UInt8.max {
      let point = SHA256.hash([UInt8(index), attempt]).bytes
      if let key = try? PublicKey(coseKey: prefix + point) { return key }
    }
    preconditionFailure("half of all hashes are points")
  }

  package static func timestamp(_ milliseconds: UInt64) -> Timestamp {
    guard let timestamp = Timestamp(milliseconds: milliseconds) else {
      preconditionFailure("test times are before the year 10000")
    }
    return timestamp
  }

  package static func genesis(_ validators: ValidatorSet) -> BlockHeader {
    header(
      epoch: .genesis, view: .genesis, parentView: .genesis, height: .genesis,
      time: timestamp(genesisMilliseconds), proposer: member(0), parent: BlockHash(.zero),
      content: .zero, nextValidators: validators.hash)
  }

  package static func context(_ validators: ValidatorSet) -> EpochContext {
    let genesis = genesis(validators)
    return EpochContext(
      validators: validators, genesis: genesis.hash, genesisTime: genesis.time)
  }

  package static func header(
    epoch: Epoch, view: View, parentView: View, height: Height, time: Timestamp,
    proposer: MemberID, parent: BlockHash, content: Digest, nextValidators: Digest?
  ) -> BlockHeader {
    BlockHeader(
      network: network, epoch: epoch, view: view, parentView: parentView, height: height,
      time: time, proposer: proposer, parent: parent, transactionsRoot: content,
      outcomesRoot: .zero, transactionCount: 0, operationCount: 0, stateRoot: .zero,
      historyRoot: .zero, nextValidators: nextValidators)
  }

  /// A vote with a signature that only says who signed.
  package static func vote(_ ballot: Ballot, signer: ValidatorIndex) -> Vote {
    Vote(
      ballot: ballot, signer: signer,
      signature: [UInt8](repeating: signer.rawValue, count: SignatureAlgorithm.signatureByteCount))
  }

  /// A certificate of the first `count` validators.
  package static func certificate(_ ballot: Ballot, signers count: Int) -> Certificate {
    Certificate(
      ballot: ballot,
      signatures: (0..<count).map {
        let signer = ValidatorIndex(UInt8($0))
        let signature = vote(ballot, signer: signer).signature
        return CertificateSignature(signer: signer, signature: signature)
      })
  }
}
