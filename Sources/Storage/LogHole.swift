import Ledger

/// Heights whose blocks or certificates the log once had and cannot read any more.
///
/// All of them lie in one segment, or in a stretch of segments that are missing as a whole.
package struct LogHole: Hashable, Sendable {
  /// The first height of the segment.
  package let segment: Height
  /// Never empty. Other heights of the same segment can be read.
  package let heights: Range<Height>

  package init(segment: Height, heights: Range<Height>) {
    self.segment = segment
    self.heights = heights
  }

  package var count: UInt64 { heights.upperBound.rawValue - heights.lowerBound.rawValue }
}

/// What opening a log does about damage.
package enum DamagePolicy: Hashable, Sendable {
  /// Throws it, and has altered nothing: for who only reads, and for a node without peers.
  case refuse
  /// Opens with holes, to be filled by blocks of other nodes.
  case leaveHoles
}
