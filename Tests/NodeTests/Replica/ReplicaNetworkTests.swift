import Consensus
import Ledger
import SimulatedMachine
import Storage
import TestSupport
import Testing

@testable import Node

@Suite("Replicas with links")
struct ReplicaNetworkTests {
  @Test("agree on what is submitted at different nodes", arguments: [2, 4, 7])
  func agree(count: Int) throws {
    let network = try ReplicaNetwork(count)
    try network.run(milliseconds: 50)
    var numbers: [(Int, RequestNumber)] = []
    for index in 0..<count {
      for number in 0..<5 {
        let transaction = network.registration(100 * index + number, by: index)
        numbers.append((index, try network.submit(transaction, to: index)))
      }
    }
    let done = try network.run(milliseconds: 5_000) {
      numbers.allSatisfy { network.isAccepted($0.1, at: $0.0) } && network.isEven
    }
    #expect(done, "heights \(network.heights)")
    try network.checkAgreement()
    #expect(network.nodes.allSatisfy { $0?.cuts.isEmpty ?? true })
  }

  @Test("are silent but for statuses when there is nothing to do")
  func idle() throws {
    let network = try ReplicaNetwork(4)
    _ = try network.submit(network.registration(1, by: 0), to: 2)
    try network.run(milliseconds: 3_000)
    #expect(network.heights == [1, 1, 1, 1])
    let views = network.nodes.map { $0?.replica.runningStatus.view }
    var others: [PeerMessage] = []
    network.filter = { _, _, message in
      if case .status = message { return true }
      others.append(message)
      return true
    }
    try network.run(milliseconds: 60_000)
    #expect(others.isEmpty, "\(others.prefix(3))")
    #expect(network.nodes.map { $0?.replica.runningStatus.view } == views)
    #expect(network.heights == [1, 1, 1, 1])
  }

