import Consensus
import Ledger
import SimulatedMachine
import TestSupport
import Testing

@testable import Node

@Suite("Replicas with links, when machines fail")
struct ReplicaNetworkFaultTests {
  @Test(
    "commit what each of them is given although one clock is ten minutes off, and say which",
    arguments: [-600_000, 600_000] as [Int64])
  func skewedClock(offset: Int64) throws {
    let network = try ReplicaNetwork(4)
    network.clockOffsets[2] = offset
    try network.run(milliseconds: 1_500)
    for number in 0..<12 {
      let sent = try network.submit(
        network.registration(number, by: number % 4), to: number % 4)
      #expect(
        try network.run(milliseconds: 20_000) { network.isAccepted(sent, at: number % 4) },
        "at \(number % 4), heights \(network.heights)")
    }
    try network.run(milliseconds: 3_000)
    #expect(network.isEven)
    let seen = network[0].replica.runningStatus.peers.compactMap { peer -> Int64? in
      guard peer.member == network.members[2].id, case .linked(let link) = peer.reach else {
        return nil
      }
      return link.said?.clockMilliseconds
    }
    #expect(seen.count == 1)
    #expect(seen.allSatisfy { abs($0 - offset) < 100 }, "\(seen)")
    try network.checkAgreement()
  }

  @Test("go on while the disk of one is full, which votes again when there is room")
  func oneFullDisk() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    try network.register(0, at: 0)
    network[3].disk.setCapacity(0)
    for number in 1..<20 { try network.register(number, at: number % 3) }
    #expect(network[3].replica.runningStatus.waitsFor.contains("full"))
    let refused = try network.submit(network.registration(50, by: 3), to: 3)
    #expect(network.result(refused, at: 3) == .turnedAway(.nodeNotWriting))
    network[3].disk.setCapacity(nil)
    #expect(
      try network.run(milliseconds: 30_000) {
        network.isEven && network[3].replica.runningStatus.waitsFor.isEmpty
      }, "heights \(network.heights)")
    try network.register(51, at: 3)
    // It counts: without it there is no quorum now.
    try network.crash(0)
    try network.register(52, at: 1)
    try network.checkAgreement()
  }

  @Test("commit nothing while two disks of four are full, and go on when there is room")
  func twoFullDisks() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    try network.register(0, at: 0)
    for index in [2, 3] { network[index].disk.setCapacity(0) }
    let sent = try network.submit(network.registration(1, by: 0), to: 0)
    try network.run(milliseconds: 20_000)
    #expect(network.result(sent, at: 0) == nil)
    for index in [2, 3] { network[index].disk.setCapacity(nil) }
    #expect(
      try network.run(milliseconds: 30_000) { network.isAccepted(sent, at: 0) && network.isEven },
      "heights \(network.heights)")
    try network.checkAgreement()
  }

  @Test("go on for good without as many as may fail", arguments: [(4, 1), (7, 2), (10, 3)])
  func goneForGood(count: Int, gone: Int) throws {
    let network = try ReplicaNetwork(count)
    try network.run(milliseconds: 50)
    for index in 0..<gone { try network.crash(count - 1 - index) }
    for number in 0..<10 { try network.register(number, at: number % (count - gone)) }
    try network.checkAgreement()
  }
}
