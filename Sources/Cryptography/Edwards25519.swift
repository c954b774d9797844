import COpenSSL

/// Which 32 bytes may be registered as an Ed25519 key.
///
/// OpenSSL takes any 32 bytes for a key and accepts every message under the identity point. Here a
/// key is the canonical encoding (RFC 8032 section 5.1.3: y below 2^255 - 19, and x not "minus
/// zero") of a point that is on the curve and not of order 1, 2, 4 or 8.
enum Edwards25519 {
  /// - Throws: `.pointNotOnCurve` or `.smallOrderKey`.
  static func validate(encodedPoint: [UInt8]) throws(CryptographyError) {
    var y = encodedPoint
    y[31] &= 0x7F
    guard !smallOrderY.contains(y) else { throw .smallOrderKey }
    // The two points with x = 0 are of small order, so the sign bit needs no test of its own.
    guard isReduced(y), isOnCurve(littleEndianY: y) else { throw .pointNotOnCurve }
  }

  /// y of the eight points of small order (four are pairs that differ in the sign of x), and what
  /// encodes them without being reduced.
  private static let smallOrderY: [[UInt8]] = [
    [1] + zeros(31),
    zeros(32),
    [0xEC] + filled(30) + [0x7F],
    [0xED] + filled(30) + [0x7F],
    [0xEE] + filled(30) + [0x7F],
    [
      0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98,
      0xF0, 0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53,
      0xFC, 0x05,
    ],
    [
      0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67,
      0x0F, 0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC,
      0x03, 0x7A,
    ],
  ]

  private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }
  private static func filled(_ count: Int) -> [UInt8] { Array(repeating: 0xFF, count: count) }

  /// Whether y, without the sign bit, is below 2^255 - 19.
  private static func isReduced(_ y: [UInt8]) -> Bool {
    y[31] != 0x7F || y[1..<31].contains { $0 != 0xFF } || y[0] < 0xED
  }

  /// Whether x^2 = (y^2 - 1) / (d y^2 + 1) has a solution, d being -121665 / 121666.
  ///
  /// Multiplied by the square (121666 (d y^2 + 1))^2 and by 121666 that is: 121666 times
  /// (y^2 - 1) (121666 - 121665 y^2) is a square, of which the Jacobi symbol tells.
  private static func isOnCurve(littleEndianY: [UInt8]) -> Bool {
    guard let context = BN_CTX_new() else { return false }
    defer { BN_CTX_free(context) }
    BN_CTX_start(context)
    defer { BN_CTX_end(context) }
    guard let prime = BN_CTX_get(context), let square = BN_CTX_get(context),
      let left = BN_CTX_get(context), let right = BN_CTX_get(context),
      BN_set_bit(prime, 255) == 1, BN_sub_word(prime, 19) == 1,
      BN_lebin2bn(littleEndianY, 32, left) != nil,
      BN_mod_sqr(square, left, prime, context) == 1,
      BN_copy(right, square) != nil, BN_mul_word(right, 121_665) == 1,
      BN_set_word(left, 121_666) == 1, BN_mod_sub(right, left, right, prime, context) == 1,
      BN_mod_mul(right, right, left, prime, context) == 1,
      BN_copy(left, square) != nil, BN_sub_word(left, 1) == 1,
      BN_mod_mul(left, left, right, prime, context) == 1
    else {
      ERR_clear_error()
      return false
    }
    return BN_kronecker(left, prime, context) >= 0
  }
}