  @Test("go on without a node that is down, and take it back")
  func oneDown() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    let (disk, store) = (network[3].disk, network[3].store)
    try network.crash(3)
    for number in 0..<20 { try network.register(number, at: 1) }
    try network.restart(3, disk: disk, store)
    #expect(try network.run(milliseconds: 10_000) { network.isEven })
    try network.register(99, at: 3)
    try network.checkAgreement()
  }

  @Test("commit nothing without a quorum, and go on when it is back")
  func noQuorum() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    for (first, second) in [(0, 2), (0, 3), (1, 2), (1, 3)] { try network.cut(first, second) }
    let sent = try network.submit(network.registration(1, by: 0), to: 0)
    try network.run(milliseconds: 20_000)
    #expect(network.heights == [0, 0, 0, 0])
    for (first, second) in [(0, 2), (0, 3), (1, 2), (1, 3)] { try network.heal(first, second) }
    #expect(
      try network.run(milliseconds: 60_000) { network.isAccepted(sent, at: 0) && network.isEven })
    try network.checkAgreement()
  }

  @Test("reach each other over others where there are no direct links")
  func line() throws {
    let network = try ReplicaNetwork(4)
    for (first, second) in [(0, 2), (0, 3), (1, 3)] { try network.cut(first, second) }
    try network.run(milliseconds: 7_000)
    let (left, right) = (
      try network.submit(network.registration(1, by: 0), to: 0),
      try network.submit(network.registration(2, by: 3), to: 3)
    )
    let done = try network.run(milliseconds: 10_000) {
      network.isAccepted(left, at: 0) && network.isAccepted(right, at: 3) && network.isEven
    }
    #expect(done, "heights \(network.heights)")
    try network.checkAgreement()
  }

  @Test(
    "bring back by ranges a node that is hundreds of blocks behind, with a liar among its peers")
  func catchUp() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    let (disk, store) = (network[3].disk, network[3].store)
    try network.crash(3)
    for number in 0..<300 { try network.register(number, at: 1) }
    var ranges = 0
    network.filter = { from, _, message in
      guard case .range = message else { return true }
      ranges += 1
      // Node 0 never gives what it says it has.
      return from != 0
    }
    try network.restart(3, disk: disk, store)
    #expect(try network.run(milliseconds: 60_000) { network.isEven }, "heights \(network.heights)")
    #expect(ranges > 3)
    try network.run(milliseconds: 5_000)
    #expect(network[3].replica.runningStatus.role == .validator)
    try network.register(999, at: 3)
    try network.checkAgreement()
  }

  @Test("are not held up by a peer whose ranges are said to be of an epoch that is not known")
  func otherEpochLiar() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    let (disk, store) = (network[3].disk, network[3].store)
    try network.crash(3)
    for number in 0..<100 { try network.register(number, at: 1) }
    var lieCount = 0
    var truth: BlockRange?
    network.rewrite = { from, to, message in
      guard from == 0, to == 3 else { return message }
      switch message {
      case .range(let range):
        if !range.blocks.isEmpty { truth = range }
        guard let truth, let certificate = try? Certificate(truth.certificate) else {
          return message
        }
        lieCount += 1
        let ballot = Ballot(
          epoch: Epoch(9), view: certificate.ballot.view, subject: certificate.ballot.subject)
        let lie = Certificate(ballot: ballot, signatures: certificate.signatures)
        return .range(
          BlockRange(first: range.first, blocks: truth.blocks, certificate: lie.encoded))
      case .status(let said):
        // It claims to be further than anybody can be.
        let claim = Status(
          epoch: said.consensus.epoch, view: said.consensus.view,
          finalizedView: said.consensus.finalizedView, finalizedHeight: Height(1 << 62))
        return .status(
          PeerStatus(
            consensus: claim, head: said.head, role: said.role, neighbours: said.neighbours,
            clock: said.clock, sentAt: said.sentAt, echo: said.echo))
      default: return message
      }
    }
    try network.restart(3, disk: disk, store)
    #expect(try network.run(milliseconds: 30_000) { network.isEven }, "heights \(network.heights)")
    try network.run(milliseconds: 10_000)
    #expect(lieCount < 50)
    try network.register(999, at: 3)
    #expect(network[3].replica.runningStatus.role == .validator)
    try network.checkAgreement()
  }

  @Test("give a node the few blocks that it missed, although they are in the others' logs alone")
  func fewBlocksBehind() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    for other in 0..<3 { try network.cut(other, 3) }
    for number in 0..<3 { try network.register(number, at: 1) }
    try network.run(milliseconds: 5_000)
    #expect((0..<3).allSatisfy { network[$0].replica.unloggedBlockByteCount == 0 })
    for other in 0..<3 { try network.heal(other, 3) }
    #expect(try network.run(milliseconds: 5_000) { network.isEven }, "heights \(network.heights)")
    try network.checkAgreement()
  }

  @Test("go on when all crash at once with more final blocks than they follow one by one")
  func allCrash() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    let count = ConsensusLimits.pursuitDepth + 50
    for number in 0..<count { try network.register(number, at: 1) }
    let disks = (0..<4).map { network[$0].disk }
    for index in 0..<4 { try network.crash(index) }
    for index in 0..<4 { try network.restart(index, disk: disks[index], MemoryStateStore()) }
    let sent = try network.submit(network.registration(count, by: 2), to: 2)
    #expect(try network.run(milliseconds: 30_000) { network.isAccepted(sent, at: 2) })
    #expect(network.heights.allSatisfy { $0 >= UInt64(count) }, "\(network.heights)")
    try network.checkAgreement()
  }

  @Test("do not let a node vote that was set back to an older copy of its directory")
  func setBack() throws {
    let network = try ReplicaNetwork(4)
    try network.run(milliseconds: 50)
    for number in 0..<3 { try network.register(number, at: 1) }
    let copy = network[3].disk.copy()
    for number in 3..<60 { try network.register(number, at: 1) }
    // It gives a view up together with node 2 alone, which is no quorum; then it goes.
    for (one, other) in [(0, 2), (0, 3), (1, 2), (1, 3)] { try network.cut(one, other) }
    _ = try network.submit(network.registration(60, by: 2), to: 2)
    try network.run(milliseconds: 2_000)
    try network.crash(3)
    try network.start(3, on: copy, MemoryStateStore())
    try network.run(milliseconds: 5_000)
    for (one, other) in [(0, 2), (0, 3), (1, 2), (1, 3)] { try network.heal(one, other) }
    // An empty block may have to make the last one final.
    let isDone = try network.run(milliseconds: 60_000) {
      network.isEven && network.heights[0] >= 61
    }
    #expect(isDone, "heights \(network.heights)")
    #expect(network[3].replica.runningStatus.role == .observer)
    try network.checkAgreement()
  }

  @Test("let a follower gather what comes while its disk is busy into few writes")
  func busyFollower() throws {
    let network = try ReplicaNetwork(2, followers: 1)
    try network.run(milliseconds: 50)
    for number in 0..<5 { try network.register(number, at: 0) }
    let numbers = try (5..<60).map {
      try network.submit(network.registration($0, by: 0), to: 0)
    }
    let isDone = try network.run(milliseconds: 10_000) {
      numbers.allSatisfy { network.isAccepted($0, at: 0) } && network.isEven
    }
    #expect(isDone, "heights \(network.heights)")
    try network.checkAgreement()
  }

  @Test("let a follower follow and submit")
  func follower() throws {
    let network = try ReplicaNetwork(5, followers: 1)
    try network.run(milliseconds: 50)
    let sent = try network.submit(network.registration(1, by: 4), to: 4)
    #expect(
      try network.run(milliseconds: 5_000) { network.isAccepted(sent, at: 4) && network.isEven })
    try network.checkAgreement()
  }
}
