import CBOR
import Cryptography

/// Reads the ledger's values from deterministic CBOR.
///
/// A thin front of `CBORDecoder` whose methods throw `LedgerError`, so that a schema mixes plain
/// items with identifiers, which may be well-formed and still be refused.
package struct LedgerReader: Sendable {
  package typealias MapCursor = CBORDecoder.MapCursor

  private var decoder: CBORDecoder

  package init(_ bytes: [UInt8]) {
    decoder = CBORDecoder(bytes)
  }

  /// Reads `range` of `bytes` in place; offsets in errors are positions in `bytes`.
  package init(_ bytes: [UInt8], range: Range<Int>) {
    decoder = CBORDecoder(bytes, range: range)
  }

  /// The offset of the next item.
  package var offset: Int { decoder.offset }

  package var isAtEnd: Bool { decoder.isAtEnd }

  /// Throws unless every byte was read.
  package func finish() throws(LedgerError) {
    do { try decoder.finish() } catch { throw .malformed(error) }
  }

  // MARK: Scalars and strings

  package mutating func unsigned(through limit: UInt64 = .max) throws(LedgerError) -> UInt64 {
    do { return try decoder.unsigned(through: limit) } catch { throw .malformed(error) }
  }

  package mutating func integer() throws(LedgerError) -> Int64 {
    do { return try decoder.integer() } catch { throw .malformed(error) }
  }

  package mutating func bool() throws(LedgerError) -> Bool {
    do { return try decoder.bool() } catch { throw .malformed(error) }
  }

  /// Consumes a null if one is next.
  package mutating func acceptNull() -> Bool { decoder.acceptNull() }

  /// A text of at most `limit` bytes of UTF-8.
  package mutating func text(limit: Int) throws(LedgerError) -> String {
    do { return try decoder.text(limit: limit) } catch { throw .malformed(error) }
  }

  /// A byte string of at most `limit` bytes.
  package mutating func byteString(limit: Int) throws(LedgerError) -> [UInt8] {
    do { return try decoder.byteString(limit: limit) } catch { throw .malformed(error) }
  }

  /// Where the content of a byte string of at most `limit` bytes lies in the input, without a copy.
  package mutating func byteStringRange(limit: Int) throws(LedgerError) -> Range<Int> {
    do { return try decoder.byteStringRange(limit: limit) } catch { throw .malformed(error) }
  }

  /// A byte string of exactly 32 bytes.
  package mutating func digest() throws(LedgerError) -> Digest {
    do { return try decoder.digest() } catch { throw .malformed(error) }
  }

  // MARK: Containers

  /// The number of items in an array, at most `limit`.
  package mutating func array(limit: Int) throws(LedgerError) -> Int {
    do { return try decoder.array(limit: limit) } catch { throw .malformed(error) }
  }

  /// An array of exactly `count` items.
  package mutating func array(count: Int) throws(LedgerError) {
    do { try decoder.array(count: count) } catch { throw .malformed(error) }
  }

  /// Whether the next item is an array, where a schema has one among other types.
  package func nextIsArray() throws(LedgerError) -> Bool {
    var probe = decoder
    do {
      _ = try probe.array(limit: .max)
      return true
    } catch .unexpectedType {
      return false
    } catch {
      throw .malformed(error)
    }
  }

  /// Begins a map with unsigned integer keys and at most `limit` pairs.
  package mutating func map(limit: Int) throws(LedgerError) -> MapCursor {
    do { return try decoder.map(limit: limit) } catch { throw .malformed(error) }
  }

  /// Reads the next key of `map`, which must be `key`.
  package mutating func require(
    _ key: UInt64, in map: inout MapCursor
  ) throws(LedgerError) {
    do { try decoder.require(key, in: &map) } catch { throw .malformed(error) }
  }

  /// Reads the next key of `map` if it is `key`; leaves it for the next call otherwise.
  package mutating func accept(
    _ key: UInt64, in map: inout MapCursor
  ) throws(LedgerError) -> Bool {
    do { return try decoder.accept(key, in: &map) } catch { throw .malformed(error) }
  }

  /// Throws if `map` has keys that were not asked for.
  package func end(_ map: MapCursor) throws(LedgerError) {
    do { try decoder.end(map) } catch { throw .malformed(error) }
  }

  package mutating func tag(_ number: UInt64) throws(LedgerError) {
    do { try decoder.tag(number) } catch { throw .malformed(error) }
  }

  /// Reads past one whole item, whatever it is, and returns where it lies. At most `depth` levels.
  package mutating func skip(depth: Int = 16) throws(LedgerError) -> Range<Int> {
    do { return try decoder.skip(depth: depth) } catch { throw .malformed(error) }
  }

  // MARK: Coordinates and times

  package mutating func timestamp() throws(LedgerError) -> Timestamp {
    do { return try decoder.timestamp() } catch { throw .malformed(error) }
  }

  package mutating func height() throws(LedgerError) -> Height {
    do { return try decoder.height() } catch { throw .malformed(error) }
  }

  package mutating func epoch() throws(LedgerError) -> Epoch {
    do { return try decoder.epoch() } catch { throw .malformed(error) }
  }

  package mutating func view() throws(LedgerError) -> View {
    do { return try decoder.view() } catch { throw .malformed(error) }
  }

  // MARK: Refusals

  /// The error for an item that began at `start` and is none that the schema lists there.
  package func invalidValue(at start: Int) -> LedgerError {
    .malformed(.invalidValue(offset: start))
  }
}
