import Consensus
import Cryptography
import Ledger
import SimulatedMachine
import TestSupport
import Testing

@testable import Node

@Suite("The topology of a network")
struct TopologyTests {
  static let epoch = Epoch.genesis.next

  static func moment(_ milliseconds: UInt64) -> Moment {
    Moment(
      instant: Instant(microseconds: milliseconds * 1_000),
      wallClock: ConsensusFixture.timestamp(ConsensusFixture.genesisMilliseconds + milliseconds))
  }

  static func report(
    of index: Int, linksTo neighbours: [Int], at milliseconds: UInt64 = 0
  ) -> TopologyReport {
    TopologyReport(
      content: TopologyContent(
        member: ConsensusFixture.member(index), time: moment(milliseconds).wallClock,
        neighbours: neighbours.map(ConsensusFixture.member)), signature: [])
  }

  /// What node 0 knows when all `count` nodes have reported `pairs`.
  static func topology(_ count: Int, _ pairs: [(Int, Int)]) -> Topology {
    var topology = Topology(own: ConsensusFixture.member(0), at: moment(0).instant)
    for index in 0..<count {
      let neighbours = pairs.compactMap { pair in
        pair.0 == index ? pair.1 : pair.1 == index ? pair.0 : nil
      }
      topology.take(
        Verified(byVerifier: report(of: index, linksTo: neighbours)), at: moment(0).instant)
    }
    return topology
  }

  static func assessment(
    _ count: Int, _ pairs: [(Int, Int)], at milliseconds: UInt64 = 1
  ) -> Topology.Assessment {
    topology(count, pairs).assessment(
      of: ConsensusFixture.validators(Array(0..<count), epoch: epoch),
      at: moment(milliseconds).instant)
  }

  // MARK: Connectivity

  @Test("says of full meshes that nothing parts them")
  func meshes() {
    for count in 1...7 {
      let assessment = Self.assessment(count, Layout.mesh(count))
      #expect(assessment.connectivity == nil)
      #expect(!assessment.isWeak)
    }
  }

  @Test("knows lines, rings and stars")
  func knownShapes() {
    #expect(Self.assessment(5, Layout.line(5)).connectivity == 1)
    #expect(Self.assessment(5, Layout.line(5)).isWeak)
    // Four of a line: one fault is to be survived, and one is enough to part them.
    #expect(Self.assessment(4, Layout.line(4)).isWeak)
    // Three validators tolerate no fault, so a line of them is as good as it gets.
    #expect(!Self.assessment(3, Layout.line(3)).isWeak)
    #expect(Self.assessment(7, Layout.ring(7)).connectivity == 2)
    #expect(Self.assessment(7, Layout.ring(7)).isWeak)
    #expect(!Self.assessment(6, Layout.ring(6)).isWeak)
    let star = (1..<7).map { (0, $0) }
    #expect(Self.assessment(7, star).cut == [ConsensusFixture.member(0)])
    let parted = Self.assessment(4, [(0, 1), (2, 3)])
    #expect(parted.connectivity == 0)
    #expect(parted.isWeak)
    #expect(parted.cut.isEmpty)
  }

  @Test("names the validators without which the others are parted")
  func namesTheCut() {
    // Two meshes of 4 that share validators 3 and 4.
    let left = Layout.mesh(5)
    let right = Layout.mesh(5).map { ($0.0 + 3, $0.1 + 3) }
    let assessment = Self.assessment(8, left + right.filter { $0 != (3, 4) })
    #expect(assessment.connectivity == 2)
    #expect(assessment.cut == [3, 4].map(ConsensusFixture.member))
    #expect(assessment.faultCount == 2)
    #expect(assessment.isWeak)
  }

  /// The size of a smallest cut by trying all subsets; `nil` if there is none.
  static func naiveConnectivity(_ edges: [[Int]]) -> Int? {
    let count = edges.count
    var best: Int?
    for removed in 0..<(1 << count) {
      let left = (0..<count).filter { removed >> $0 & 1 == 0 }
      guard left.count > 1 else { continue }
      var reached: Set<Int> = [left[0]]
      var queue = [left[0]]
      while let next = queue.popLast() {
        for other in edges[next] where left.contains(other) && reached.insert(other).inserted {
          queue.append(other)
        }
      }
      if reached.count < left.count {
        best = min(best ?? count, removed.nonzeroBitCount)
      }
    }
    return best
  }

  static func parts(_ edges: [[Int]], without cut: [Int]) -> Bool {
    let left = edges.indices.filter { !cut.contains($0) }
    let renamed = left.map { vertex in
      edges[vertex].compactMap { left.firstIndex(of: $0) }
    }
    return naiveConnectivity(renamed) == 0
  }

