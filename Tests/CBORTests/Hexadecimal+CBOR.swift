import CBOR
import Testing

extension CBORDecoder {
  init(hexadecimal: String) throws {
    self.init(try bytes(hexadecimal))
  }
}

func bytes(_ hexadecimal: String) throws -> [UInt8] {
  let digits = Array(hexadecimal)
  return try stride(from: 0, to: digits.count, by: 2).map { index in
    try #require(UInt8(String(digits[index..<index + 2]), radix: 16))
  }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { String($0 >> 4, radix: 16) + String($0 & 0xF, radix: 16) }.joined()
}

func encoded(_ write: (inout CBOREncoder) -> Void) -> String {
  var encoder = CBOREncoder()
  write(&encoder)
  return hexadecimal(encoder.bytes)
}

/// What `read` makes of the whole input.
func decoded<Value>(
  _ hexadecimal: String, _ read: (inout CBORDecoder) throws -> Value
) throws -> Value {
  var decoder = try CBORDecoder(hexadecimal: hexadecimal)
  let value = try read(&decoder)
  try decoder.finish()
  return value
}
