/// Why bytes are not the deterministic CBOR that hypothec reads.
///
/// Every case is a *rejection*: the bytes came from a peer, a user or a disk. `offset` is the
/// position, in bytes from the start of the decoder's input, of the item that was refused.
package enum CBORError: Error, Hashable, Sendable {
  /// The input ends inside an item.
  case truncated(offset: Int)
  /// The item is well-formed but of another type than the schema has here.
  case unexpectedType(offset: Int)
  /// The item has a second, shorter encoding, an indefinite length, a float, or a simple value
  /// other than false, true and null (RFC 8949 section 4.2.1 and this project's profile).
  case notDeterministic(offset: Int)
  /// A length, count or number is larger than the schema allows.
  case limitExceeded(offset: Int)
  /// Map keys are not strictly ascending: out of order, or twice the same.
  case keyOrder(offset: Int)
  /// A map lacks a key that the schema requires, or has one that it does not know.
  case unexpectedKey(offset: Int)
  /// A text string is not UTF-8.
  case invalidText(offset: Int)
  /// Something follows the last item.
  case trailingBytes(offset: Int)
  /// The value is well-formed, but none that the schema allows here.
  case invalidValue(offset: Int)
}
