import COpenSSL

/// Multiples of one P-256 point, with which a signature under that key is checked in about half
/// the time: OpenSSL multiplies the curve's generator by means of such a table, and here the key
/// is the generator of a group of its own. A table has 150 KiB and takes 25 ms to make.
///
/// The rest is the equation of FIPS 186-5 section 6.4.2 over OpenSSL's numbers and points. It
/// answers as `ECDSA_do_verify` does; tests compare the two. All of it is public, so nothing here
/// has to run in constant time.
struct P256Table: ~Copyable {
  /// P-256 with the key as its generator, and the table.
  private let group: OpaquePointer

  /// `nil` if OpenSSL cannot make a table.
  init?(uncompressedPoint: [UInt8]) {
    guard let group = EC_GROUP_dup(P256.group) else { return nil }
    guard let point = EC_POINT_new(group) else {
      EC_GROUP_free(group)
      return nil
    }
    defer { EC_POINT_free(point) }
    guard
      EC_POINT_oct2point(group, point, uncompressedPoint, uncompressedPoint.count, nil) == 1,
      EC_GROUP_set_generator(group, point, P256.order, BN_value_one()) == 1,
      EC_GROUP_precompute_mult(group, nil) == 1, EC_GROUP_have_precompute_mult(group) == 1
    else {
      EC_GROUP_free(group)
      ERR_clear_error()
      return nil
    }
    self.group = group
  }

  deinit { EC_GROUP_free(group) }

  /// Whether r = x(e/s G + r/s Q) modulo n, for r in 1..<n and any s in 1..<n.
  borrowing func isValid(_ signature: borrowing ECDSASignature, digest: Digest) -> Bool {
    guard let r = ECDSA_SIG_get0_r(signature.pointer), let s = ECDSA_SIG_get0_s(signature.pointer),
      isScalar(r), isScalar(s), let context = BN_CTX_new()
    else { return false }
    defer { BN_CTX_free(context) }
    BN_CTX_start(context)
    defer { BN_CTX_end(context) }
    guard let inverse = BN_CTX_get(context), let first = BN_CTX_get(context),
      let second = BN_CTX_get(context), let number = BN_CTX_get(context),
      digest.withUnsafeBytes({
        BN_bin2bn($0.assumingMemoryBound(to: UInt8.self).baseAddress, 32, number)
      }) != nil,
      BN_mod_inverse(inverse, s, P256.order, context) != nil,
      BN_mod_mul(first, number, inverse, P256.order, context) == 1,
      BN_mod_mul(second, r, inverse, P256.order, context) == 1
    else { return false }
    return sumX(of: first, and: second, into: number, context) && BN_cmp(number, r) == 0
  }

  /// Sets `x` to x(first G + second Q) modulo n; `false` if the sum is infinity.
  private borrowing func sumX(
    of first: OpaquePointer, and second: OpaquePointer, into x: OpaquePointer,
    _ context: OpaquePointer
  ) -> Bool {
    guard let left = EC_POINT_new(P256.group) else { return false }
    defer { EC_POINT_free(left) }
    guard let right = EC_POINT_new(group) else { return false }
    defer { EC_POINT_free(right) }
    return EC_POINT_mul(P256.group, left, first, nil, nil, context) == 1
      && EC_POINT_mul(group, right, second, nil, nil, context) == 1
      && EC_POINT_add(P256.group, left, left, right, context) == 1
      && EC_POINT_get_affine_coordinates(P256.group, left, x, nil, context) == 1
      && BN_nnmod(x, x, P256.order, context) == 1
  }

  private borrowing func isScalar(_ number: OpaquePointer) -> Bool {
    BN_is_zero(number) == 0 && BN_is_negative(number) == 0 && BN_cmp(number, P256.order) < 0
  }
}
