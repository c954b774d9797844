extension [UInt8] {
  mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}

extension RandomAccessCollection where Element == UInt8, Index == Int {
  /// The integer whose bytes begin at `offset` from the start.
  ///
  /// - Precondition: the collection holds all of them.
  func littleEndian<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type) -> Value {
    var value: Value = 0
    for index in 0..<MemoryLayout<Value>.size {
      value |= Value(truncatingIfNeeded: self[startIndex + offset + index]) << (8 * index)
    }
    return value
  }
}
