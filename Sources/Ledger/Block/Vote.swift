import CBOR
import Cryptography

/// What a validator says about a view (CONSENSUS section 2; Simplex, eprint 2023/463).
package enum VoteSubject: Hashable, Sendable {
  /// The block is the view's only one that this validator supports.
  case notarize(BlockReference)
  /// This validator gives the view up.
  case nullify
  /// This validator has seen the block notarized and did not give the view up.
  case finalize(BlockReference)

  package var kind: VoteKind {
    switch self {
    case .notarize: .notarize
    case .nullify: .nullify
    case .finalize: .finalize
    }
  }

  package var block: BlockReference? {
    switch self {
    case .notarize(let block), .finalize(let block): block
    case .nullify: nil
    }
  }

  package init?(kind: VoteKind, block: BlockReference?) {
    switch (kind, block) {
    case (.notarize, let block?): self = .notarize(block)
    case (.nullify, nil): self = .nullify
    case (.finalize, let block?): self = .finalize(block)
    default: return nil
    }
  }
}

/// Raw values are part of the signed format.
package enum VoteKind: UInt64, CaseIterable, Sendable {
  case notarize = 1
  case nullify = 2
  case finalize = 3
}

/// A block within a view: its hash, and the view of the parent it was proposed on.
package struct BlockReference: Hashable, Sendable {
  package let parentView: View
  package let hash: BlockHash

  package init(parentView: View, hash: BlockHash) {
    self.parentView = parentView
    self.hash = hash
  }
}

/// A vote's content, which is what is signed and what a certificate certifies.
package struct Ballot: Hashable, Sendable {
  package let epoch: Epoch
  package let view: View
  package let subject: VoteSubject

  package init(epoch: Epoch, view: View, subject: VoteSubject) {
    self.epoch = epoch
    self.view = view
    self.subject = subject
  }

  /// The bytes that a validator signs: `["hypothec/vote/1", network, kind, epoch, view, parent view
  /// or null, block hash or null]`.
  package func toBeSigned(network: NetworkID) -> [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 128)
    encoder.array(7)
    encoder.text("hypothec/vote/1")
    encoder.digest(network.digest)
    encodeFields(into: &encoder)
    return encoder.bytes
  }

  /// Five items: kind, epoch, view, parent view or null, block hash or null.
  package func encodeFields(into encoder: inout CBOREncoder) {
    encoder.unsigned(subject.kind.rawValue)
    encoder.epoch(epoch)
    encoder.view(view)
    if let block = subject.block {
      encoder.view(block.parentView)
      encoder.digest(block.hash.digest)
    } else {
      encoder.null()
      encoder.null()
    }
  }

  package init(fieldsFrom reader: inout LedgerReader) throws(LedgerError) {
    let start = reader.offset
    let kind = try reader.enumeration(VoteKind.self)
    epoch = try reader.epoch()
    view = try reader.view()
    var block: BlockReference?
    if reader.acceptNull() {
      guard reader.acceptNull() else { throw .malformed(.invalidValue(offset: start)) }
    } else {
      let parentView = try reader.view()
      block = BlockReference(parentView: parentView, hash: BlockHash(try reader.digest()))
    }
    guard let subject = VoteSubject(kind: kind, block: block), view > .genesis else {
      throw .malformed(.invalidValue(offset: start))
    }
    self.subject = subject
  }
}

/// One validator's signed ballot.
package struct Vote: Hashable, Sendable {
  package let ballot: Ballot
  /// The voter's place in the epoch's validator set.
  package let signer: ValidatorIndex
  package let signature: [UInt8]

  package init(ballot: Ballot, signer: ValidatorIndex, signature: [UInt8]) {
    self.ballot = ballot
    self.signer = signer
    self.signature = signature
  }

  package var encoded: [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 160)
    encoder.array(7)
    ballot.encodeFields(into: &encoder)
    encoder.unsigned(UInt64(signer.rawValue))
    encoder.byteString(signature)
    return encoder.bytes
  }

  package init(_ bytes: [UInt8]) throws(LedgerError) {
    var reader = LedgerReader(bytes)
    try reader.array(count: 7)
    ballot = try Ballot(fieldsFrom: &reader)
    signer = ValidatorIndex(
      UInt8(try reader.unsigned(through: UInt64(ValidatorSet.limit - 1))))
    signature = try reader.signature()
    try reader.finish()
  }
}
