import Glibc

/// What the system says about an error number.
package enum SystemError {
  /// `No space left on device`; always English, because the process sets no locale.
  package static func text(_ errorNumber: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    // The XSI function: fills the buffer, or says that the number is not known.
    guard strerror_r(errorNumber, &buffer, buffer.count) == 0 else {
      return "error \(errorNumber)"
    }
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
