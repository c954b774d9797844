import COpenSSL

/// The curve P-256 (FIPS 186-5, SEC 2 secp256r1) in OpenSSL's own, fast implementation.
enum P256 {
  // Safety: these are made once, under the lock of Swift's static initialisation, and only read
  // afterwards; OpenSSL's const functions on a group and a number write to neither.
  nonisolated(unsafe) static let group: OpaquePointer = {
    guard let group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1) else {
      preconditionFailure("OpenSSL has the curve P-256")
    }
    return group
  }()

  /// The number of points, n.
  // Safety: as above.
  nonisolated(unsafe) static let order: OpaquePointer = {
    guard let order = EC_GROUP_get0_order(group) else { preconditionFailure("P-256 has an order") }
    return order
  }()

  /// (n - 1) / 2: the largest s that is low.
  // Safety: as above.
  nonisolated(unsafe) static let halfOrder: OpaquePointer = {
    guard let half = BN_dup(order), BN_rshift1(half, half) == 1 else {
      preconditionFailure("memory for a number")
    }
    return half
  }()

  /// A key for the point 0x04, x, y; `nil` unless it is on the curve with reduced coordinates.
  ///
  /// The caller frees the result with `EC_KEY_free`.
  static func key(uncompressedPoint: [UInt8]) -> OpaquePointer? {
    guard let point = EC_POINT_new(group) else { return nil }
    defer { EC_POINT_free(point) }
    // EC_POINT_oct2point refuses x and y that are not below the field's prime, as well as points
    // off the curve. Infinity has no uncompressed encoding; the cofactor is 1.
    guard
      EC_POINT_oct2point(group, point, uncompressedPoint, uncompressedPoint.count, nil) == 1,
      let key = EC_KEY_new()
    else {
      ERR_clear_error()
      return nil
    }
    guard EC_KEY_set_group(key, group) == 1, EC_KEY_set_public_key(key, point) == 1 else {
      EC_KEY_free(key)
      ERR_clear_error()
      return nil
    }
    return key
  }

  /// 0x04, x, y of a key's public point: 65 bytes.
  static func uncompressedPoint(of key: OpaquePointer) -> [UInt8] {
    guard let point = EC_KEY_get0_public_key(key) else {
      preconditionFailure("the key has a public point")
    }
    return [UInt8](unsafeUninitializedCapacity: 65) { buffer, count in
      count = EC_POINT_point2oct(
        group, point, POINT_CONVERSION_UNCOMPRESSED, buffer.baseAddress, buffer.count, nil)
      precondition(count == 65, "a point of P-256 has 65 bytes uncompressed")
    }
  }
}
