import CBOR

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted. Never negative, and below the
/// year 10000.
package struct Timestamp: Hashable, Comparable, Sendable {
  package static let limit: UInt64 = 253_402_300_800_000

  package let milliseconds: UInt64

  /// `nil` at or beyond the year 10000.
  package init?(milliseconds: UInt64) {
    guard milliseconds < Timestamp.limit else { return nil }
    self.milliseconds = milliseconds
  }

  /// This time moved on by `duration`, at most to the last representable millisecond.
  package func advanced(byMilliseconds duration: UInt64) -> Timestamp {
    let (sum, overflow) = milliseconds.addingReportingOverflow(duration)
    return Timestamp(unchecked: overflow ? Timestamp.limit - 1 : min(sum, Timestamp.limit - 1))
  }

  private init(unchecked milliseconds: UInt64) { self.milliseconds = milliseconds }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }
}

extension CBOREncoder {
  package mutating func timestamp(_ timestamp: Timestamp) { unsigned(timestamp.milliseconds) }
}

extension CBORDecoder {
  package mutating func timestamp() throws(CBORError) -> Timestamp {
    let start = offset
    guard let timestamp = Timestamp(milliseconds: try unsigned()) else {
      throw .limitExceeded(offset: start)
    }
    return timestamp
  }
}
