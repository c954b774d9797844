import CBOR
import Cryptography

/// What restarts a network that lost its quorum for good (CONTRACT section 4.3): it closes an epoch in
/// the place of the validators who cannot any more.
///
/// Signed by the governors' threshold, as the state after the last block has them. A record with fewer
/// signatures is a draft of one.
package struct RecoveryRecord: Hashable, Sendable {
  package static let version: UInt64 = 1
  package static let byteLimit = 64 * 1024
  package static let signatureLimit = TransactionPayload.signerLimit
  private static let domain = Domain("hypothec/recovery/1")

  package let network: NetworkID
  /// The last block's.
  package let height: Height
  /// The last block, which stays as it is.
  package let block: BlockHash
  /// When the record was made: later than the last block. Stands for the opening block's time.
  package let time: Timestamp
  /// Those of the epoch that begins, whose number the set has.
  package let validators: ValidatorSet
  /// Nodes that the registry lacks or has otherwise, in the order of their members: validators' alone.
  package let nodes: [NodeIdentity]
  /// Ascending by key.
  package private(set) var signatures: [RecoverySignature]

  /// `nil` if a node is listed twice or is no validator's.
  package init?(
    network: NetworkID, height: Height, block: BlockHash, time: Timestamp,
    validators: ValidatorSet, nodes: [NodeIdentity]
  ) {
    let nodes = nodes.sorted { $0.member < $1.member }
    guard RecoveryRecord.areWellFormed(nodes, of: validators) else { return nil }
    self.network = network
    self.height = height
    self.block = block
    self.time = time
    self.validators = validators
    self.nodes = nodes
    signatures = []
  }

  private static func areWellFormed(_ nodes: [NodeIdentity], of validators: ValidatorSet) -> Bool {
    nodes.map(\.member).isStrictlyAscending
      && nodes.allSatisfy { validators.index(of: $0.member) != nil }
  }

  package var epoch: Epoch { validators.epoch }

  /// The record's name, whoever signed it: SHA-256(domain, what is signed).
  package var hash: Digest { RecoveryRecord.domain.hash(toBeSigned) }

  // MARK: Signatures

  /// `["hypothec/recovery/1", network id, height, block, time, validators, [* node]]`.
  package var toBeSigned: [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 4_096)
    encoder.array(7)
    encoder.text("hypothec/recovery/1")
    encodeContent(into: &encoder)
    return encoder.bytes
  }

  package mutating func sign(with key: SigningKey) throws(CryptographyError) {
    add(
      RecoverySignature(keyID: key.publicKey.keyID, signature: try key.sign(toBeSigned)))
  }

  /// Takes a signature in the place of an earlier one with the same key.
  package mutating func add(_ signature: RecoverySignature) {
    signatures.removeAll { $0.keyID == signature.keyID }
    signatures.append(signature)
    signatures.sort { $0.keyID < $1.keyID }
  }

  /// What is wrong with the signatures; `nil` if enough governors signed, and nobody else did.
  ///
  /// Verifies at most 16.
  package func signatureFault(_ governance: GovernanceState) -> RecoveryFault? {
    let message = toBeSigned
    var signers: Set<MemberID> = []
    for signature in signatures {
      guard let governor = governance.governors.first(where: { $0.key.keyID == signature.keyID })
      else { return .notAGovernor(key: signature.keyID) }
      guard Verifier(governor.key).isValid(signature: signature.signature, message: message) else {
        return .signature(governor.member)
      }
      signers.insert(governor.member)
    }
    guard signers.count >= governance.threshold else {
      return .tooFewGovernors(signed: signers.count, threshold: governance.threshold)
    }
    return nil
  }

  // MARK: Bytes

  private func encodeContent(into encoder: inout CBOREncoder) {
    encoder.digest(network.digest)
    encoder.height(height)
    encoder.digest(block.digest)
    encoder.timestamp(time)
    validators.encode(into: &encoder)
    encoder.array(nodes.count)
    for node in nodes { node.encode(into: &encoder) }
  }

  package var encoded: [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 4_096)
    encode(into: &encoder)
    return encoder.bytes
  }

  package func encode(into encoder: inout CBOREncoder) {
    encoder.array(8)
    encoder.unsigned(RecoveryRecord.version)
    encodeContent(into: &encoder)
    encoder.array(signatures.count)
    for signature in signatures {
      encoder.array(2)
      encoder.digest(signature.keyID)
      encoder.byteString(signature.signature)
    }
  }

  package init(_ bytes: [UInt8]) throws(LedgerError) {
    guard bytes.count <= RecoveryRecord.byteLimit else {
      throw .malformed(.limitExceeded(offset: 0))
    }
    var reader = LedgerReader(bytes)
    try self.init(from: &reader)
    try reader.finish()
  }

  package init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 8)
    let start = reader.offset
    guard try reader.unsigned() == RecoveryRecord.version else {
      throw reader.invalidValue(at: start)
    }
    network = NetworkID(try reader.digest())
    height = try reader.height()
    block = BlockHash(try reader.digest())
    time = try reader.timestamp()
    validators = try ValidatorSet(from: &reader)
    let nodesStart = reader.offset
    nodes = try reader.list(0...ValidatorSet.limit) {
      reader throws(LedgerError) in try NodeIdentity(from: &reader)
    }
    guard RecoveryRecord.areWellFormed(nodes, of: validators) else {
      throw reader.invalidValue(at: nodesStart)
    }
    let signaturesStart = reader.offset
    signatures = try reader.list(0...RecoveryRecord.signatureLimit) {
      reader throws(LedgerError) in
      try reader.array(count: 2)
      let keyID = try reader.digest()
      return RecoverySignature(keyID: keyID, signature: try reader.signature())
    }
    guard signatures.map(\.keyID).isStrictlyAscending else {
      throw reader.invalidValue(at: signaturesStart)
    }
  }
}