  @Test("agrees with the trial of all subsets on random graphs")
  func agreesWithNaiveTwin() {
    var random = SimulatedRandom(seed: 11)
    for round in 0..<300 {
      let count = 1 + random.below(8)
      let density = 20 + random.below(80)
      var edges = [[Int]](repeating: [], count: count)
      for first in 0..<count {
        for second in first + 1..<max(first + 1, count) where random.chance(percent: density) {
          edges[first].append(second)
          edges[second].append(first)
        }
      }
      let cut = VertexConnectivity(edges).smallestCut()
      #expect(cut?.count == Self.naiveConnectivity(edges), "round \(round)")
      if let cut { #expect(Self.parts(edges, without: cut), "round \(round)") }
    }
  }

  @Test("takes 31 validators in no time")
  func isFast() {
    let assessment = Self.assessment(31, Layout.random(31, degree: 12, seed: 4))
    #expect((assessment.connectivity ?? 0) >= 2)
  }

  // MARK: Links and silence

  @Test("counts a link only if both ends report it")
  func needsBothEnds() {
    var topology = Self.topology(4, Layout.line(4))
    // 3 claims a link to 0, who knows of none.
    topology.take(
      Verified(byVerifier: Self.report(of: 3, linksTo: [0, 2])), at: Self.moment(0).instant)
    let validators = ConsensusFixture.validators([0, 1, 2, 3], epoch: Self.epoch)
    #expect(topology.assessment(of: validators, at: Self.moment(1).instant).connectivity == 1)
  }

  @Test("takes silent validators for failed")
  func silence() {
    var topology = Self.topology(3, Layout.mesh(3))
    let validators = ConsensusFixture.validators([0, 1, 2, 3], epoch: Self.epoch)
    let now = Self.moment(1).instant
    let assessment = topology.assessment(of: validators, at: now)
    #expect(assessment.silent == [ConsensusFixture.member(3)])
    #expect(assessment.faultCount == 0)
    #expect(!assessment.isWeak)
    let late = now.advanced(byMicroseconds: GossipLimits.reportLifetime)
    let lateAssessment = topology.assessment(of: validators, at: late)
    #expect(lateAssessment.silent.count == 3)
    topology.keep { $0 != ConsensusFixture.member(1) }
    #expect(topology.assessment(of: validators, at: now).silent.count == 2)
  }

  // MARK: Reports

  @Test("takes the newest report of a member, a second apart, and none from the future")
  func takesNewest() {
    let topology = Self.topology(2, [(0, 1)])
    func isNews(of index: Int, at milliseconds: UInt64, now: UInt64 = 20_000) -> Bool {
      topology.isNews(
        Self.report(of: index, linksTo: [], at: milliseconds).content,
        at: Self.moment(now).wallClock)
    }
    #expect(!isNews(of: 1, at: 0))
    #expect(!isNews(of: 1, at: GossipLimits.reportSpacing - 1))
    #expect(isNews(of: 1, at: GossipLimits.reportSpacing))
    #expect(isNews(of: 5, at: 0))
    // Its own word nobody tells it.
    #expect(!isNews(of: 0, at: 20_000))
    #expect(isNews(of: 1, at: 20_000 + GossipLimits.reportLead))
    #expect(!isNews(of: 1, at: 20_001 + GossipLimits.reportLead))
  }

  @Test("reports each half minute, and a second after the last one when links change")
  func reportsWhenDue() {
    var topology = Topology(own: ConsensusFixture.member(0), at: Self.moment(0).instant)
    let neighbours = [2, 1].map(ConsensusFixture.member)
    func due(_ milliseconds: UInt64) -> TopologyContent? {
      let content = topology.due(neighbours: neighbours, at: Self.moment(milliseconds))
      if let content {
        topology.take(
          Verified(byVerifier: TopologyReport(content: content, signature: [])),
          at: Self.moment(milliseconds).instant)
      }
      return content
    }
    #expect(due(0)?.neighbours == [1, 2].map(ConsensusFixture.member))
    #expect(due(29_999) == nil)
    #expect(due(30_000) != nil)
    topology.linksChanged()
    #expect(due(30_500) == nil)
    #expect(topology.wake == Self.moment(31_000).instant)
    #expect(due(31_000) != nil)
    #expect(due(31_001) == nil)
    // The clock is set back by a minute: the next report is still newer than the last.
    let back = Moment(
      instant: Self.moment(70_000).instant, wallClock: Self.moment(10_000).wallClock)
    #expect(
      topology.due(neighbours: neighbours, at: back)?.time == Self.moment(32_000).wallClock)
  }

  @Test("has reports signed under the network and the member's key")
  func signatures() throws {
    let key = try SigningKey.generate(.edDSA)
    let other = try SigningKey.generate(.es256)
    let content = Self.report(of: 1, linksTo: [0]).content
    let network = ConsensusFixture.network
    let report = TopologyReport(
      content: content, signature: try key.sign(content.toBeSigned(network: network)))
    #expect(report.isValid(network: network, keys: [other.publicKey, key.publicKey]))
    #expect(!report.isValid(network: network, keys: [other.publicKey]))
    #expect(!report.isValid(network: network, keys: []))
    #expect(!report.isValid(network: NetworkID(.zero), keys: [key.publicKey]))
    let altered = TopologyReport(
      content: Self.report(of: 1, linksTo: [0, 2]).content, signature: report.signature)
    #expect(!altered.isValid(network: network, keys: [key.publicKey]))
  }
}
