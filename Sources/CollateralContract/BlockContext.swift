import Ledger

/// What the rules know besides the state and the transaction: the block's place, its time and the
/// policy in force.
package struct BlockContext: Sendable {
  /// How far a node's clock, and so a block's time, may lag behind a member's.
  package static let clockTolerance: UInt64 = 120_000

  package let network: NetworkID
  package let height: Height
  /// The block's time, which is when everything in it is accepted.
  package let time: Timestamp
  /// The policy in force at this height.
  package let policy: Policy
  /// The calendar day of the block's time.
  let today: CalendarDate
  /// The last moment that is not in the future: the block's time plus 120 s.
  let latestTime: Timestamp
  /// The calendar day of that moment.
  let latestDay: CalendarDate

  /// - Precondition: not the genesis block, which holds no transactions.
  package init(network: NetworkID, height: Height, time: Timestamp, policy: Policy) {
    precondition(height > .genesis, "transactions begin after genesis")
    self.network = network
    self.height = height
    self.time = time
    self.policy = policy
    latestTime = time.advanced(byMilliseconds: BlockContext.clockTolerance)
    let offset = Int(policy.utcOffsetMinutes)
    today = CalendarDate(of: time, offsetMinutes: offset)
    latestDay = CalendarDate(of: latestTime, offsetMinutes: offset)
  }

  /// The context of a block on `state`, which holds the policy.
  package init(
    network: NetworkID, height: Height, time: Timestamp, state: some StateReader
  ) throws(StateFault) {
    let schedule = try state.policySchedule()
    self.init(
      network: network, height: height, time: time, policy: schedule.policy(at: height))
  }

  package var parentHeight: Height { height.previous ?? .genesis }

  /// The calendar day of `time` at the policy's offset from UTC.
  func day(of time: Timestamp) -> CalendarDate {
    CalendarDate(of: time, offsetMinutes: Int(policy.utcOffsetMinutes))
  }

  var moment: LedgerMoment { LedgerMoment(height: height, time: time) }
}
