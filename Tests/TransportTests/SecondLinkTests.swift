import Cryptography
import Ledger
import Testing

@testable import Transport

@Suite("A second link of a member")
struct SecondLinkTests {
  @Test("of the same process takes the place of the first, unless the arbiter still hears that")
  func replaces() throws {
    // The node is not the arbiter: its peer does not dial while it has a link.
    let pair = try FakePair(node: "bank-b", fake: "bank-a")
    let first = try pair.link()
    let second = try pair.link()
    try pair.run("both", [first.control, second.control]) { first.control.isEnded }
    #expect(pair.node.ups.count == 2)
    #expect(pair.node.downs.map(\.reason) == [.replaced])
    #expect(pair.node.links.count == 1)
  }

  @Test("of the same process is refused by the arbiter while the first is heard")
  func arbiterHoldsOn() throws {
    let pair = try FakePair(node: "bank-a", fake: "bank-b")
    let first = try pair.link()
    let hello = try pair.fake.hello(.control, Nonce.random())
    #expect(try pair.refusal(of: hello.encoded) == .alreadyLinked)
    #expect(pair.node.links.count == 1 && pair.node.notices.isEmpty)
    pair.hub.skip(milliseconds: 2_600)
    let second = try pair.link()
    try pair.run("the end of the first", [first.bulk, second.bulk]) { first.bulk.isEnded }
    #expect(pair.node.downs.map(\.reason) == [.replaced])
  }

  @Test("of another process with the same key is refused, and both are named")
  func refusesTwin() throws {
    let pair = try TransportPair()
    try pair.link()
    let twin = try pair.hub.add("bank-a", key: pair.first.configuration.key)
    twin.transport.setPeers([try twin.peer(pair.second)], at: pair.hub.now)
    try pair.hub.run("the refusal") { !twin.notices.isEmpty && !pair.second.notices.isEmpty }
    let address = try #require(pair.second.address.nodeAddress)
    #expect(
      twin.notices == [
        .dialFailed(pair.second.member, address: address, .refusedByPeer(.keyInUse))
      ])
    guard case .duplicateIdentity(let member, let linked, let refused) = pair.second.notices[0]
    else {
      Issue.record("\(pair.second.notices)")
      return
    }
    #expect(member == pair.first.member)
    #expect(linked != refused)
    #expect(pair.second.transport.links.values.map(\.remote) == [linked])
    #expect(pair.first.links.count == 1 && pair.second.downs.isEmpty)
  }

  @Test("of another process takes over when the first has been silent for five seconds")
  func replacesSilentTwin() throws {
    let pair = try FakePair()
    let first = try pair.link()
    let other = try Nonce.random()
    let hello = try pair.fake.hello(.control, Nonce.random(), instance: other)
    pair.hub.skip(milliseconds: 4_800)
    #expect(try pair.refusal(of: hello.encoded) == .keyInUse)
    pair.hub.skip(milliseconds: 300)
    let second = try pair.link(instance: other)
    try pair.run("the end of the first", [first.control, second.control]) {
      first.control.isEnded
    }
    #expect(pair.node.downs.map(\.reason) == [.replacedByOtherProcess])
    #expect(pair.node.links.count == 1)
  }

  @Test("does not mix the connections of two processes")
  func pairsOneProcess() throws {
    let pair = try FakePair()
    let nonce = try Nonce.random()
    let control = try pair.connect()
    control.send(pair.fake.hello(.control, nonce))
    try pair.run("the control hello", [control]) { control.received.count == 1 }
    let bulk = try pair.fake.hello(.bulk, nonce, instance: Nonce.random())
    #expect(try pair.refusal(of: bulk.encoded) == .unpaired)
    #expect(pair.node.ups.isEmpty)
  }
}