/// A governor's signature of a recovery record.
package struct RecoverySignature: Hashable, Sendable {
  package let keyID: Digest
  package let signature: [UInt8]

  package init(keyID: Digest, signature: [UInt8]) {
    self.keyID = keyID
    self.signature = signature
  }
}

/// Why a recovery record cannot be followed: the first reason.
package enum RecoveryFault: Error, Hashable, Sendable {
  case network(NetworkID)
  /// The chain has another block, or none, at the record's height.
  case block(height: Height, BlockHash)
  /// Votes of earlier epochs could count.
  case epoch(least: Epoch, found: Epoch)
  /// Not after the last block.
  case time(Timestamp)
  case notAGovernor(key: Digest)
  case signature(MemberID)
  case tooFewGovernors(signed: Int, threshold: Int)
  /// A node cannot be registered so.
  case node(MemberID, RefusalCode)
  /// A validator is no active member, or its node is not registered with this key.
  case validator(MemberID)
  /// Blocks above the last one are final by the validators before.
  case passed(Height)
}

extension RecoveryFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .network(let network): "it is of the network \(network)"
    case .block(let height, let block):
      "the chain does not have the block \(block) at height \(height.rawValue)"
    case .epoch(let least, let found):
      "its epoch is \(found.rawValue); it must be \(least.rawValue) or more"
    case .time(let time): "its time, \(time.milliseconds), is not after the last block's"
    case .notAGovernor(let key): "the key \(key) that signed it is no governor's"
    case .signature(let member): "the signature of \(member) is wrong"
    case .tooFewGovernors(let signed, let threshold):
      "\(signed) governors signed it; \(threshold) must"
    case .node(let member, let code): "the node of \(member) cannot be registered: \(code.name)"
    case .validator(let member):
      "\(member) is no active member, or its node is not registered with the key that the record has"
    case .passed(let height):
      "the chain went on beyond its block, height \(height.rawValue), by the validators before"
    }
  }
}
