import Cryptography
import Ledger
import Simulator
import Testing

@Suite("Networks like one that there is")
struct ModelNetworkTests {
  /// A run and what it told.
  private struct Told {
    let result: SimulationRun.Result
    let lines: [String]

    init(_ plan: RunPlan) {
      var lines: [String] = []
      result = SimulationRun.run(plan) { lines.append($0) }
      self.lines = lines
    }
  }

  private func plan(_ seed: UInt64, like file: NetworkFile) -> RunPlan {
    var plan = RunPlan.varied(seed)
    plan.resemble(file)
    return plan
  }

  @Test(
    "come to their end whatever goes wrong", arguments: ["single", "demo", "seven", "line"],
    UInt64(1)...2)
  func templates(_ name: String, seed: UInt64) throws {
    let result = SimulationRun.run(plan(seed, like: try ShippedNetwork.file(name)))
    #expect(result.violation == nil, "seed \(seed): \(result.faults)")
    #expect(result.transactionCount > 0)
  }

  @Test("have its nodes")
  func nodes() throws {
    let plan = plan(1, like: try ShippedNetwork.file("seven"))
    #expect(plan.validatorCount == 7)
    #expect(plan.followerCount == 1)
    #expect(plan.degree == nil)
  }

  @Test("keep its policy: what it caps is refused")
  func policy() throws {
    var file = try ShippedNetwork.file("demo")
    file.policy.loanToValueCaps = [
      LoanToValueCap(use: nil, energy: nil, age: nil, cap: try BasisPoints(1_000))
    ]
    var plan = plan(4, like: file)
    plan.faults = []
    let told = Told(plan)
    #expect(told.result.violation == nil)
    #expect(told.lines.contains { $0.contains("loanToValueExceeded") })
  }

  @Test("come to their end although members have had their refusals", arguments: UInt64(1)...3)
  func refusals(seed: UInt64) throws {
    var file = try ShippedNetwork.file("demo")
    file.policy.refusalsPerHour = 1
    let told = Told(plan(seed, like: file))
    #expect(told.result.violation == nil, "\(told.result.faults)")
    #expect(told.lines.contains { $0.contains("answers") && $0.contains("refusalQuotaExceeded") })
  }

  @Test("change their epochs by as many governors as must sign")
  func governors() throws {
    let file = try ShippedNetwork.file("seven")
    #expect(file.governorThreshold == 3)
    var plan = plan(2, like: file)
    plan.faults = [.epochs]
    plan.seconds = 20
    let told = Told(plan)
    #expect(told.result.violation == nil)
    let changes = told.lines.filter {
      $0.contains("validators.set") || $0.contains("epoch.advance")
    }
    #expect(!changes.isEmpty)
    #expect(!told.lines.contains { $0.contains("quorumMissing") })
  }

  @Test("get the members that they lack, under names that nobody has")
  func lacking() throws {
    var file = try ShippedNetwork.file("demo")
    for index in file.members.indices { file.members[index].roles = [.dealer] }
    var plan = plan(3, like: file)
    plan.faults = []
    let result = SimulationRun.run(plan)
    #expect(result.violation == nil)
    #expect(result.transactionCount > 0)
  }

  @Test("give a role that nobody has to one of their members if there is no room for another")
  func full() throws {
    var file = try ShippedNetwork.file("single")
    let template = file.members[0]
    file.members.removeAll { $0.roles == [.appraiser] }
    for number in file.members.count..<NetworkFile.memberLimit {
      var member = template
      member.id = try MemberID("court-\(number)")
      member.roles = [.court]
      member.keys = [ShippedNetwork.key(member.id, .member).publicKey]
      file.members.append(member)
    }
    var plan = plan(5, like: file)
    plan.faults = []
    plan.seconds = 5
    let result = SimulationRun.run(plan)
    #expect(result.violation == nil)
    #expect(result.transactionCount > 0)
  }
}
