import CommandInterface
import Cryptography
import Documents
@preconcurrency import Glibc
import Ledger
import Node
import Storage

/// Looks at everything a node needs before it runs, without changing anything and without stopping
/// at the first fault.
struct NodeInspection {
  /// Below this much room a notice is given.
  private static let comfortableByteCount: UInt64 = 10 << 30
  /// Below this much room a node would soon stop.
  private static let leastByteCount: UInt64 = 256 << 20

  let directory: NodeDirectory
  let passphrase: Passphrase?
  /// The network as the ledger has it. Asked only about what the network file does not have, which
  /// says how the network began: without a running node the data must be opened for it.
  let ledger: () throws(Problem) -> NetworkNow

  func findings() -> InspectionFindings {
    var findings = InspectionFindings()
    findings.look(at: Subject.directory, checkDirectory)
    guard findings.isHealthy else { return findings }
    findings.look(at: Subject.network, checkNetwork)
    findings.look(at: Subject.configuration, checkConfiguration)
    for use in [MemberKeys.Use.consensus, .transport, .member] {
      findings.look(at: Subject.key(use)) { () throws(Problem) in try check(use) }
    }
    findings.look(at: Subject.data, checkData)
    findings.look(at: Subject.disk, checkSpace)
    return findings
  }

  // MARK: Files

  private func checkDirectory() throws(Problem) -> InspectionFinding {
    guard let status = LocalFile.status(directory.path), status.st_mode & S_IFMT == S_IFDIR else {
      throw .directoryMissing(directory.path)
    }
    guard access(directory.path, R_OK | W_OK | X_OK) == 0 else {
      throw Problem(DiskError(.open, .root, .accessDenied), directory: directory.path)
    }
    guard status.st_mode & 0o022 == 0 else {
      return .notice(
        Subject.directory,
        LocalizedText(
          english: "\(directory.path) can be changed by others",
          chinese: "\(directory.path) 可被他人改动"),
        mend: LocalizedText(verbatim: "chmod 700 \(directory.path)"))
    }
    return .good(Subject.directory, LocalizedText(verbatim: directory.path))
  }

  private func checkNetwork() throws(Problem) -> InspectionFinding {
    let network = try directory.networkFile()
    return .good(Subject.network, LocalizedText(verbatim: "\(network.name)  \(network.id)"))
  }

  private func checkConfiguration() throws(Problem) -> InspectionFinding {
    let configuration = try directory.configuration()
    let network = try directory.networkFile()
    let member = configuration.member
    let role: LocalizedText
    if let begun = self.role(of: member, network) {
      role = begun
    } else {
      let now = try ledger()
      guard now.node(of: member) != nil else { return notRegistered(member, now) }
      role = now.validator(member) == nil ? Self.follower : Self.validator
    }
    return .good(
      Subject.configuration,
      LocalizedText(
        english: "\(role.english) of \(member)", chinese: "\(member) 的\(role.chinese)"))
  }

  private static let validator = LocalizedText(english: "validator", chinese: "验证节点")
  private static let follower = LocalizedText(english: "follower", chinese: "跟随节点")

  /// A node that joins later knows of its admission when it has followed so far.
  private func notRegistered(_ member: MemberID, _ now: NetworkNow) -> InspectionFinding {
    let height = NumberText.grouped(now.head.height.rawValue)
    return .notice(
      Subject.configuration,
      LocalizedText(
        english: "\(member) has no node in the network, as of height \(height)",
        chinese: "截至高度 \(height)，网络中没有 \(member) 的节点"),
      mend: LocalizedText(
        english: "it follows once the governors have registered it: hypothec node apply, "
          + "hypothec member propose",
        chinese: "治理成员登记后才会跟随：hypothec node apply、hypothec member propose"))
  }

  private func role(of member: MemberID, _ network: NetworkFile) -> LocalizedText? {
    if network.validators.contains(where: { $0.member == member }) { return Self.validator }
    if network.followers.contains(where: { $0.member == member }) { return Self.follower }
    return nil
  }

  // MARK: Keys

