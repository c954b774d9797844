import CBOR
import Cryptography
import Ledger
import Merkle
import Node
import SimulatedMachine
import Storage
import Transport

/// Everything that reads bytes from outside, each as one function of the bytes.
///
/// A target must come back from any input, and stops the process if what it has read would be written
/// as other bytes: of each value there is one encoding.
package enum FuzzTarget: String, CaseIterable, Sendable {
  case cbor
  case coseSign = "cose-sign"
  case publicKey = "public-key"
  case privateKey = "private-key"
  case stateProof = "state-proof"
  case inclusionProof = "inclusion-proof"
  case consistencyProof = "consistency-proof"
  case networkFile = "network-file"
  case recoveryRecord = "recovery-record"
  case transaction
  case transactionDraft = "transaction-draft"
  case operation
  case stateEntry = "state-entry"
  case vehicleLeaf = "vehicle-leaf"
  case block
  case certificate
  case vote
  case journalRecord = "journal-record"
  case journal
  case blockLog = "block-log"
  case frames
  case peerHello = "peer-hello"
  case peerControl = "peer-control"
  case peerBulk = "peer-bulk"
  case greeting
  case request
  case response

  package func run(_ bytes: [UInt8]) {
    do {
      if let written = try read(bytes) {
        precondition(written == bytes, "a value has one encoding")
      }
    } catch {
      // Refused, as most inputs are.
    }
  }

  private static let network = NetworkID(SHA256.hash(Array("fuzz".utf8)))

  /// Reads the bytes.
  ///
  /// - Returns: how the value is written; `nil` where the reader is no decoder of one value.
  private func read(_ bytes: [UInt8]) throws -> [UInt8]? {
    switch self {
    case .cbor:
      var decoder = CBORDecoder(bytes)
      while !decoder.isAtEnd { _ = try decoder.skip() }
      return nil
    case .coseSign: return try COSESign(decoding: bytes).encoded()
    case .publicKey: return try PublicKey(coseKey: bytes).coseKey
    case .privateKey:
      _ = try SigningKey(pem: bytes, passphrase: nil)
      return nil
    case .stateProof: return try decoded(bytes, StateProof.init(from:)) { $0.encode(to: &$1) }
    case .inclusionProof:
      return try decoded(bytes, InclusionProof.init(from:)) { $0.encode(to: &$1) }
    case .consistencyProof:
      return try decoded(bytes, ConsistencyProof.init(from:)) { $0.encode(to: &$1) }
    case .networkFile: return try NetworkFile(bytes).encoded
    case .recoveryRecord: return try RecoveryRecord(bytes).encoded
    case .transaction:
      return try Transaction(bytes, network: FuzzTarget.network).bytes
    case .transactionDraft: return try TransactionDraft(bytes).encoded
    case .operation:
      var reader = LedgerReader(bytes)
      let operation = try Operation(from: &reader)
      try reader.finish()
      return operation.encoded
    case .stateEntry: return try StateEntry(stored: bytes, range: bytes.indices).stored
    case .vehicleLeaf: return try VehicleLeaf(bytes).encoded
    case .block: return try Block(bytes).encoded
    case .certificate: return try Certificate(bytes).encoded
    case .vote: return try Vote(bytes).encoded
    case .journalRecord:
      guard let kind = bytes.first else { return nil }
      _ = try RecoveredRecord(Journal.Record(kind: kind, bytes: Array(bytes.dropFirst())))
      return nil
    case .journal:
      openJournal(bytes)
      return nil
    case .blockLog:
      openBlockLog(bytes)
      return nil
    case .frames:
      readFrames(bytes)
      return nil
    case .peerHello: return try PeerHello(bytes).encoded
    case .peerControl: return try PeerMessage(bytes, on: .control).encoded
    case .peerBulk: return try PeerMessage(bytes, on: .bulk).encoded
    case .greeting:
      _ = try Greeting(bytes)
      return nil
    case .request:
      let request = try NumberedRequest(bytes)
      return NumberedRequest.encode(request.number, try request.request.get())
    case .response:
      let response = try NumberedResponse(bytes)
      return NumberedResponse.encode(response.number, response.response)
    }
  }

  private func decoded<Value>(
    _ bytes: [UInt8], _ read: (inout CBORDecoder) throws(CBORError) -> Value,
    _ write: (Value, inout CBOREncoder) -> Void
  ) throws -> [UInt8] {
    var decoder = CBORDecoder(bytes)
    let value = try read(&decoder)
    try decoder.finish()
    var encoder = CBOREncoder()
    write(value, &encoder)
    return encoder.bytes
  }

  // MARK: Files

  /// The first byte says where the bytes go into a journal that was sound: which copy they replace,
  /// from where on.
  private func openJournal(_ bytes: [UInt8]) {
    let network = FuzzTarget.network.digest
    let disk = SimulatedDisk()
    guard (try? Journal.create(on: disk, network: network)) != nil,
      var journal = try? Journal.open(on: disk, network: network)
    else { preconditionFailure("a disk without faults takes a journal") }
    journal.append(Journal.Record(kind: 3, bytes: [1, 2, 3]))
    guard (try? journal.sync()) != nil else { preconditionFailure("it can be synced") }
    spoil(disk, "journal/", with: bytes)
    disk.restart(.everything)
    if var spoilt = try? Journal.open(on: disk, network: network) {
      _ = spoilt.takeRecords()
    }
  }

  private func openBlockLog(_ bytes: [UInt8]) {
    let disk = SimulatedDisk()
    let configuration = BlockLog.Configuration(
      network: FuzzTarget.network.digest, segmentByteCount: 16 * 1024)
    guard (try? DataDirectory.create(on: disk, configuration)) != nil else {
      preconditionFailure("a disk without faults takes a directory")
    }
    spoil(disk, "blocks/", with: bytes)
    disk.restart(.everything)
    _ = try? BlockLog.open(on: disk, configuration, damage: .leaveHoles)
  }

  /// Lays bytes over the end of a file; the first two say of which, and how much of it is kept.
  private func spoil(_ disk: SimulatedDisk, _ directory: String, with bytes: [UInt8]) {
    let files = disk.files.filter { $0.text.hasPrefix(directory) }
    guard bytes.count >= 2, !files.isEmpty else { return }
    let path = files[Int(bytes[0]) % files.count]
    let kept = (disk.content(path) ?? []).prefix(Int(bytes[1]))
    disk.replace(path, with: Array(kept) + bytes.dropFirst(2))
  }

  private func readFrames(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    var buffer = FrameBuffer(bodyByteLimit: 1_024)
    // They come in parts of any size.
    var rest = bytes.dropFirst()
    while !rest.isEmpty {
      let part = rest.prefix(1 + Int(first) % 37)
      rest = rest.dropFirst(part.count)
      part.withUnsafeBytes { buffer.append($0) }
      do {
        while let body = try buffer.next() {
          precondition(body.count <= 1_024, "a body is within the limit")
        }
      } catch {
        return
      }
    }
  }
}
