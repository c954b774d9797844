/// A number that a client gives a request, and that its answer repeats.
package struct RequestNumber: Hashable, Comparable, Sendable {
  package let rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }

  package static func < (left: RequestNumber, right: RequestNumber) -> Bool {
    left.rawValue < right.rawValue
  }
}
