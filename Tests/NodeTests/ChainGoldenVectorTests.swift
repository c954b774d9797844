import CBOR
import Cryptography
import Ledger
import Merkle
import TestSupport
import Testing

/// Pins every format. A vector that changes is another format: a changelog line and a new version, not
/// a new vector.
@Suite("The ledger's formats")
struct GoldenVectorTests {
  /// What is pinned: short bytes as they are, long ones by length and SHA-256.
  static var vectors: [(name: String, value: String)] {
    var vectors: [(String, String)] = []
    func add(_ name: String, _ bytes: [UInt8]) {
      let text =
        bytes.count <= 40
        ? Hexadecimal.encode(bytes) : "\(bytes.count) bytes, SHA-256 \(SHA256.hash(bytes))"
      vectors.append((name, text))
    }
    typealias Samples = LedgerSamples
    for sample in Samples.operations { add("operation: \(sample.name)", sample.operation.encoded) }
    for sample in Samples.changes { add("operation: \(sample.name)", sample.operation.encoded) }
    add(
      "possession, in a running network",
      KeyPossession.toBeSigned(
        network: Samples.network.id, member: ContractNetwork.bankA.id, purpose: .governor,
        key: ChainNetwork.key(of: ContractNetwork.bankA.id, .governor).publicKey))
    add(
      "ready",
      ReadyAttestation.toBeSigned(
        network: Samples.network.id, set: Samples.network.genesis.validators))
    add("payload", Samples.transaction.payloadBytes)
    add("transaction", Samples.transaction.bytes)
    add("transaction id", Samples.transaction.id.digest.bytes)
    add("transaction leaf", Samples.transaction.leaf.bytes)
    for hash in Samples.transaction.operationHashes { add("operation hash", hash.bytes) }
    add("to be signed", Samples.transaction.toBeSigned(by: 0, network: Samples.network.id))
    add("accepted", Samples.encoded(.accepted))
    add("refused", Samples.encoded(Samples.refused))
    add("outcome leaf", Samples.refused.leaf(of: Samples.transaction.id).bytes)
    add("header", Samples.header.encoded)
    add("block hash", Samples.header.hash.digest.bytes)
    add("block", Samples.block.encoded)
    add("ballot", Samples.ballot.toBeSigned(network: Samples.network.id))
    add("vote", Samples.vote.encoded)
    add("certificate", Samples.certificate.encoded)
    add("validators", Samples.encoded(Samples.network.genesis.validators))
    add("validators hash", Samples.network.genesis.validators.hash.bytes)
    add("network file", Samples.network.file.encoded)
    add("network id", Samples.network.id.digest.bytes)
    add("genesis state", Samples.network.genesis.header.stateRoot.bytes)
    add("genesis block", Samples.network.genesis.hash.digest.bytes)
    add("history origin", HistoryHead(of: Samples.vin).hash.bytes)
    add("history head", Samples.vehicle.history.hash.bytes)
    for sample in Samples.entries {
      add("state key: \(sample.name)", sample.id.key.bytes)
      add("state entry: \(sample.name)", sample.entry.stored)
      add("state value: \(sample.name)", sample.entry.valueHash.bytes)
    }
    add("vehicle leaf", VehicleLeaf(Samples.vehicle).encoded)
    return vectors
  }

  @Test("have the bytes that they always had")
  func golden() {
    let lines = Self.vectors.map { "\($0.name): \($0.value)" }
    let expected = GoldenVectors.text.split(separator: "\n").map(String.init)
    #expect(lines.count == expected.count)
    for (line, golden) in zip(lines, expected) { #expect(line == golden) }
  }

  // MARK: One encoding a value

  struct Format: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    /// Reads and writes again.
    let rewrite: @Sendable ([UInt8]) throws -> [UInt8]

    init(
      _ name: String, _ bytes: [UInt8], _ rewrite: @escaping @Sendable ([UInt8]) throws -> [UInt8]
    ) {
      (testDescription, self.bytes, self.rewrite) = (name, bytes, rewrite)
    }
  }

  static var formats: [Format] {
    let rewriteTransaction: @Sendable ([UInt8]) throws -> [UInt8] = {
      let network = LedgerSamples.network.id
      let read = try Transaction($0, network: network)
      return try Transaction(
        payload: read.payload.encoded, signatures: read.signatures, salt: read.salt,
        operations: read.operations, network: network
      ).bytes
    }
    var formats = [
      Format("transaction", LedgerSamples.transaction.bytes, rewriteTransaction),
      Format("transaction of changes", LedgerSamples.governance.bytes, rewriteTransaction),
      Format("block", LedgerSamples.block.encoded) { try Block($0).encoded },
      Format("certificate", LedgerSamples.certificate.encoded) { try Certificate($0).encoded },
      Format("vote", LedgerSamples.vote.encoded) { try Vote($0).encoded },
      Format("vehicle leaf", VehicleLeaf(LedgerSamples.vehicle).encoded) {
        try VehicleLeaf($0).encoded
      },
    ]
    for sample in LedgerSamples.entries {
      formats.append(
        Format("state entry: \(sample.name)", sample.entry.stored) {
          try StateEntry(stored: $0, range: $0.indices).stored
        })
    }
    return formats
  }

  @Test("read what they write", arguments: formats)
  func roundTrip(_ format: Format) throws {
    #expect(try format.rewrite(format.bytes) == format.bytes)
  }

  @Test("refuse what is cut short, and what goes on behind the end", arguments: formats)
  func cutOrContinued(_ format: Format) {
    for count in stride(from: 0, to: format.bytes.count, by: 7) {
      #expect(throws: LedgerError.self) { try format.rewrite(Array(format.bytes.prefix(count))) }
    }
    #expect(throws: LedgerError.self) { try format.rewrite(format.bytes + [0]) }
  }

  @Test("have no second encoding of any value one byte away", arguments: formats)
  func mutated(_ format: Format) throws {
    var random = SplitMix64(seed: 9)
    for index in format.bytes.indices {
      var bytes = format.bytes
      bytes[index] ^= UInt8.random(in: 1...255, using: &random)
      do {
        #expect(try format.rewrite(bytes) == bytes, "seed 9, byte \(index)")
      } catch is LedgerError {
        // Refused, as most are.
      }
    }
  }

  @Test("of the network file refuse every flipped byte, or are another network's")
  func networkFile() throws {
    let bytes = LedgerSamples.network.file.encoded
    #expect(try NetworkFile(bytes) == LedgerSamples.network.file)
    for index in stride(from: 0, to: bytes.count, by: 5) {
      var changed = bytes
      changed[index] ^= 0x01
      do throws(NetworkFileError) {
        let read = try NetworkFile(changed)
        #expect(read.encoded == changed)
        #expect(read.id != LedgerSamples.network.id)
      } catch {
        // Refused: most of the file is under a proof of possession.
      }
    }
  }
}
