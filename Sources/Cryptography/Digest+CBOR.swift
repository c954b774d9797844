import CBOR

extension CBOREncoder {
  package mutating func digest(_ digest: Digest) {
    digest.withUnsafeBytes { byteString($0) }
  }
}

extension CBORDecoder {
  /// A byte string of exactly 32 bytes.
  package mutating func digest() throws(CBORError) -> Digest {
    try fixedByteString(count: Digest.byteCount) { Digest($0) }
  }
}