  private func check(_ use: MemberKeys.Use) throws(Problem) -> InspectionFinding {
    let configuration = try directory.configuration()
    let network = try directory.networkFile()
    let path: String? =
      switch use {
      case .consensus: configuration.consensusKey
      case .transport: configuration.transportKey
      case .member: configuration.memberKey
      case .governor: nil
      }
    guard let path else {
      return .notice(
        Subject.key(use),
        LocalizedText(
          english: "not kept here; commands that sign need --key",
          chinese: "未存于本机；签名命令须用 --key 给出"), mend: nil)
    }
    let resolved = directory.resolved(path)
    let key = try KeyFile.load(resolved, passphrase: passphrase)
    let begun = registered(use, of: configuration.member, network)
    if !begun.contains(key.publicKey) {
      let now = try ledger()
      let known = registered(use, of: configuration.member, now)
      if known.isEmpty, begun.isEmpty { return unregistered(use, resolved, key) }
      try NodeKeyCheck.check(key, resolved, use, known)
    }
    return .good(Subject.key(use), LocalizedText(verbatim: "\(resolved)  \(key.publicKey)"))
  }

  private func unregistered(
    _ use: MemberKeys.Use, _ path: String, _ key: SigningKey
  ) -> InspectionFinding {
    .notice(
      Subject.key(use),
      LocalizedText(
        english: "\(path)  \(key.publicKey), not registered yet",
        chinese: "\(path)  \(key.publicKey)，尚未登记"), mend: nil)
  }

  /// The keys that the ledger has. A validator votes with its old key until the epoch ends.
  private func registered(
    _ use: MemberKeys.Use, of member: MemberID, _ now: NetworkNow
  ) -> [PublicKey] {
    switch use {
    case .consensus:
      [now.node(of: member)?.consensusKey, now.validator(member)?.consensusKey].compactMap { $0 }
    case .transport: now.keys(of: member, for: .transport)
    case .member: now.keys(of: member, for: .member)
    case .governor: now.keys(of: member, for: .governor)
    }
  }

  private func registered(
    _ use: MemberKeys.Use, of member: MemberID, _ network: NetworkFile
  ) -> [PublicKey] {
    let node = (network.validators + network.followers).first { $0.member == member }
    return switch use {
    case .consensus: node.map { [$0.consensusKey.key] } ?? []
    case .transport: node.map { [$0.transportKey.key] } ?? []
    case .member: network.members.first { $0.id == member }?.keys ?? []
    case .governor: network.governors.filter { $0.member == member }.map(\.key)
    }
  }

  // MARK: Data

  private func checkData() throws(Problem) -> InspectionFinding {
    let network = try directory.networkFile()
    // Opening takes the lock, whose file it would make in a directory that was never run in.
    guard LocalFile.exists(directory.resolved("format")) else {
      throw Problem(StorageError.notADataDirectory, directory: directory.path)
    }
    do throws(StorageError) {
      let disk = try directory.disk()
      _ = try DataDirectory.open(on: disk, network: network.id.digest)
      return .good(
        Subject.data, LocalizedText(english: "in order, not in use", chinese: "正常，未被使用"))
    } catch .inUse(let process) {
      let owner = process.map { " \($0)" } ?? ""
      return .good(
        Subject.data,
        LocalizedText(english: "in use by process\(owner)", chinese: "由进程\(owner) 使用"))
    } catch {
      throw Problem(error, directory: directory.path)
    }
  }

  private func checkSpace() throws(Problem) -> InspectionFinding {
    let free: UInt64
    do throws(DiskError) {
      free = try PosixDisk(root: directory.path).freeByteCount()
    } catch {
      throw Problem(error, directory: directory.path)
    }
    let size = NumberText.bytes(free)
    guard free >= Self.leastByteCount else {
      throw Problem(DiskError(.freeSpace, .root, .noSpace), directory: directory.path)
    }
    let text = LocalizedText(english: "\(size) free", chinese: "可用 \(size)")
    guard free >= Self.comfortableByteCount else {
      return .notice(
        Subject.disk, text,
        mend: LocalizedText(
          english: "a million transactions take about 1 GiB; a full disk stops the node",
          chinese: "一百万笔交易约占 1 GiB；磁盘写满会使节点停止"))
    }
    return .good(Subject.disk, text)
  }

  enum Subject {
    static let directory = LocalizedText(english: "directory", chinese: "目录")
    static let network = LocalizedText(english: "network", chinese: "网络")
    static let configuration = LocalizedText(english: "node", chinese: "节点")
    static let data = LocalizedText(english: "data", chinese: "数据")
    static let disk = LocalizedText(english: "disk", chinese: "磁盘")

    static func key(_ use: MemberKeys.Use) -> LocalizedText {
      LocalizedText(english: "\(use.rawValue) key", chinese: "\(use.rawValue) 密钥")
    }
  }
}
