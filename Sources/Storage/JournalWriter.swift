import Cryptography

/// Numbers and chains the records of a journal.
struct JournalWriter {
  static let domain = Domain("hypothec journal")
  /// Sequence, chain and kind.
  static let payloadHeaderByteCount = 8 + Digest.byteCount + 1
  static let maximumPayload = 64 << 20

  private var sequence: UInt64 = 0
  private var chain: Digest

  init(header: [UInt8]) {
    chain = SHA256.hash(header)
  }

  mutating func append(_ record: Journal.Record, to bytes: inout [UInt8]) {
    precondition(
      record.bytes.count <= JournalWriter.maximumPayload - JournalWriter.payloadHeaderByteCount,
      "a journal record that is written can be read again")
    var number: [UInt8] = []
    number.appendLittleEndian(sequence)
    chain = next(number, record.kind, record.bytes[...])
    Storage.Record.append(number, chain.bytes, [record.kind], record.bytes, to: &bytes)
    sequence += 1
  }

  /// The record in a payload, `nil` unless it is the one that comes next.
  mutating func accept(_ payload: ArraySlice<UInt8>) -> Journal.Record? {
    guard payload.count >= JournalWriter.payloadHeaderByteCount,
      payload.littleEndian(at: 0, as: UInt64.self) == sequence
    else { return nil }
    let content = payload.dropFirst(JournalWriter.payloadHeaderByteCount)
    let kind = payload[payload.startIndex + 8 + Digest.byteCount]
    let expected = next(Array(payload.prefix(8)), kind, content)
    guard payload.dropFirst(8).prefix(Digest.byteCount).elementsEqual(expected.bytes) else {
      return nil
    }
    chain = expected
    sequence += 1
    return Journal.Record(kind: kind, bytes: Array(content))
  }

  private func next(_ number: [UInt8], _ kind: UInt8, _ content: ArraySlice<UInt8>) -> Digest {
    var hasher = JournalWriter.domain.hasher()
    hasher.update(chain)
    hasher.update(number)
    hasher.update(byte: kind)
    content.withUnsafeBytes { hasher.update($0) }
    return hasher.finish()
  }
}
