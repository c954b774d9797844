import CommandInterface
@preconcurrency import Glibc

/// Turns the bytes of a file into UTF-8, part by part, by the system's iconv(3).
///
/// What means nothing in the file's encoding becomes the byte 0xFF, which no UTF-8 has: so the row
/// that holds it is found out and refused, and the rows around it are read.
final class TextDecoder {
  private static let invalid: UInt8 = 0xFF
  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private let encoding: TextEncoding
  /// `nil` for UTF-8, which needs no conversion.
  private let converter: iconv_t?
  private var pending: [UInt8] = []
  private var isAtStart = true
  private var start: [UInt8] = []

  init(_ encoding: TextEncoding) throws(Problem) {
    self.encoding = encoding
    guard encoding != .utf8 else {
      converter = nil
      return
    }
    let opened = iconv_open(TextEncoding.utf8.systemName, encoding.systemName)
    guard let opened, opened != iconv_t(bitPattern: -1) else {
      throw .encodingUnavailable(encoding)
    }
    converter = opened
  }

  deinit {
    if let converter { iconv_close(converter) }
  }

  /// The text of `bytes`; an unfinished character waits for the next part. An empty part ends the
  /// file.
  func decode(_ bytes: [UInt8]) -> [UInt8] {
    let isLast = bytes.isEmpty
    guard let converter else { return withoutMark(bytes, isLast: isLast) }
    pending += bytes
    var output: [UInt8] = []
    var taken = 0
    while taken < pending.count {
      let step = convert(converter, from: taken, into: &output)
      taken += step.taken
      switch step.stop {
      case .done, .roomNeeded: continue
      case .invalid:
        output.append(Self.invalid)
        taken += min(encoding.unitByteCount, pending.count - taken)
      case .unfinished:
        guard isLast else {
          pending.removeFirst(taken)
          return withoutMark(output, isLast: false)
        }
        output.append(Self.invalid)
        taken = pending.count
      }
    }
    pending = []
    return withoutMark(output, isLast: isLast)
  }

  private enum Stop { case done, roomNeeded, invalid, unfinished }

  private func convert(
    _ converter: iconv_t, from start: Int, into output: inout [UInt8]
  ) -> (taken: Int, stop: Stop) {
    var buffer = [UInt8](repeating: 0, count: (pending.count - start) * 2 + 64)
    var (inputLeft, outputLeft) = (pending.count - start, buffer.count)
    var errorNumber: Int32 = 0
    pending.withUnsafeMutableBytes { input in
      buffer.withUnsafeMutableBytes { output in
        var source = input.baseAddress.map { ($0 + start).assumingMemoryBound(to: CChar.self) }
        var target = output.baseAddress?.assumingMemoryBound(to: CChar.self)
        if iconv(converter, &source, &inputLeft, &target, &outputLeft) == Int(bitPattern: UInt.max)
        {
          errorNumber = errno
        }
      }
    }
    output += buffer[..<(buffer.count - outputLeft)]
    let stop: Stop =
      switch errorNumber {
      case 0: .done
      case E2BIG: .roomNeeded
      case EINVAL: .unfinished
      default: .invalid
      }
    return (pending.count - start - inputLeft, stop)
  }

  /// Drops a byte order mark, which is UTF-8 by now. Its first bytes wait for the rest.
  private func withoutMark(_ output: [UInt8], isLast: Bool) -> [UInt8] {
    guard isAtStart else { return output }
    start += output
    guard isLast || start.count >= Self.mark.count else { return [] }
    isAtStart = false
    let whole = start
    start = []
    return whole.starts(with: Self.mark) ? Array(whole.dropFirst(Self.mark.count)) : whole
  }
}
