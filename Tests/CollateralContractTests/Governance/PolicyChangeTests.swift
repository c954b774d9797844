import CollateralContract
import Ledger
import TestSupport
import Testing

@Suite("A change of the policy")
struct PolicyChangeTests {
  typealias Net = GovernedLedger

  private func policy(refusals: UInt32) -> Policy {
    var policy = ContractNetwork.policy
    policy.refusalsPerHour = refusals
    return policy
  }

  private func change(_ policy: Policy, at height: UInt64) -> GovernanceAction {
    .setPolicy(PolicySchedule.Change(policy: policy, height: Height(height)))
  }

  @Test("is in force from its height on, and not before")
  func effective() throws {
    var ledger = GovernedLedger()
    let new = policy(refusals: 1)
    #expect(try ledger.code(change(new, at: 4)) == nil)
    #expect(ledger.height == Height(1))
    let waiting = PolicySchedule(
      current: ContractNetwork.policy, next: .init(policy: new, height: Height(4)))
    #expect(try ledger.state.policySchedule() == waiting)
    for height in UInt64(2)...3 {
      #expect(try ledger.context().policy == ContractNetwork.policy)
      try ledger.commit([])
      #expect(ledger.height == Height(height))
      #expect(try ledger.state.policySchedule() == waiting)
    }
    #expect(try ledger.context().policy == new, "what the block executes under")
    try ledger.commit([])
    #expect(try ledger.state.policySchedule() == PolicySchedule(current: new))
  }

  @Test("decides what the block at its height does")
  func decides() throws {
    var ledger = GovernedLedger()
    try ledger.accept(change(policy(refusals: 1), at: 3))
    let bad = Operation.registerModel("1", by: ContractNetwork.bankB)
    func attempts() throws -> [Attempt] {
      try ledger.commit([
        try ledger.transaction([bad], signers: [Net.bankB]),
        try ledger.transaction([bad], signers: [Net.bankB]),
      ])
    }
    let refused = Attempt.included(
      .refused(Refusal(code: .roleNotAuthorised, operationIndex: 0)))
    #expect(try attempts() == [refused, refused])
    #expect(try attempts() == [refused, .leftOut(.refusalQuotaExceeded)])
  }

  @Test("is never in force at its own block or before", arguments: [0, 1, 2, 3])
  func retroactive(_ height: UInt64) throws {
    var ledger = GovernedLedger()
    try ledger.commit([])
    let code = try ledger.code(change(policy(refusals: 1), at: height))
    #expect(code == (height <= 2 ? .policyRetroactive : nil))
    #expect(ledger.height == Height(2))
  }

  @Test("takes the place of one that waits")
  func replaces() throws {
    var ledger = GovernedLedger()
    try ledger.accept(change(policy(refusals: 1), at: 3), change(policy(refusals: 2), at: 5))
    try ledger.commit([])
    try ledger.commit([])
    #expect(try ledger.state.policySchedule().current == ContractNetwork.policy)
    try ledger.commit([])
    try ledger.commit([])
    #expect(try ledger.state.policySchedule() == PolicySchedule(current: policy(refusals: 2)))
  }

  @Test("in the block that another one begins at waits behind that one")
  func atSwitch() throws {
    var ledger = GovernedLedger()
    try ledger.accept(change(policy(refusals: 1), at: 2))
    try ledger.accept(change(policy(refusals: 2), at: 3))
    #expect(
      try ledger.state.policySchedule()
        == PolicySchedule(
          current: policy(refusals: 1),
          next: .init(policy: policy(refusals: 2), height: Height(3))))
  }
}
