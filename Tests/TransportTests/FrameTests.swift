import Testing
import Transport

@Suite("A frame buffer")
struct FrameBufferTests {
  func append(_ bytes: [UInt8], to buffer: inout FrameBuffer) {
    bytes.withUnsafeBytes { buffer.append($0) }
  }

  @Test("gives the same frames however the bytes are cut", arguments: [1, 2, 3, 7, 64, 1_000])
  func takesParts(size: Int) throws {
    let bodies: [[UInt8]] = (0..<40).map { Array(repeating: UInt8($0), count: $0 * 7) }
    let bytes = bodies.flatMap { Frame.encode($0) }
    var buffer = FrameBuffer(bodyByteLimit: 1_000)
    var found: [[UInt8]] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      append(Array(bytes[start..<min(start + size, bytes.count)]), to: &buffer)
      while let body = try buffer.next() { found.append(body) }
    }
    #expect(found == bodies)
    #expect(buffer.byteCount == 0)
  }

  @Test("refuses a frame beyond the limit as soon as its length is there")
  func refusesLarge() {
    var buffer = FrameBuffer(bodyByteLimit: 1_000)
    append([0, 0, 3, 0xE9], to: &buffer)
    #expect(throws: FrameTooLarge(byteCount: 1_001)) { try buffer.next() }
  }
}
