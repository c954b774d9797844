import Cryptography
import Ledger
import TestSupport
import Testing
import Transport

@testable import Node

@Suite("Where a node listens")
struct ListeningTests {
  private func listening(
    at addresses: String..., everywhere: [SocketAddress.Host] = [.unspecifiedV4, .unspecifiedV6]
  ) throws -> [String] {
    SocketAddress.listening(at: try addresses.map(NodeAddress.init), everywhere: everywhere)
      .map(\.description)
  }

  @Test("is where literal addresses say")
  func literal() throws {
    #expect(
      try listening(at: "192.0.2.1:7001", "[2001:db8::1]:7001", "192.0.2.1:7002")
        == ["192.0.2.1:7001", "[2001:db8::1]:7001", "192.0.2.1:7002"])
    #expect(try listening(at: "[::]:7001") == ["[::]:7001"])
    #expect(try listening(at: "0.0.0.0:7001") == ["0.0.0.0:7001"])
  }

  @Test("is everywhere for a name, in each family that the machine has")
  func names() throws {
    #expect(try listening(at: "node.example:7001") == ["0.0.0.0:7001", "[::]:7001"])
    #expect(
      try listening(at: "node.example:7001", everywhere: [.unspecifiedV4]) == ["0.0.0.0:7001"])
    let here = SocketAddress.listening(at: [try NodeAddress("node.example:7001")])
    #expect(try #require(here.first).description == "0.0.0.0:7001")
    #expect(here.allSatisfy { $0.host.isSupported && $0.port == 7_001 })
  }

  @Test("is no place twice")
  func duplicates() throws {
    #expect(
      try listening(at: "192.0.2.1:7001", "192.0.2.1:7001", "a.example:7002", "b.example:7002")
        == ["192.0.2.1:7001", "0.0.0.0:7002", "[::]:7002"])
    #expect(
      try listening(at: "192.0.2.1:7001", "[2001:db8::1]:7001", "node.example:7001")
        == ["0.0.0.0:7001", "[::]:7001"])
    #expect(
      try listening(at: "0.0.0.0:7001", "192.0.2.1:7001", "[2001:db8::1]:7001", "192.0.2.1:7002")
        == ["0.0.0.0:7001", "[2001:db8::1]:7001", "192.0.2.1:7002"])
    #expect(
      try listening(at: "node.example:7001", "[2001:db8::1]:7001", everywhere: [.unspecifiedV4])
        == ["0.0.0.0:7001", "[2001:db8::1]:7001"])
  }
}

@Suite("Whom a node dials")
struct PeerPlanTests {
  private let network = ChainNetwork(validatorCount: 6)

  private func peers(of member: MemberID, only: [MemberID]? = nil) -> [PeerConfiguration] {
    let nodes = network.file.validators.map(NodeState.init)
    return PeerPlan(member: member, only: only)
      .peers(of: nodes, validators: network.genesis.validators)
  }

  @Test("is everybody for a validator, and four validators for a node that follows")
  func dials() throws {
    let members = network.file.validators.map(\.member)
    let ofValidator = peers(of: members[0])
    #expect(ofValidator.map(\.member) == Array(members.dropFirst()))
    #expect(ofValidator.allSatisfy { $0.isDialled })
    let ofFollower = peers(of: try MemberID("follower"))
    #expect(ofFollower.map(\.member) == members)
    #expect(ofFollower.filter(\.isDialled).count == PeerPlan.followedCount)
    #expect(peers(of: try MemberID("follower")) == ofFollower)
  }

  @Test("is whom the operator lists, whoever votes")
  func restricts() throws {
    let members = network.file.validators.map(\.member)
    let peers = peers(of: members[0], only: [members[4], members[0], try MemberID("nobody")])
    #expect(peers.map(\.member) == [members[4]])
    #expect(peers.allSatisfy { $0.isDialled })
  }
}
