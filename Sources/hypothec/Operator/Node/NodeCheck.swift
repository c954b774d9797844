import CommandInterface

/// `node check`: whether a node could run, before it does.
enum NodeCheck {
  static func command(_ source: AccessSource) -> Command {
    Command(
      "check",
      LocalizedText(
        english: "Check a node's configuration, keys, data and disk.",
        chinese: "检查节点的配置、密钥、数据和磁盘。"),
      discussion: LocalizedText(
        english: "Nothing is changed. The exit status is that of the first fault.",
        chinese: "不作任何改动。退出码取自第一个错误。"),
      options: [SigningOptions.passphraseFile]
    ) { context throws(Problem) in
      try context.inspection(source).findings().answer(JSONSchema("node-check"), context)
    }
  }
}

extension CommandContext {
  /// Of the data directory. Precondition: the command lists `SigningOptions.passphraseFile`.
  func inspection(_ source: AccessSource) throws(Problem) -> NodeInspection {
    let passphrase: Passphrase? =
      if let source = self[SigningOptions.passphraseFile] {
        try Passphrase(from: source)
      } else { nil }
    return NodeInspection(
      directory: NodeDirectory(dataDirectory), passphrase: passphrase
    ) { () throws(Problem) in
      try Inquiry(self, try source.open(self, .reading)).networkNow()
    }
  }
}
