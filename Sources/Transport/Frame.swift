/// The framing of every conversation with a node (docs/formats/node-protocol.md,
/// docs/formats/peer-connections.md): the byte count of the body as four bytes, big-endian, then the
/// body.
package enum Frame {
  package static let headByteCount = 4

  /// - Precondition: the body's byte count fits into the head; its reader may take less.
  package static func append(_ body: [UInt8], to bytes: inout [UInt8]) {
    appendHead(of: body, to: &bytes)
    bytes.append(contentsOf: body)
  }

  static func appendHead(of body: [UInt8], to bytes: inout [UInt8]) {
    precondition(body.count <= Int(UInt32.max), "a frame's length fits into four bytes")
    withUnsafeBytes(of: UInt32(body.count).bigEndian) { bytes.append(contentsOf: $0) }
  }

  package static func encode(_ body: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(headByteCount + body.count)
    append(body, to: &bytes)
    return bytes
  }
}

/// A frame whose head promises more than its reader takes; nothing after it can be read.
package struct FrameTooLarge: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the head says.
  package let byteCount: Int

  package init(byteCount: Int) { self.byteCount = byteCount }

  package var description: String { "a frame of \(byteCount) bytes is beyond the limit" }
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
  /// - Throws: `FrameTooLarge`; nothing more can be read then.
  package mutating func next() throws(FrameTooLarge) -> [UInt8]? {
    guard byteCount >= Frame.headByteCount else { return nil }
    let length = bytes[start..<(start + Frame.headByteCount)].reduce(0) { $0 << 8 | Int($1) }
    guard length <= bodyByteLimit else { throw FrameTooLarge(byteCount: length) }
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
