import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// `recovery propose`, `recovery sign`, `recovery show`: the record by which governors restart a network
/// that lost its quorum for good. Each operator then accepts it: `node recover`.
enum RecoveryCommands {
  static func noun(_ source: AccessSource) -> Command {
    Noun.recovery([RecoveryPropose.command(source), sign(source), show(source)])
  }

  // MARK: Signing

  static func sign(_ source: AccessSource) -> Command {
    Command(
      "sign",
      LocalizedText(
        english: "Read a recovery record and sign it as a governor.",
        chinese: "查看恢复记录并以治理成员身份签署。"),
      discussion: LocalizedText(
        english: """
          A signed record is as good as used: whoever has it can stop the nodes that have not \
          accepted it. Sign only if a quorum is lost for good, and no node that is left has a final \
          block above the one that the record names.
          """,
        chinese: "已签署的记录等同于已使用：持有者可使未接受它的节点停止。仅当法定人数永久丧失、且现存节点均无更高的最终区块时才可签署。"),
      arguments: [RecoveryFile.argument],
      options: [
        TransactionSignCommand.output, TransactionSignCommand.offline, SigningOptions.keys,
        SigningOptions.passphraseFile,
      ],
      examples: [
        Command.Example(
          "hypothec recovery sign network.recovery --key governor.pem",
          LocalizedText(english: "With a governor's key:", chinese: "用治理密钥："))
      ]
    ) { context throws(Problem) in
      let path = context[RecoveryFile.argument]
      var record = try RecoveryFile.read(path)
      let governance = try governance(context, source, record)
      for key in try keys(context) {
        guard governance?.governors.contains(where: { $0.key == key.publicKey }) ?? true else {
          throw notAGovernorKey(key.publicKey)
        }
        do throws(CryptographyError) {
          try record.sign(with: key)
        } catch {
          throw Problem(error)
        }
      }
      let output = try output(context, path)
      try RecoveryFile.write(record, to: output, .replaced)
      try RecoveryReport(context, governance).present(
        record, output, next(record, output, governance, context))
      return .success
    }
  }

  private static func keys(_ context: CommandContext) throws(Problem) -> [SigningKey] {
    let given = context[SigningOptions.keys]
    guard !given.isEmpty else {
      throw context.misuse(
        LocalizedText(
          english: "give the governor's key: --key FILE", chinese: "请给出治理密钥：--key 文件"))
    }
    let passphrase: Passphrase? =
      if let source = context[SigningOptions.passphraseFile] { try Passphrase(from: source) } else {
        nil
      }
    var keys: [SigningKey] = []
    for key in given { keys.append(try KeyFile.load(key.path, passphrase: passphrase)) }
    return keys
  }

  private static func output(
    _ context: CommandContext, _ path: FilePath
  ) throws(Problem) -> String {
    if let output = context[TransactionSignCommand.output] { return output }
    guard case .path(let path) = path else {
      throw context.misuse(
        LocalizedText(
          english: "say where to write the signed record: --output FILE",
          chinese: "请给出签署后记录的写入位置：--output 文件"))
    }
    return path
  }

  private static func notAGovernorKey(_ key: PublicKey) -> Problem {
    Problem(
      .notAGovernor, .usage,
      what: LocalizedText(
        english: "the key \(key) is no governor's of this network.",
        chinese: "密钥 \(key) 不是本网络治理成员的密钥。"),
      next: LocalizedText(
        english: "see whose are: hypothec governor list", chinese: "查看：hypothec governor list"))
  }

  // MARK: Showing

  static func show(_ source: AccessSource) -> Command {
    Command(
      "show",
      LocalizedText(english: "Show a recovery record.", chinese: "显示恢复记录。"),
      arguments: [RecoveryFile.argument], options: [TransactionSignCommand.offline]
    ) { context throws(Problem) in
      let path = context[RecoveryFile.argument]
      let record = try RecoveryFile.read(path)
      let governance = try governance(context, source, record)
      try RecoveryReport(context, governance).present(
        record, path.shown, next(record, path.shown, governance, context))
      return .success
    }
  }

  /// The governors as the directory's chain has them, unless the command is offline.
  private static func governance(
    _ context: CommandContext, _ source: AccessSource, _ record: RecoveryRecord
  ) throws(Problem) -> GovernanceState? {
    guard !context[TransactionSignCommand.offline] else { return nil }
    let inquiry = Inquiry(context, try source.open(context, .reading))
    try record.requireNetwork(try inquiry.network().id)
    return try inquiry.networkNow().governance
  }

  static func next(
    _ record: RecoveryRecord, _ path: String, _ governance: GovernanceState?,
    _ context: CommandContext
  ) -> String {
    if let governance,
      case .tooFewGovernors(let signed, let threshold)? =
        record.signatureFault(governance)
    {
      return context.say(
        "\(signed) of \(threshold) governors signed. Next: hypothec recovery sign \(path) "
          + "--key GOVERNOR-KEY",
        "已有 \(signed) 名治理成员签署，须 \(threshold) 名。下一步：hypothec recovery sign \(path) --key 治理密钥")
    }
    return context.say(
      "When enough governors have signed, on each node, stopped: "
        + "hypothec node recover --record \(path)",
      "签署足够后，在每个已停止的节点上：hypothec node recover --record \(path)")
  }
}
