import CommandInterface
import Documents
@preconcurrency import Glibc
import Ledger
import LocalProcesses

/// A network of which every node runs on this machine, in one directory:
///
///     template.json   what it is made of
///     network.json    the network file
///     keys/MEMBER/    the keys of every member
///     MEMBER/         the data directory of a member's node
///     MEMBER.log      what the node says
///     MEMBER.pid      the process that runs it
///
/// For one person who plays all roles: to try things out, to test, and to demonstrate.
struct LocalNetwork: Sendable {
  let directory: String
  let file: NetworkFile
  /// The validators, then the followers, in the network file's order.
  let nodes: [LocalNode]

  private init(_ directory: String, _ file: NetworkFile) {
    self.directory = directory
    self.file = file
    nodes = (file.validators + file.followers).map {
      LocalNode(member: $0.member, place: directory)
    }
  }

  func node(of member: MemberID) -> LocalNode? { nodes.first { $0.member == member } }

  /// The keys of a member.
  func keys(of member: MemberID) -> MemberKeys {
    LocalNetwork.keys(of: member, in: directory)
  }

  private static func keys(of member: MemberID, in directory: String) -> MemberKeys {
    MemberKeys(directory: LocalPath.joined(directory, "\(keysName)/\(member)"))
  }

  static let keysName = "keys"
  static let networkName = "network.json"
  static let templateName = "template.json"
}

/// One node of a local network.
struct LocalNode: Hashable, Sendable {
  let member: MemberID
  let data: String
  let log: String
  let processFile: String

  fileprivate init(member: MemberID, place: String) {
    self.member = member
    data = LocalPath.joined(place, member.text)
    log = data + ".log"
    processFile = data + ".pid"
  }
}

// MARK: Making and finding

extension LocalNetwork {
  /// The network in a directory. Throws LOCAL_NETWORK_MISSING if there is none.
  static func load(_ directory: String) throws(Problem) -> LocalNetwork {
    let directory = resolved(directory)
    let path = LocalPath.joined(directory, networkName)
    guard LocalFile.exists(path) else { throw .localNetworkMissing(directory) }
    return LocalNetwork(directory, try NetworkDocument.load(.path(path)))
  }

  /// The one path of a directory: nodes are started with it, and known again by it.
  private static func resolved(_ directory: String) -> String {
    guard let path = realpath(directory, nil) else { return LocalPath.absolute(directory) }
    defer { free(path) }
    return String(cString: path)
  }

  static func exists(in directory: String) -> Bool {
    LocalFile.exists(LocalPath.joined(directory, networkName))
  }

  /// Makes a network of a template: addresses of this machine, the keys of all members, and a data
  /// directory for every node. What an interrupted attempt left is used.
  ///
  /// - Parameters:
  ///   - template: the template's text; it is kept beside the network.
  ///   - now: the genesis time, unless the template has one.
  static func make(
    _ template: [UInt8], in directory: String, at now: Timestamp
  ) throws(Problem) -> LocalNetwork {
    try LocalFile.createDirectories(LocalPath.absolute(directory))
    let directory = resolved(directory)
    let path = LocalPath.joined(directory, templateName)
    let parsed = try NetworkTemplate(template, path)
    guard !parsed.nodes.contains(where: { $0.member.text == keysName }) else {
      throw .localNetwork(
        LocalizedText(
          english: "a member with a node cannot be named '\(keysName)' here",
          chinese: "此处运行节点的成员不能命名为 '\(keysName)'"))
    }
    try LocalFile.write(template, to: path, .everybody, .replaced)
    let file = try networkFile(try parsed.onThisMachine(), in: directory, at: now)
    try LocalFile.write(
      Array(NetworkDocument.text(file).utf8), to: LocalPath.joined(directory, networkName),
      .everybody, .kept)
    let network = LocalNetwork(directory, file)
    try network.setUpNodes()
    return network
  }

  private static func networkFile(
    _ template: NetworkTemplate, in directory: String, at now: Timestamp
  ) throws(Problem) -> NetworkFile {
    let time = template.genesisTime ?? now
    var identities: [MemberIdentity] = []
    for member in template.members {
      identities.append(
        try MemberIdentity.make(
          of: member.id, in: template, at: time, from: keys(of: member.id, in: directory)))
    }
    return try NetworkAssembly(template: template, genesisTime: time, identities: identities).file()
  }

  /// Sets up the data directories that are not there yet.
  func setUpNodes() throws(Problem) {
    let path = LocalPath.joined(directory, Self.templateName)
    let template = try NetworkTemplate(try LocalFile.read(path), path)
    for node in nodes {
      let place = NodeDirectory(node.data)
      guard !LocalFile.exists(place.configurationPath) else { continue }
      try NodeInit.setUp(
        place, file, node.member, keys(of: node.member), peers: template.peers(of: node.member))
    }
  }
}

extension NetworkTemplate {
  /// The same with free loopback addresses for every node, whatever addresses it names.
  fileprivate func onThisMachine() throws(Problem) -> NetworkTemplate {
    var addresses = try freeAddresses(nodes.count)[...]
    func moved(_ nodes: [Node]) -> [Node] {
      nodes.map {
        Node(member: $0.member, addresses: Array(addresses.popFirst().map { [$0] } ?? []))
      }
    }
    var template = self
    template.validators = moved(validators)
    template.followers = moved(followers)
    return template
  }
}

/// Addresses of 127.0.0.1 that nobody uses.
private func freeAddresses(_ count: Int) throws(Problem) -> [NodeAddress] {
  let ports: [UInt16]
  do throws(LocalProcessError) {
    ports = try LoopbackPorts.free(count)
  } catch {
    throw Problem(error)
  }
  return ports.map { port in
    do throws(RefusalCode) {
      return try NodeAddress("127.0.0.1:\(port)")
    } catch {
      preconditionFailure("a port of this machine makes an address")
    }
  }
}

// MARK: Problems

extension ProblemCode {
  static let localNetworkMissing = ProblemCode("LOCAL_NETWORK_MISSING")
  static let localNetworkFailed = ProblemCode("LOCAL_NETWORK_FAILED")
}

extension Problem {
  fileprivate static func localNetworkMissing(_ directory: String) -> Problem {
    Problem(
      .localNetworkMissing, .configurationError,
      what: LocalizedText(
        english: "there is no local network in \(directory).", chinese: "\(directory) 中没有本机网络。"),
      next: LocalizedText(
        english: "make one: hypothec network up \(directory)",
        chinese: "创建：hypothec network up \(directory)"),
      details: ["directory": .string(directory)])
  }

  /// A network on this machine cannot be made, started or stopped; `reason` has no full stop.
  static func localNetwork(_ reason: LocalizedText) -> Problem {
    Problem(
      .localNetworkFailed, .failure,
      what: LocalizedText(english: reason.english + ".", chinese: reason.chinese + "。"))
  }
}
