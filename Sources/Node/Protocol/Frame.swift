import CBOR
import Cryptography
import Ledger

/// A number that a client gives a request, and that its answer repeats.
package struct RequestNumber: Hashable, Comparable, Sendable {
  package let rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }

  package static func < (left: RequestNumber, right: RequestNumber) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// The framing of the node protocol (docs/formats/node-protocol.md): the byte count of the body as
/// four bytes, big-endian, then the body.
package enum Frame {
  package static let headByteCount = 4

  /// - Precondition: the body is one that its reader takes: at most `responseByteLimit` bytes.
  package static func append(_ body: [UInt8], to bytes: inout [UInt8]) {
    precondition(body.count <= NodeLimits.responseByteLimit, "a frame is within its reader's limit")
    withUnsafeBytes(of: UInt32(body.count).bigEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: body)
  }

  package static func encode(_ body: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(headByteCount + body.count)
    append(body, to: &bytes)
    return bytes
  }
}

/// Takes frames out of bytes that arrive in parts.
///
/// A frame's length is judged as soon as its four bytes are there, before memory for its body is
/// taken, so a buffer holds at most the limit and what one read brought.
package struct FrameBuffer: Sendable {
  /// The greatest body that is taken; greetings are short, what follows is longer.
  package var bodyByteLimit: Int
  private var bytes: [UInt8] = []
  /// What was taken out already, removed from `bytes` when it is more than the rest.
  private var start = 0

  package init(bodyByteLimit: Int) {
    self.bodyByteLimit = bodyByteLimit
  }

  /// Bytes that are waiting for the rest of their frame, or to be taken.
  package var byteCount: Int { bytes.count - start }

  package mutating func append(_ part: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: part)
  }

  /// The body of the next frame; `nil` if it is not whole yet.
  ///
  /// - Throws: `.frameTooLarge`; nothing more can be read then.
  package mutating func next() throws(ProtocolError) -> [UInt8]? {
    guard byteCount >= Frame.headByteCount else { return nil }
    let length = bytes[start..<(start + Frame.headByteCount)].reduce(0) { $0 << 8 | Int($1) }
    guard length <= bodyByteLimit else { throw .frameTooLarge(length) }
    let body = start + Frame.headByteCount
    guard bytes.count - body >= length else { return nil }
    let frame = Array(bytes[body..<(body + length)])
    start = body + length
    discardTaken()
    return frame
  }

  private mutating func discardTaken() {
    guard start > bytes.count - start else { return }
    bytes.removeSubrange(..<start)
    start = 0
  }
}

/// Why bytes are nothing that this protocol has.
package enum ProtocolError: Error, Hashable, Sendable {
  case frameTooLarge(Int)
  case malformed(LedgerError)
  /// The first frame is no greeting.
  case notAGreeting
  case otherVersion(UInt64)
}

extension ProtocolError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .frameTooLarge(let count): "a frame of \(count) bytes is beyond the limit"
    case .malformed(let error): "\(error)"
    case .notAGreeting: "the first frame is no greeting of the node protocol"
    case .otherVersion(let version): "protocol version \(version)"
    }
  }
}
