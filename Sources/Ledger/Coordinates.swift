import CBOR

/// A block's place in the chain. The genesis block, which the network file defines, is at 0.
package struct Height: Hashable, Comparable, Sendable {
  package static let genesis = Height(0)
  package let rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// - Precondition: the height is not `UInt64.max`, which no chain reaches.
  package var next: Height { Height(rawValue + 1) }

  /// `nil` at genesis.
  package var previous: Height? { rawValue == 0 ? nil : Height(rawValue - 1) }

  package static func < (left: Height, right: Height) -> Bool { left.rawValue < right.rawValue }
}

/// A period in which the validator set does not change. The genesis block closes epoch 0.
package struct Epoch: Hashable, Comparable, Sendable {
  package static let genesis = Epoch(0)
  package let rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }

  package var next: Epoch { Epoch(rawValue + 1) }

  package static func < (left: Epoch, right: Epoch) -> Bool { left.rawValue < right.rawValue }
}

/// An attempt, within an epoch, to add a block. The first is 1; 0 stands for the epoch's genesis.
package struct View: Hashable, Comparable, Sendable {
  package static let genesis = View(0)
  package let rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }

  package var next: View { View(rawValue + 1) }

  package static func < (left: View, right: View) -> Bool { left.rawValue < right.rawValue }
}

extension CBOREncoder {
  package mutating func height(_ height: Height) { unsigned(height.rawValue) }
  package mutating func epoch(_ epoch: Epoch) { unsigned(epoch.rawValue) }
  package mutating func view(_ view: View) { unsigned(view.rawValue) }
}

extension CBORDecoder {
  /// Below 2^63, so that a successor always exists.
  package mutating func height() throws(CBORError) -> Height {
    Height(try unsigned(through: UInt64(Int64.max)))
  }

  /// Below 2^63, so that a successor always exists.
  package mutating func epoch() throws(CBORError) -> Epoch {
    Epoch(try unsigned(through: UInt64(Int64.max)))
  }

  /// Below 2^63, so that a successor always exists.
  package mutating func view() throws(CBORError) -> View {
    View(try unsigned(through: UInt64(Int64.max)))
  }
}
