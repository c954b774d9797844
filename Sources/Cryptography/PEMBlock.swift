import COpenSSL

/// The first block of a PEM file, whose content OpenSSL owns and overwrites when it goes.
struct PEMBlock: ~Copyable {
  let label: String
  private let content: UnsafeMutablePointer<UInt8>
  private let byteCount: Int

  /// - Throws: `.notPEM`.
  init(_ pem: [UInt8]) throws(CryptographyError) {
    var (label, header): (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?) = (nil, nil)
    var content: UnsafeMutablePointer<UInt8>?
    var count = 0
    let isRead = pem.withUnsafeBytes { pem in
      // Safety: the BIO reads the array in place and is freed before the closure returns.
      guard let count32 = Int32(exactly: pem.count), count32 > 0,
        let input = BIO_new_mem_buf(pem.baseAddress, count32)
      else { return false }
      defer { BIO_free(input) }
      return PEM_read_bio(input, &label, &header, &content, &count) == 1
    }
    defer {
      CRYPTO_free(label, nil, 0)
      CRYPTO_free(header, nil, 0)
    }
    guard isRead, let label, let content else { throw .notPEM }
    self.label = String(cString: label)
    self.content = content
    self.byteCount = count
  }

  deinit { CRYPTO_clear_free(content, byteCount, nil, 0) }

  /// The structure that `read` finds in the content; `nil` if there is none or anything follows.
  borrowing func decode(
    _ read: (
      UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, Int
    ) -> OpaquePointer?,
    _ free: (OpaquePointer?) -> Void
  ) -> OpaquePointer? {
    var position: UnsafePointer<UInt8>? = UnsafePointer(content)
    guard let value = read(nil, &position, byteCount) else { return nil }
    guard position == UnsafePointer(content + byteCount) else {
      free(value)
      return nil
    }
    return value
  }
}
