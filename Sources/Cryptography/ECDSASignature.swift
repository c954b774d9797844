import COpenSSL

/// The numbers r and s of a signature, as OpenSSL holds them.
struct ECDSASignature: ~Copyable {
  let pointer: OpaquePointer

  /// Takes over a signature that OpenSSL made.
  init(owning pointer: OpaquePointer) {
    self.pointer = pointer
  }

  /// r and s, 32 bytes each, of any value.
  init?(bytes: [UInt8]) {
    precondition(bytes.count == SignatureAlgorithm.signatureByteCount, "r and s are 32 bytes each")
    guard let pointer = ECDSA_SIG_new() else { return nil }
    let (r, s) = bytes.withUnsafeBufferPointer { bytes in
      (
        BN_bin2bn(bytes.baseAddress, 32, nil),
        BN_bin2bn(bytes.baseAddress.map { $0 + 32 }, 32, nil)
      )
    }
    guard let r, let s, ECDSA_SIG_set0(pointer, r, s) == 1 else {
      BN_free(r)
      BN_free(s)
      ECDSA_SIG_free(pointer)
      return nil
    }
    self.pointer = pointer
  }

  deinit { ECDSA_SIG_free(pointer) }

  var hasLowS: Bool {
    BN_cmp(ECDSA_SIG_get0_s(pointer), P256.halfOrder) <= 0
  }

  /// r and s, 32 bytes each, with the lower of s and n - s; `nil` for want of memory.
  borrowing func normalisedBytes() -> [UInt8]? {
    guard let r = ECDSA_SIG_get0_r(pointer), let s = ECDSA_SIG_get0_s(pointer),
      let low = BN_dup(s)
    else { return nil }
    defer { BN_free(low) }
    if !hasLowS {
      guard BN_sub(low, P256.order, s) == 1 else { return nil }
    }
    return [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
      guard let base = buffer.baseAddress else { preconditionFailure("64 bytes have an address") }
      precondition(
        BN_bn2binpad(r, base, 32) == 32 && BN_bn2binpad(low, base + 32, 32) == 32,
        "r and s are below the order")
      count = 64
    }
  }
}
