import CBOR
import Cryptography
import Ledger

/// A node's word on whom it has links to, signed with its transport key and passed on to everybody.
package struct TopologyReport: Hashable, Sendable {
  package let content: TopologyContent
  package let signature: [UInt8]

  package init(content: TopologyContent, signature: [UInt8]) {
    self.content = content
    self.signature = signature
  }

  /// Whether the signature is right under one of the keys that the reporting member's node may have.
  package func isValid(network: NetworkID, keys: [PublicKey]) -> Bool {
    let message = content.toBeSigned(network: network)
    return keys.contains { Verifier($0).isValid(signature: signature, message: message) }
  }

  /// `[member, time, [* neighbour], signature]`.
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(4)
    content.encodeFields(into: &encoder)
    encoder.byteString(signature)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 4)
    content = try TopologyContent(fieldsFrom: &reader)
    let start = reader.offset
    signature = try reader.byteString(limit: SignatureAlgorithm.signatureByteCount)
    guard signature.count == SignatureAlgorithm.signatureByteCount else {
      throw reader.invalidValue(at: start)
    }
  }
}

/// What a node reports.
package struct TopologyContent: Hashable, Sendable {
  package let member: MemberID
  /// By the node's own clock; a newer report replaces an older one.
  package let time: Timestamp
  /// Ascending, at most `PeerLimits.neighbourLimit`.
  package let neighbours: [MemberID]

  /// - Parameter neighbours: in any order; the first `PeerLimits.neighbourLimit` are kept.
  package init(member: MemberID, time: Timestamp, neighbours: some Sequence<MemberID>) {
    self.member = member
    self.time = time
    self.neighbours = Array(Set(neighbours).sorted().prefix(PeerLimits.neighbourLimit))
  }

  /// `["hypothec/topology/1", network, member, time, [* neighbour]]`.
  package func toBeSigned(network: NetworkID) -> [UInt8] {
    var encoder = CBOREncoder()
    encoder.array(5)
    encoder.text("hypothec/topology/1")
    encoder.digest(network.digest)
    encodeFields(into: &encoder)
    return encoder.bytes
  }

  /// Three items: member, time, neighbours.
  fileprivate func encodeFields(into encoder: inout CBOREncoder) {
    encoder.memberID(member)
    encoder.timestamp(time)
    encoder.list(neighbours) { $0.memberID($1) }
  }

  fileprivate init(fieldsFrom reader: inout LedgerReader) throws(LedgerError) {
    member = try reader.memberID()
    time = try reader.timestamp()
    let start = reader.offset
    neighbours = try reader.items(limit: PeerLimits.neighbourLimit) {
      reader throws(LedgerError) in try reader.memberID()
    }
    guard neighbours.isStrictlyAscending else { throw reader.invalidValue(at: start) }
  }
}
