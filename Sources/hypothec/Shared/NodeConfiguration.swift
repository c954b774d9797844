import CommandInterface
import Documents
import Ledger

/// `node.json` in a data directory: whose node it is and where its keys are.
///
/// Paths are absolute or taken from the data directory. The file holds no secrets; it is written by
/// `node init` and may be edited while the node is stopped.
struct NodeConfiguration: Hashable, Sendable {
  static let fileName = "node.json"
  static let format = "hypothec/node/1"
  static let byteLimit = 64 * 1024

  var member: MemberID
  var consensusKey: String
  var transportKey: String
  /// The key with which this member's commands sign when they are given none; `nil` if it is not
  /// kept on this machine.
  var memberKey: String?
  /// Where the node listens, if not where the network says that it is reached.
  var listen: [NodeAddress]? = nil
  /// The only peers that the node links to; all if `nil`.
  var peers: [MemberID]? = nil
}

extension NodeConfiguration {
  /// The configuration of a data directory; `nil` if it has none.
  static func loadIfPresent(_ directory: String) throws(Problem) -> NodeConfiguration? {
    let path = LocalPath.joined(directory, fileName)
    guard LocalFile.exists(path) else { return nil }
    let bytes = try LocalFile.read(path, limit: byteLimit)
    return try JSONFile.read(bytes, path, .nodeConfigurationInvalid) { field in
      field.object { members in read(members) }
    }
  }

  private static func read(_ members: JSONMembers) -> NodeConfiguration? {
    let hasFormat = members.required("format").map { $0.isFormat(format) } ?? false
    let member = members.required("member")?.value(.member)
    let keys = members.required("keys")?.object { keys in
      (
        keys.required("consensus")?.text(), keys.required("transport")?.text(),
        keys.optional("member")?.text()
      )
    }
    let listen = members.optional("listen")?.list(0...NodeIdentity.addressLimit) {
      $0.value(.address)
    }
    let peers = members.optional("peers")?.list(0...NetworkFile.memberLimit) {
      $0.value(.member)
    }
    guard hasFormat, let member, let consensus = keys?.0, let transport = keys?.1 else {
      return nil
    }
    return NodeConfiguration(
      member: member, consensusKey: consensus, transportKey: transport, memberKey: keys?.2,
      listen: listen, peers: peers)
  }

  /// The file's content.
  var text: String {
    var keys = [
      JSONMember("consensus", .string(consensusKey)),
      JSONMember("transport", .string(transportKey)),
    ]
    if let memberKey { keys.append(JSONMember("member", .string(memberKey))) }
    var members = [
      JSONMember("format", .string(Self.format)), JSONMember("member", .member(member)),
      JSONMember("keys", .object(keys)),
    ]
    if let listen {
      members.append(JSONMember("listen", .array(listen.map { .string($0.text) })))
    }
    if let peers { members.append(JSONMember("peers", .array(peers.map(JSONValue.member)))) }
    return JSONLayout.text(.object(members))
  }
}

extension ProblemCode {
  static let nodeConfigurationInvalid = ProblemCode("NODE_CONFIGURATION_INVALID")
}
