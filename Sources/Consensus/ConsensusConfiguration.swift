import Ledger

/// What a machine knows from the start and never changes.
package struct ConsensusConfiguration: Hashable, Sendable {
  package let network: NetworkID
  /// The member whose consensus key this node holds; `nil` if it only follows.
  package let member: MemberID?
  package let timing: ConsensusTiming

  package init(network: NetworkID, member: MemberID?, timing: ConsensusTiming) {
    self.network = network
    self.member = member
    self.timing = timing
  }
}
