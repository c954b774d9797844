import Testing

@testable import Transport

@Suite("A socket's address")
struct SocketAddressTests {
  @Test(
    "is read and written the same",
    arguments: ["127.0.0.1:7001", "0.0.0.0:0", "[::1]:65535", "[2001:db8::1]:1", "[::]:7001"])
  func readsText(text: String) throws {
    let address = try #require(SocketAddress(text))
    #expect(address.description == text)
    let again = address.withSocketAddress { SocketAddress($0, byteCount: Int($1)) }
    #expect(again == address)
  }

  @Test(
    "is no name, and nothing else",
    arguments: [
      "", ":", "localhost:1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
      "127.1:1", "::1:7001", "[::1]", "[127.0.0.1]:1", "[::1%lo]:1", "1.2.3.4:+1",
    ])
  func refusesOthers(text: String) {
    #expect(SocketAddress(text) == nil)
  }
}
