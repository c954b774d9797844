import CBOR
import Cryptography
import Merkle

/// A signed transaction as it travels and as blocks hold it: `[COSE_Sign, salt, [+ operation]]`.
///
/// A value of this type is well-formed: every field passed the checks of the door that need no
/// state, exactly the listed signers have a signature, in order, and the operations are those that
/// were signed. Whether the signatures are right is not known before `SignatureCheck` ran, because
/// that needs the members' keys.
package struct Transaction: Hashable, Sendable {
  package static let byteLimit = 512 * 1024
  private static let leafDomain = Domain("hypothec/transaction-leaf/1")

  package let id: TransactionID
  package let payload: TransactionPayload
  package let payloadBytes: [UInt8]
  /// One for each of the payload's signers, in order.
  package let signatures: [COSESignature]
  package let salt: Digest
  package let operations: [Operation]
  /// One for each operation, in order.
  package let operationHashes: [Digest]
  /// The whole transaction, encoded.
  package let bytes: [UInt8]

  /// Reads a transaction and checks all that needs no state.
  package init(_ bytes: [UInt8], network: NetworkID) throws(LedgerError) {
    guard bytes.count <= Transaction.byteLimit else { throw .refused(.transactionTooLarge) }
    var reader = LedgerReader(bytes)
    try reader.array(count: 3)
    let cose = try reader.byteString(limit: Transaction.coseByteLimit)
    salt = try reader.digest()
    let structure = try Transaction.signStructure(cose)
    payloadBytes = structure.payload
    payload = try TransactionPayload(structure.payload)
    signatures = structure.signatures
    (operations, operationHashes) = try Transaction.operations(
      from: &reader, bytes: bytes, salt: salt, count: payload.operationCount)
    try reader.finish()
    self.bytes = bytes
    id = TransactionID(network: network, payload: payloadBytes)
    try checkConsistency()
  }

  /// The leaf of the block's transactions tree: SHA-256(domain, the whole transaction).
  package var leaf: Digest { Transaction.leafDomain.hash(bytes) }

  package var authority: Authority { operations.authority }

  /// What signer number `index` signed (RFC 9052 section 4.4), bound to `network`.
  package func toBeSigned(by index: Int, network: NetworkID) -> [UInt8] {
    COSESign.toBeSigned(
      payload: payloadBytes, externalData: network.digest.bytes,
      algorithm: signatures[index].algorithm, keyID: signatures[index].keyID)
  }

  // MARK: Reading

  private static let coseByteLimit =
    TransactionPayload.byteLimit + TransactionPayload.signerLimit * 160 + 64

  private static func signStructure(_ bytes: [UInt8]) throws(LedgerError) -> COSESign {
    do {
      return try COSESign(decoding: bytes, payloadLimit: TransactionPayload.byteLimit)
    } catch {
      throw .refused(.signatureInvalid)
    }
  }

  private static func operations(
    from reader: inout LedgerReader, bytes: [UInt8], salt: Digest, count: Int
  ) throws(LedgerError) -> ([Operation], [Digest]) {
    try reader.array(count: count)
    var operations: [Operation] = []
    var hashes: [Digest] = []
    operations.reserveCapacity(count)
    hashes.reserveCapacity(count)
    for index in 0..<count {
      let operationSalt = OperationHash.salt(transactionSalt: salt, index: index)
      let (operation, hash) = try Operation.decode(
        from: &reader, bytes: bytes, salt: operationSalt)
      operations.append(operation)
      hashes.append(hash)
    }
    return (operations, hashes)
  }

  private func checkConsistency() throws(LedgerError) {
    guard signatures.count == payload.signers.count else { throw .refused(.signatureInvalid) }
    guard MerkleTree.root(ofLeaves: operationHashes) == payload.operationsRoot else {
      throw .refused(.signatureInvalid)
    }
    for operation in operations where !payload.signers.contains(operation.by) {
      throw .refused(.signerMissing)
    }
    do throws(RefusalCode) { try operations.checkTogether() } catch { throw .refused(error) }
  }
}

extension Transaction {
  /// Puts a transaction together from its signed payload, as a client does.
  package init(
    payload: [UInt8], signatures: [COSESignature], salt: Digest, operations: [Operation],
    network: NetworkID
  ) throws(LedgerError) {
    var encoder = CBOREncoder(reservingCapacity: 512 + operations.count * 256)
    encoder.array(3)
    encoder.byteString(COSESign(payload: payload, signatures: signatures).encoded())
    encoder.digest(salt)
    encoder.array(operations.count)
    for operation in operations { operation.encode(into: &encoder) }
    try self.init(encoder.bytes, network: network)
  }
}
