import Ledger
import Node

/// Watches a whole run for one kind of thing that must never be.
protocol Checker {
  mutating func see(_ observation: Observation, in world: World) throws(Violation)
}

/// Something that must never be.
package struct Violation: Error, Hashable, Sendable, CustomStringConvertible {
  /// Which rule is broken, in a word.
  package let rule: String
  package let text: String

  init(_ rule: String, _ text: String) {
    self.rule = rule
    self.text = text
  }

  package var description: String { "\(rule): \(text)" }
}

/// What checkers see.
enum Observation {
  /// A replica that does not lie let a message out.
  case sent(SimulatedNode, PeerMessage)
  /// The same of a certificate, for each peer that it goes to.
  case shown(SimulatedNode, peer: Int, Certificate)
  /// A replica that does not lie is about to hear a message. Of those only that some checker needs:
  /// a validator's that does not vote, and everybody's where more lie than can be borne.
  case heard(SimulatedNode, peer: Int, PeerMessage)
  /// A block has become final at a node that does not lie.
  case final(SimulatedNode, FinalBlock)
  case turned(SimulatedNode)
  case logged(SimulatedNode, LogEvent)
  case ended(SimulatedNode)
  /// A node closed a link because of what came on it.
  case cut(SimulatedNode, peer: Int, PeerFault)
  case submitted(ClientRequest)
  case answered(SimulatedNode, ClientRequest, NodeResponse, ClientRequest.Settlement)
}

struct FinalBlock {
  let block: Block
  let bytes: [UInt8]
  /// Of this height or the next that has one.
  let certificate: (height: Height, certificate: Certificate)?

  var height: Height { block.header.height }
}

enum Checkers {
  static func all(_ membership: SimulatedMembership, _ schedule: FaultSchedule) -> [any Checker] {
    let untrusted = schedule.untrusted
    return [
      AgreementChecker(), CertificateChecker(membership, quorumsMeet: !schedule.isBeyondLimit),
      VoteChecker(untrusted: untrusted),
      SetBackChecker(membership, liars: Set(schedule.liars.keys)),
      AccusationChecker(membership, untrusted: untrusted), BoundChecker(),
      ContractChecker(membership), TransactionChecker(),
      DurabilityChecker(untrusted: untrusted), OrderChecker(), ProofChecker(),
    ]
  }
}
