import CommandInterface

/// `node check`: whether a node could run, before it does.
enum NodeCheck {
  static let command = Command(
    "check",
    LocalizedText(
      english: "Check a node's configuration, keys, data and disk.",
      chinese: "检查节点的配置、密钥、数据和磁盘。"),
    discussion: LocalizedText(
      english: "Nothing is changed. The exit status is that of the first fault.",
      chinese: "不作任何改动。退出码取自第一个错误。"),
    options: [SigningOptions.passphraseFile]
  ) { context throws(Problem) in
    try context.inspection().findings().answer(JSONSchema("node-check"), context)
  }
}

extension CommandContext {
  /// Of the data directory. Precondition: the command lists `SigningOptions.passphraseFile`.
  func inspection() throws(Problem) -> NodeInspection {
    let passphrase: Passphrase? =
      if let source = self[SigningOptions.passphraseFile] {
        try Passphrase(from: source)
      } else { nil }
    return NodeInspection(directory: NodeDirectory(dataDirectory), passphrase: passphrase)
  }
}
