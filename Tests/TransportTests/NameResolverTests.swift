import Dispatch
@preconcurrency import Glibc
import Ledger
import Synchronization
import Testing

@testable import Transport

@Suite("Host names")
struct NameResolverTests {
  /// A name server that answers when it is told to, and counts what it was asked.
  private final class SlowServer: Sendable {
    private let gate = DispatchSemaphore(value: 0)
    private let asked = Mutex<[String]>([])

    var names: [String] { asked.withLock { $0.sorted() } }

    /// Answers so many questions, of the past or of the future.
    func answer(_ count: Int) { for _ in 0..<count { gate.signal() } }

    func addresses(
      of host: String
    ) -> Result<[SocketAddress.Host], NameResolver.NameFailure> {
      asked.withLock { $0.append(host) }
      gate.wait()
      return .success([.v4(0x7F00_0001)])
    }
  }

  private let server = SlowServer()

  private func resolver() throws -> NameResolver {
    try NameResolver { [server] in server.addresses(of: $0) }
  }

  /// The answers by request, once there are so many.
  private func take(
    _ count: Int, from resolver: NameResolver
  ) -> [UInt64: Result<[SocketAddress], NameResolver.NameFailure>] {
    var answers: [UInt64: Result<[SocketAddress], NameResolver.NameFailure>] = [:]
    while answers.count < count {
      var wanted = pollfd(fd: resolver.descriptorNumber, events: Int16(POLLIN), revents: 0)
      guard poll(&wanted, 1, 20_000) == 1 else {
        Issue.record("\(answers.count) of \(count) answers in 20 s")
        return answers
      }
      for answer in resolver.take() { answers[answer.request] = answer.addresses }
    }
    return answers
  }

  @Test("are looked up once for all who ask meanwhile, each with its own port")
  func sharesLookups() throws {
    let resolver = try resolver()
    resolver.resolve("a.example", port: 1, request: 1)
    resolver.resolve("a.example", port: 2, request: 2)
    resolver.resolve("b.example", port: 3, request: 3)
    server.answer(2)
    let answers = take(3, from: resolver)
    #expect(server.names == ["a.example", "b.example"])
    for request in UInt64(1)...3 {
      let address = SocketAddress(host: .v4(0x7F00_0001), port: UInt16(request))
      #expect(answers[request] == .success([address]))
    }
    // What is over is looked up again.
    server.answer(1)
    resolver.resolve("a.example", port: 1, request: 4)
    #expect(take(1, from: resolver).keys.elementsEqual([4]))
    #expect(server.names.count == 3)
  }

  @Test("are not answered to who has given up, and the lookup serves who asks next")
  func forgets() throws {
    let resolver = try resolver()
    resolver.resolve("a.example", port: 1, request: 1)
    resolver.forget(1)
    resolver.resolve("a.example", port: 1, request: 2)
    server.answer(1)
    #expect(take(1, from: resolver).keys.elementsEqual([2]))
    #expect(server.names == ["a.example"])
  }

  @Test("are refused while eight others are looked up, but for those eight")
  func isBounded() throws {
    let resolver = try resolver()
    for number in UInt64(1)...8 { resolver.resolve("\(number).example", port: 1, request: number) }
    resolver.resolve("9.example", port: 1, request: 9)
    resolver.resolve("8.example", port: 1, request: 10)
    let busy = NameResolver.NameFailure(reason: "the resolver is busy")
    #expect(take(1, from: resolver) == [9: .failure(busy)])
    server.answer(8)
    #expect(take(9, from: resolver).count == 9)
    #expect(server.names.count == 8)
  }

  @Test("have twenty seconds, and a lookup that took longer serves the next attempt")
  func waitsForSlowServers() throws {
    let hub = try TransportHub()
    let first = try hub.add("bank-a") { [server] in server.addresses(of: $0) }
    let second = try hub.add("bank-b")
    var peer = try first.peer(second)
    let address = try NodeAddress("node.example:\(second.address.port)")
    peer.addresses = [address]
    first.transport.setPeers([peer], at: hub.now)
    second.transport.setPeers([try second.peer(first, isDialled: false)], at: hub.now)
    try hub.run("the question") { server.names.count == 1 }
    hub.skip(milliseconds: 15_000)
    try hub.run(milliseconds: 20)
    #expect(first.notices.isEmpty)
    hub.skip(milliseconds: 5_000)
    try hub.run("the failure") { !first.notices.isEmpty }
    #expect(
      first.notices == [
        .dialFailed(second.member, address: address, .unresolved("no answer in time"))
      ])
    // The next attempt.
    hub.skip(milliseconds: 200)
    try hub.run(milliseconds: 20)
    server.answer(1)
    try hub.run("the link") { first.links.count == 1 && second.links.count == 1 }
    #expect(server.names == ["node.example"])
  }
}
