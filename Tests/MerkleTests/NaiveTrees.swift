import Cryptography
import Merkle

/// The trees written down from their definitions, recursive and slow: what the real ones are
/// compared with. They share no code with them but SHA-256 over bytes.
enum NaiveTree {
  /// RFC 9162 section 2.1.1.
  static func root(_ leaves: ArraySlice<[UInt8]>) -> Digest {
    if leaves.isEmpty { return SHA256.hash([]) }
    if leaves.count == 1 { return SHA256.hash([0] + leaves[leaves.startIndex]) }
    let middle = leaves.startIndex + split(leaves.count)
    return node(root(leaves[..<middle]), root(leaves[middle...]))
  }

  /// PATH, RFC 9162 section 2.1.3.1.
  static func path(_ index: Int, _ leaves: ArraySlice<[UInt8]>) -> [Digest] {
    if leaves.count == 1 { return [] }
    let middle = leaves.startIndex + split(leaves.count)
    let (left, right) = (leaves[..<middle], leaves[middle...])
    return index < middle
      ? path(index, left) + [root(right)] : path(index, right) + [root(left)]
  }

  /// SUBPROOF, RFC 9162 section 2.1.4.1.
  static func subproof(_ first: Int, _ leaves: ArraySlice<[UInt8]>, isWhole: Bool) -> [Digest] {
    if first == leaves.count { return isWhole ? [] : [root(leaves)] }
    let half = split(leaves.count)
    let middle = leaves.startIndex + half
    let (left, right) = (leaves[..<middle], leaves[middle...])
    return first <= half
      ? subproof(first, left, isWhole: isWhole) + [root(right)]
      : subproof(first - half, right, isWhole: false) + [root(left)]
  }

  private static func split(_ count: Int) -> Int {
    var half = 1
    while half * 2 < count { half *= 2 }
    return half
  }

  private static func node(_ left: Digest, _ right: Digest) -> Digest {
    SHA256.hash([1] + left.bytes + right.bytes)
  }
}

enum NaiveStateTree {
  /// T(S, depth) of the definition in `SparseMerkleMap`.
  static func root(_ entries: [MapEntry], depth: Int = 0) -> Digest {
    if entries.isEmpty { return .zero }
    if entries.count == 1 {
      return SHA256.hash([2] + entries[0].key.bytes + entries[0].valueHash.bytes)
    }
    let left = root(entries.filter { !$0.key.bit(depth) }, depth: depth + 1)
    let right = root(entries.filter { $0.key.bit(depth) }, depth: depth + 1)
    return SHA256.hash([3] + left.bytes + right.bytes)
  }

  static func proof(_ key: Digest, _ entries: [MapEntry]) -> StateProof {
    var siblings: [Digest?] = []
    var rest = entries
    while rest.count > 1 {
      let depth = siblings.count
      let beside = rest.filter { $0.key.bit(depth) != key.bit(depth) }
      siblings.append(beside.isEmpty ? nil : root(beside, depth: depth + 1))
      rest = rest.filter { $0.key.bit(depth) == key.bit(depth) }
    }
    guard let end = rest.first else { return StateProof(siblings: siblings, terminal: .empty) }
    return StateProof(siblings: siblings, terminal: end.key == key ? .entry : .other(end))
  }
}

/// A store of state entries, as simple as can be.
struct ModelStore {
  var values: [Digest: Digest] = [:]

  var entries: [MapEntry] {
    values.keys.sorted().map { MapEntry(key: $0, valueHash: values[$0]!) }
  }

  var lookup: EntryLookup {
    let entries = entries
    return { range in entries.first { range.contains($0.key) } }
  }

  var root: Digest { NaiveStateTree.root(entries) }

  /// The change that leads from what is stored to `valueHash`; `nil` if there is none.
  func change(_ key: Digest, to valueHash: Digest?) -> MapChange? {
    switch (values[key], valueHash) {
    case (nil, nil): nil
    case (nil, .some(let new)): MapChange(key: key, effect: .insert(new))
    case (.some, .some(let new)): MapChange(key: key, effect: .update(new))
    case (.some, nil): MapChange(key: key, effect: .remove)
    }
  }

  mutating func apply(_ changes: [MapChange]) {
    for change in changes { values[change.key] = change.effect.valueHash }
  }
}

extension SplitMix64 {
  mutating func digest() -> Digest {
    Digest(words: (next(), next(), next(), next()))
  }
}

extension Digest {
  /// The key of the golden vectors: SHA-256 of one byte.
  static func key(_ number: Int) -> Digest { SHA256.hash([UInt8(number)]) }

  /// The value hash of the golden vectors: SHA-256 of "v" and one byte.
  static func value(_ number: Int) -> Digest { SHA256.hash([UInt8(ascii: "v"), UInt8(number)]) }

  /// The key that shares exactly the first `count` bits with this one and is `tail` beyond.
  func diverging(after count: Int, tail: Digest) -> Digest {
    var bytes = bytes
    for bit in count..<256 {
      let mask: UInt8 = 0x80 >> UInt8(bit % 8)
      let isSet = bit == count ? !self.bit(bit) : tail.bit(bit)
      bytes[bit / 8] = isSet ? bytes[bit / 8] | mask : bytes[bit / 8] & ~mask
    }
    return Digest(bytes)!
  }
}
