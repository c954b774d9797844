import CBOR
import Cryptography
import Ledger

// A frame's body after the greetings: `[number, request]` from the client, `[number, response]`
// from the node.

/// A request as it arrived. Whatever is wrong with the question itself is answered; only a frame
/// without a number ends the connection.
package struct NumberedRequest: Sendable {
  package let number: RequestNumber
  package let request: Result<NodeRequest, LedgerError>

  package init(_ bytes: [UInt8]) throws(LedgerError) {
    var reader = LedgerReader(bytes)
    try reader.array(count: 2)
    number = RequestNumber(try reader.unsigned())
    do {
      let request = try NodeRequest(from: &reader)
      try reader.finish()
      self.request = .success(request)
    } catch {
      self.request = .failure(error)
    }
  }

  package static func encode(_ number: RequestNumber, _ request: NodeRequest) -> [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 1_024)
    encoder.array(2)
    encoder.unsigned(number.rawValue)
    request.encode(into: &encoder)
    return encoder.bytes
  }
}

/// A response with the number of the request that it answers.
package struct NumberedResponse: Sendable {
  package let number: RequestNumber
  package let response: NodeResponse

  package init(_ bytes: [UInt8]) throws(LedgerError) {
    var reader = LedgerReader(bytes)
    try reader.array(count: 2)
    number = RequestNumber(try reader.unsigned())
    response = try NodeResponse(from: &reader)
    try reader.finish()
  }

  /// The body; an answer beyond the limit of a frame becomes a failure that says so.
  package static func encode(_ number: RequestNumber, _ response: NodeResponse) -> [UInt8] {
    let bytes = body(number, response)
    guard bytes.count > NodeLimits.responseByteLimit else { return bytes }
    let failure = NodeFailure.badRequest("the answer is too long; ask for fewer entries at a time")
    return body(number, NodeResponse(head: response.head, answer: .failed(failure)))
  }

  private static func body(_ number: RequestNumber, _ response: NodeResponse) -> [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 512)
    encoder.array(2)
    encoder.unsigned(number.rawValue)
    response.encode(into: &encoder)
    return encoder.bytes
  }
}
