/// Deterministic CBOR written down a second time, plainly and slowly: an item is well-formed if
/// writing what was read gives the same bytes.
enum NaiveReader {
  /// How many bytes the first item of `input` has; `nil` if the profile refuses it.
  static func itemByteCount(_ input: [UInt8], depth: Int = 16) -> Int? {
    guard depth > 0, let (type, argument, headCount) = head(input) else { return nil }
    guard encodeHead(type, argument) == Array(input.prefix(headCount)) else { return nil }
    let rest = Array(input.dropFirst(headCount))
    switch type {
    case 0, 1: return headCount
    case 2, 3:
      guard argument <= UInt64(rest.count) else { return nil }
      let content = rest.prefix(Int(argument))
      if type == 3, String(validating: content, as: UTF8.self) == nil { return nil }
      return headCount + content.count
    case 4, 6:
      let count = type == 6 ? 1 : argument
      return items(rest, count: count, depth: depth).map { headCount + $0.joined().count }
    case 5:
      guard argument <= UInt64(rest.count), let all = items(rest, count: 2 * argument, depth: depth)
      else { return nil }
      let keys = stride(from: 0, to: all.count, by: 2).map { all[$0] }
      for (left, right) in zip(keys, keys.dropFirst()) where !left.lexicographicallyPrecedes(right)
      {
        return nil
      }
      return headCount + all.joined().count
    default: return [20, 21, 22].contains(argument) && headCount == 1 ? 1 : nil
    }
  }

  private static func items(_ input: [UInt8], count: UInt64, depth: Int) -> [[UInt8]]? {
    var (rest, items) = (input, [[UInt8]]())
    while items.count < count {
      guard let byteCount = itemByteCount(rest, depth: depth - 1) else { return nil }
      items.append(Array(rest.prefix(byteCount)))
      rest.removeFirst(byteCount)
    }
    return items
  }

  private static func head(_ input: [UInt8]) -> (type: UInt8, argument: UInt64, byteCount: Int)? {
    guard let first = input.first else { return nil }
    let information = Int(first & 31)
    guard information >= 24 else { return (first >> 5, UInt64(information), 1) }
    guard let width = [24: 1, 25: 2, 26: 4, 27: 8][information], input.count > width else {
      return nil
    }
    let argument = input[1...width].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return (first >> 5, argument, 1 + width)
  }

  private static func encodeHead(_ type: UInt8, _ argument: UInt64) -> [UInt8] {
    if argument < 24 { return [type << 5 | UInt8(argument)] }
    let width: Int = [1, 2, 4].first { argument < 1 << (8 * UInt64($0)) } ?? 8
    let information: UInt8 = [1: 24, 2: 25, 4: 26, 8: 27][width] ?? 31
    let digits = (0..<width).reversed().map { UInt8(truncatingIfNeeded: argument >> (8 * $0)) }
    return [type << 5 | information] + digits
  }

  static func encode(_ item: Item) -> [UInt8] {
    switch item {
    case .integer(let value) where value < 0: encodeHead(1, UInt64(~value))
    case .integer(let value): encodeHead(0, UInt64(value))
    case .bytes(let value): encodeHead(2, UInt64(value.count)) + value
    case .text(let value): encodeHead(3, UInt64(value.utf8.count)) + Array(value.utf8)
    case .array(let items): encodeHead(4, UInt64(items.count)) + items.flatMap(encode)
    case .map(let pairs):
      encodeHead(5, UInt64(pairs.count))
        + pairs.map { (encodeHead(0, $0.key), encode($0.value)) }
        .sorted { $0.0.lexicographicallyPrecedes($1.0) }
        .flatMap { $0.0 + $0.1 }
    case .tag(let number, let item): encodeHead(6, number) + encode(item)
    case .bool(let value): [value ? 0xF5 : 0xF4]
    case .null: [0xF6]
    }
  }
}
