import COpenSSL

/// Random bytes for keys, salts and nonces, from OpenSSL's generator, which the operating system
/// seeds.
package enum SecureRandom {
  /// - Throws: `.randomnessUnavailable`.
  package static func bytes(_ count: Int) throws(CryptographyError) -> [UInt8] {
    precondition(count >= 0 && count <= Int(Int32.max), "a byte count that OpenSSL can take")
    var isFilled = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      isFilled = count == 0 || RAND_bytes(buffer.baseAddress, Int32(count)) == 1
      filled = isFilled ? count : 0
    }
    guard isFilled else {
      ERR_clear_error()
      throw .randomnessUnavailable
    }
    return bytes
  }
}
