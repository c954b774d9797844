import CommandInterface
import Cryptography
import Documents
import Ledger

extension GovernanceChange {
  /// `sequence`, and the fields of the change under the names of docs/json.md.
  var jsonMembers: [JSONMember] {
    [JSONMember("sequence", .integer(sequence))] + action.jsonMembers
  }
}

extension GovernanceAction {
  fileprivate var jsonMembers: [JSONMember] {
    switch self {
    case .admitMember(let member): [JSONMember("member", member.json)]
    case .setStanding(let member, let standing):
      [JSONMember("member", .member(member)), JSONMember("standing", standing.json)]
    case .addKey(let member, let purpose, let key):
      [
        JSONMember("member", .member(member)), JSONMember("purpose", purpose.json),
        JSONMember("key", key.json),
      ]
    case .retireKey(let member, let purpose, let keyID):
      [
        JSONMember("member", .member(member)), JSONMember("purpose", purpose.json),
        JSONMember("kid", .string(keyID.description)),
      ]
    case .setNode(let node): [JSONMember("node", node.json)]
    case .setValidators(let change):
      [
        JSONMember("members", .array(change.members.map(JSONValue.member))),
        JSONMember("attestations", .array(change.attestations.map(\.json))),
      ]
    case .setPolicy(let change):
      [JSONMember("height", .height(change.height)), JSONMember("policy", change.policy.json)]
    case .advanceEpoch: []
    case .setThreshold(let threshold): [JSONMember("threshold", .integer(threshold))]
    }
  }
}

extension ReadyAttestation {
  var json: JSONValue {
    ["member": .member(member), "signature": .string(Hexadecimal.encode(signature))]
  }
}

extension MemberStanding: Worded {
  package var word: String {
    switch self {
    case .active: "active"
    case .suspended: "suspended"
    }
  }
}

extension RotatingPurpose: Worded {
  package var word: String { rawValue }
}
