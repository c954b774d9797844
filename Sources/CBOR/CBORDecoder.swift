/// Reads deterministic CBOR and refuses everything else.
///
/// Refused are: heads longer than need be, indefinite lengths, floats, undefined and other simple
/// values, map keys out of order or repeated, text that is not UTF-8, lengths and counts beyond the
/// limit that the caller names, and bytes after the last item (`finish`). A length is compared with
/// what is left of the input before any memory is taken for it, so no input makes the decoder
/// allocate more than the input's own size.
///
/// The caller walks the schema: one call an item, in order. Nesting is bounded by the schema, since
/// the decoder never recurses on its own, save in `skip`, whose depth is limited.
package struct CBORDecoder: Sendable {
  private let input: [UInt8]
  private let end: Int
  /// The offset in `input` of the next item.
  package private(set) var offset: Int

  package init(_ input: [UInt8]) {
    self.input = input
    self.end = input.count
    self.offset = 0
  }

  /// Reads `range` of `input` in place; offsets in errors are positions in `input`.
  package init(_ input: [UInt8], range: Range<Int>) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= input.count, "the range lies in the input")
    self.input = input
    self.end = range.upperBound
    self.offset = range.lowerBound
  }

  package var isAtEnd: Bool { offset == end }

  /// Throws unless every byte of the input was read.
  package func finish() throws(CBORError) {
    guard isAtEnd else { throw .trailingBytes(offset: offset) }
  }

  // MARK: Scalars

  package mutating func unsigned(through limit: UInt64 = .max) throws(CBORError) -> UInt64 {
    let start = offset
    let value = try argument(of: .unsigned)
    guard value <= limit else { throw .limitExceeded(offset: start) }
    return value
  }

  package mutating func integer() throws(CBORError) -> Int64 {
    let start = offset
    let (type, value) = try head()
    guard type == .unsigned || type == .negative else { throw .unexpectedType(offset: start) }
    guard value <= UInt64(Int64.max) else { throw .limitExceeded(offset: start) }
    return type == .unsigned ? Int64(value) : -1 - Int64(value)
  }

  package mutating func bool() throws(CBORError) -> Bool {
    let start = offset
    guard let byte = peek() else { throw .truncated(offset: start) }
    switch byte {
    case Simple.true:
      offset += 1
      return true
    case Simple.false:
      offset += 1
      return false
    default: throw .unexpectedType(offset: start)
    }
  }

  /// Consumes a null if one is next.
  package mutating func acceptNull() -> Bool {
    guard peek() == Simple.null else { return false }
    offset += 1
    return true
  }

  // MARK: Strings

  /// A byte string of at most `limit` bytes.
  package mutating func byteString(limit: Int) throws(CBORError) -> [UInt8] {
    Array(input[try byteStringRange(limit: limit)])
  }

  /// Where the content of a byte string of at most `limit` bytes lies in the input, without a copy.
  package mutating func byteStringRange(limit: Int) throws(CBORError) -> Range<Int> {
    try content(of: .byteString, limit: limit)
  }

  /// A decoder of the CBOR inside a byte string of at most `limit` bytes; its offsets remain
  /// positions in the whole input. The caller ends it with `finish`.
  package mutating func embedded(limit: Int) throws(CBORError) -> CBORDecoder {
    CBORDecoder(input, range: try byteStringRange(limit: limit))
  }

  /// Calls `body` with the content of a byte string of exactly `count` bytes.
  package mutating func fixedByteString<Value>(
    count: Int, _ body: (UnsafeRawBufferPointer) -> Value
  ) throws(CBORError) -> Value {
    let start = offset
    let range = try content(of: .byteString, limit: count)
    guard range.count == count else { throw .invalidValue(offset: start) }
    return input.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  /// A text string of at most `limit` bytes of UTF-8.
  package mutating func text(limit: Int) throws(CBORError) -> String {
    let start = offset
    let range = try content(of: .text, limit: limit)
    do {
      return String(copying: try UTF8Span(validating: input.span.extracting(range)))
    } catch {
      throw .invalidText(offset: start)
    }
  }

  // MARK: Containers

  /// The number of items in an array, at most `limit`.
  package mutating func array(limit: Int) throws(CBORError) -> Int {
    try count(of: .array, limit: limit, smallestItem: 1)
  }

  /// An array of exactly `count` items.
  package mutating func array(count: Int) throws(CBORError) {
    let start = offset
    guard try array(limit: count) == count else { throw .invalidValue(offset: start) }
  }

  /// Begins a map with unsigned integer keys and at most `limit` pairs.
  package mutating func map(limit: Int) throws(CBORError) -> MapCursor {
    MapCursor(remaining: try count(of: .map, limit: limit, smallestItem: 2))
  }

  package mutating func tag(_ number: UInt64) throws(CBORError) {
    let start = offset
    guard try argument(of: .tag) == number else { throw .invalidValue(offset: start) }
  }

  /// Reads past one whole item, whatever it is, and returns where it lies. At most `depth` levels.
  package mutating func skip(depth: Int = 16) throws(CBORError) -> Range<Int> {
    let start = offset
    guard depth > 0 else { throw .limitExceeded(offset: start) }
    let (type, value) = try head()
    switch type {
    case .unsigned, .negative, .simple: break
    case .byteString: try advance(by: value, from: start)
    case .text:
      let first = offset
      try advance(by: value, from: start)
      do { _ = try UTF8Span(validating: input.span.extracting(first..<offset)) } catch {
        throw .invalidText(offset: start)
      }
    case .array: try skip(items: value, depth: depth, from: start)
    case .map: try skipPairs(value, depth: depth, from: start)
    case .tag: _ = try skip(depth: depth - 1)
    }
    return start..<offset
  }

  // MARK: Map keys

  /// Reads the next key of `map`, which must be `key`.
  package mutating func require(_ key: UInt64, in map: inout MapCursor) throws(CBORError) {
    let start = offset
    guard try accept(key, in: &map) else { throw .unexpectedKey(offset: start) }
  }

  /// Reads the next key of `map` if it is `key`; leaves it for the next call otherwise.
  package mutating func accept(_ key: UInt64, in map: inout MapCursor) throws(CBORError) -> Bool {
    guard map.remaining > 0 else { return false }
    let start = offset
    let next = try unsigned()
    if let previous = map.previousKey, next <= previous { throw .keyOrder(offset: start) }
    guard next == key else {
      // The schema asks for its keys in ascending order: one below `key` is unknown to it.
      guard next > key else { throw .unexpectedKey(offset: start) }
      offset = start
      return false
    }
    map.previousKey = key
    map.remaining -= 1
    return true
  }

  /// Throws if `map` has keys that were not asked for.
  package func end(_ map: MapCursor) throws(CBORError) {
    guard map.remaining == 0 else { throw .unexpectedKey(offset: offset) }
  }

  /// How far the reading of a map has come.
  package struct MapCursor: Sendable {
    package fileprivate(set) var remaining: Int
    fileprivate var previousKey: UInt64?

    fileprivate init(remaining: Int) {
      self.remaining = remaining
    }
  }

  // MARK: Heads

  private func peek() -> UInt8? {
    offset < end ? input[offset] : nil
  }

  private mutating func content(of type: MajorType, limit: Int) throws(CBORError) -> Range<Int> {
    let start = offset
    let count = try argument(of: type)
    guard count <= UInt64(limit) else { throw .limitExceeded(offset: start) }
    let first = offset
    try advance(by: count, from: start)
    return first..<offset
  }

  private mutating func count(
    of type: MajorType, limit: Int, smallestItem: Int
  ) throws(CBORError) -> Int {
    let start = offset
    let count = try argument(of: type)
    guard count <= UInt64(limit) else { throw .limitExceeded(offset: start) }
    guard Int(count) <= (end - offset) / smallestItem else { throw .truncated(offset: start) }
    return Int(count)
  }

  private mutating func argument(of type: MajorType) throws(CBORError) -> UInt64 {
    let start = offset
    let (found, value) = try head()
    guard found == type else { throw .unexpectedType(offset: start) }
    return value
  }

  private mutating func advance(by count: UInt64, from start: Int) throws(CBORError) {
    guard count <= UInt64(end - offset) else { throw .truncated(offset: start) }
    offset += Int(count)
  }

  /// The type and argument of the next item; refuses every head that is not deterministic.
  private mutating func head() throws(CBORError) -> (MajorType, UInt64) {
    let start = offset
    guard let first = peek() else { throw .truncated(offset: start) }
    guard let type = MajorType(rawValue: first >> 5) else { throw .unexpectedType(offset: start) }
    if type == .simple, first != Simple.false, first != Simple.true, first != Simple.null {
      throw .notDeterministic(offset: start)
    }
    offset += 1
    let information = first & 0x1F
    if information < 24 { return (type, UInt64(information)) }
    return (type, try longArgument(information, from: start))
  }

  /// The argument in the 1, 2, 4 or 8 bytes after a head's first; it must need that many.
  private mutating func longArgument(
    _ information: UInt8, from start: Int
  ) throws(CBORError) -> UInt64 {
    guard information <= 27 else { throw .notDeterministic(offset: start) }
    let width = 1 << Int(information - 24)
    guard end - offset >= width else { throw .truncated(offset: start) }
    var value: UInt64 = 0
    for index in offset..<(offset + width) { value = value << 8 | UInt64(input[index]) }
    let smallest: UInt64 = information == 24 ? 24 : 1 << (8 * UInt64(width) / 2)
    guard value >= smallest else { throw .notDeterministic(offset: start) }
    offset += width
    return value
  }

  private mutating func skip(items: UInt64, depth: Int, from start: Int) throws(CBORError) {
    guard items <= UInt64(end - offset) else { throw .truncated(offset: start) }
    for _ in 0..<items { _ = try skip(depth: depth - 1) }
  }

  private mutating func skipPairs(_ pairs: UInt64, depth: Int, from start: Int) throws(CBORError) {
    guard pairs <= UInt64((end - offset) / 2) else { throw .truncated(offset: start) }
    var previous: Range<Int>?
    for _ in 0..<pairs {
      let key = try skip(depth: depth - 1)
      if let previous, !input[previous].lexicographicallyPrecedes(input[key]) {
        throw .keyOrder(offset: key.lowerBound)
      }
      previous = key
      _ = try skip(depth: depth - 1)
    }
  }
}
