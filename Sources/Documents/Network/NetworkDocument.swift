import CommandInterface
import Cryptography
import Ledger

/// A network file as people keep it: `network.json`.
///
/// JSON is for reading and sending; what is hashed, and what a data directory holds, is the
/// canonical form (docs/formats/network-file.md). The `id` in the JSON is the hash of that form, and
/// is compared with it.
package enum NetworkDocument {
  static let format = "hypothec/network/1"

  /// Reads either form, told apart by their first byte, and checks that the network can run.
  package static func load(_ path: FilePath) throws(Problem) -> NetworkFile {
    let bytes = try LocalFile.read(path, limit: NetworkFile.byteLimit * 4)
    let name =
      switch path {
      case .path(let path): path
      case .standardStream: "standard input"
      }
    return try read(bytes, name)
  }

  package static func read(_ bytes: [UInt8], _ path: String) throws(Problem) -> NetworkFile {
    // An array of nine elements (RFC 8949 section 3.1) is how the canonical form begins.
    if bytes.first == 0x89 { return try readCanonical(bytes, path) }
    let file = try JSONFile.read(bytes, path, .networkFileInvalid) { field in
      field.object { members in NetworkFile(members) }
    }
    do throws(NetworkFileError) {
      try file.check()
    } catch {
      throw Problem(error, networkFile: path)
    }
    return file
  }

  private static func readCanonical(
    _ bytes: [UInt8], _ path: String
  ) throws(Problem) -> NetworkFile {
    do throws(NetworkFileError) {
      return try NetworkFile(bytes)
    } catch {
      throw Problem(error, networkFile: path)
    }
  }

  package static func text(_ file: NetworkFile) -> String { JSONLayout.text(file.json) }
}

// MARK: Writing

extension NetworkFile {
  package var json: JSONValue {
    [
      "format": .string(NetworkDocument.format), "id": .string(id.description),
      "name": .member(name), "genesisTime": .time(genesisTime),
      "members": .array(members.map(\.json)), "validators": .array(validators.map(\.json)),
      "followers": .array(followers.map(\.json)),
      "governors": [
        "threshold": .integer(governorThreshold),
        "keys": .array(
          governors.map {
            .object([JSONMember("member", .member($0.member))] + $0.key.jsonMembers)
          }),
      ],
      "policy": policy.json,
    ]
  }
}

extension GenesisMember {
  package var json: JSONValue {
    [
      "id": .member(id), "name": .string(name.text), "roles": .array(roles.map(\.json)),
      "entities": .array(entities.map { .string($0.text) }),
      "keys": .array(keys.map(\.json)),
    ]
  }
}

extension NodeIdentity {
  package var json: JSONValue {
    [
      "member": .member(member), "addresses": .array(addresses.map { .string($0.text) }),
      "consensusKey": consensusKey.json, "transportKey": transportKey.json,
    ]
  }
}

// MARK: Reading

extension NetworkFile {
  fileprivate init?(_ members: JSONMembers) {
    let hasFormat = members.required("format")?.isFormat(NetworkDocument.format) ?? false
    let claimed = members.optional("id")
    let name = members.required("name")?.value(.member)
    let time = members.required("genesisTime")?.value(.timestamp)
    let list = members.required("members")?.list(1...NetworkFile.memberLimit, GenesisMember.init)
    let validators = members.required("validators")?.list(
      1...ValidatorSet.limit, NodeIdentity.init)
    let followers = members.required("followers")?.list(
      0...NetworkFile.memberLimit, NodeIdentity.init)
    let governors = members.required("governors")?.object(GovernorKeys.init)
    let policy = members.required("policy").flatMap { Policy($0) }
    guard hasFormat, let name, let time, let list, let validators, let followers, let governors,
      let policy
    else { return nil }
    self.init(
      name: name, genesisTime: time, members: list, validators: validators, followers: followers,
      governors: governors.keys, governorThreshold: governors.threshold, policy: policy)
    guard let claimed else { return }
    guard claimed.text() == id.description else {
      claimed.wrong(
        "the id of what stands here is \(id): something was changed after the file was made. "
          + "Remove the id if the change is meant; it is then another network",
        "此处内容的编号为 \(id)：文件生成后被改动。若确需改动，请删去 id，它将是另一个网络")
      return nil
    }
  }
}

private struct GovernorKeys {
  let threshold: Int
  let keys: [Governor]

  init?(_ members: JSONMembers) {
    let threshold = members.required("threshold")?.number(1...NetworkFile.memberLimit)
    let keys = members.required("keys")?.list(1...NetworkFile.memberLimit) { field in
      field.object { members -> Governor? in
        let member = members.required("member")?.value(.member)
        guard let key = members.publicKey(), let member else { return nil }
        return Governor(member: member, key: key)
      }
    }
    guard let threshold, let keys else { return nil }
    self.threshold = threshold
    self.keys = keys
  }
}

extension GenesisMember {
  package init?(_ field: JSONField) {
    let read: GenesisMember? = field.object { members in
      let member = NetworkTemplate.Member(members)
      let keys = members.required("keys")?.list(1...GenesisMember.keyLimit) { $0.publicKey() }
      guard let member, let keys else { return nil }
      return GenesisMember(
        id: member.id, name: member.name, roles: member.roles, keys: keys,
        entities: member.entities)
    }
    guard let read else { return nil }
    self = read
  }
}

extension NodeIdentity {
  package init?(_ field: JSONField) {
    let read: NodeIdentity? = field.object { members in
      let node = NetworkTemplate.Node(members)
      let consensus = members.required("consensusKey")?.provenKey()
      let transport = members.required("transportKey")?.provenKey()
      guard let node, let consensus, let transport else { return nil }
      return NodeIdentity(
        member: node.member, consensusKey: consensus, transportKey: transport,
        addresses: node.addresses)
    }
    guard let read else { return nil }
    self = read
  }
}
