import CBOR
import Cryptography

extension LedgerReader {
  /// One of the raw values of `type`.
  mutating func enumeration<Value: RawRepresentable>(
    _ type: Value.Type
  ) throws(LedgerError) -> Value where Value.RawValue == UInt64 {
    let start = offset
    guard let value = Value(rawValue: try unsigned()) else {
      throw .malformed(.invalidValue(offset: start))
    }
    return value
  }

  /// One of the raw values of `type` other than `standing`, which is written by leaving it out.
  mutating func nonDefault<Value: RawRepresentable & Equatable>(
    _ type: Value.Type, default standing: Value
  ) throws(LedgerError) -> Value where Value.RawValue == UInt64 {
    let start = offset
    let value = try enumeration(type)
    guard value != standing else { throw .malformed(.notDeterministic(offset: start)) }
    return value
  }

  /// One of the words that are the raw values of `type`.
  mutating func word<Value: RawRepresentable>(
    _ type: Value.Type
  ) throws(LedgerError) -> Value where Value.RawValue == String {
    let start = offset
    guard let value = Value(rawValue: try text(limit: 32)) else { throw invalidValue(at: start) }
    return value
  }

  mutating func nodeAddress() throws(LedgerError) -> NodeAddress {
    let text = try text(limit: 255)
    do throws(RefusalCode) { return try NodeAddress(text) } catch { throw .refused(error) }
  }

  mutating func number(_ range: ClosedRange<UInt64>) throws(LedgerError) -> UInt64 {
    let value = try unsigned()
    guard range.contains(value) else { throw .refused(.valueOutOfRange) }
    return value
  }

  mutating func kilometres() throws(LedgerError) -> Kilometres {
    let value = try number(0...UInt64(Kilometres.limit))
    do { return try Kilometres(UInt32(value)) } catch { throw .refused(error) }
  }

  mutating func basisPoints() throws(LedgerError) -> BasisPoints {
    let value = try number(0...UInt64(BasisPoints.limit))
    do { return try BasisPoints(UInt32(value)) } catch { throw .refused(error) }
  }

  mutating func modelReference() throws(LedgerError) -> ModelReference {
    try array(count: 2)
    let id = try identifier()
    return ModelReference(id: id, version: try identifier())
  }

  /// An array of a number of items in `count`.
  mutating func list<Value>(
    _ count: ClosedRange<Int>, _ item: (inout LedgerReader) throws(LedgerError) -> Value
  ) throws(LedgerError) -> [Value] {
    let start = offset
    let number = try array(limit: count.upperBound)
    guard number >= count.lowerBound else { throw .malformed(.invalidValue(offset: start)) }
    var values: [Value] = []
    values.reserveCapacity(number)
    for _ in 0..<number { values.append(try item(&self)) }
    return values
  }

  /// A byte string of exactly 64 bytes.
  mutating func signature() throws(LedgerError) -> [UInt8] {
    let start = offset
    let bytes = try byteString(limit: SignatureAlgorithm.signatureByteCount)
    guard bytes.count == SignatureAlgorithm.signatureByteCount else {
      throw invalidValue(at: start)
    }
    return bytes
  }

  /// A COSE_Key in a byte string.
  mutating func publicKey() throws(LedgerError) -> PublicKey {
    let start = offset
    let bytes = try byteString(limit: 128)
    do {
      return try PublicKey(coseKey: bytes)
    } catch {
      throw invalidValue(at: start)
    }
  }
}

extension Collection where Element: Comparable {
  /// Whether every element is greater than the one before.
  package var isStrictlyAscending: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }
}
