import CommandInterface

extension GovernCommands {
  /// The problems that only these commands report.
  static let explanations: [CommandTable.Explanation] = [
    CommandTable.Explanation(
      .notAGovernor,
      LocalizedText(
        english: """
          A change of the network is signed by its governors: members with an offline key of that \
          purpose. hypothec governor list shows them.
          """,
        chinese: "网络变更由治理成员签署：持有治理用途离线密钥的成员。hypothec governor list 可查。")),
    CommandTable.Explanation(
      .notAChange,
      LocalizedText(
        english: """
          Governors vote on changes of the network. This draft records business; its members sign \
          it with hypothec transaction sign.
          """,
        chinese: "治理成员只对网络变更投票。该草稿为业务操作，由成员用 hypothec transaction sign 签署。")),
    CommandTable.Explanation(
      .applicationInvalid,
      LocalizedText(
        english: """
          The file is no application that hypothec member apply or hypothec node apply wrote, or it \
          was changed; each fault is listed with its line.
          """,
        chinese: "文件不是 hypothec member apply 或 hypothec node apply 生成的申请，或已被改动；错误已逐行列出。")),
    CommandTable.Explanation(
      .validatorProposalInvalid,
      LocalizedText(
        english: """
          The file is no proposal that hypothec validator propose wrote, or it was changed: its \
          attestations are bound to exactly these validators and this epoch.
          """,
        chinese: "文件不是 hypothec validator propose 生成的方案，或已被改动：就绪声明只针对这些验证者和这一纪元。")),
    CommandTable.Explanation(
      .validatorProposalOutdated,
      LocalizedText(
        english: """
          An epoch began, or a node's key changed, since the validators were proposed. What they \
          attested does not count any more; propose them again.
          """,
        chinese: "提出方案后纪元已变更，或有节点更换了密钥。原声明不再有效，请重新提出。")),
    CommandTable.Explanation(
      .notProposed,
      LocalizedText(
        english: """
          Only a member who is to validate says that it is ready. --as tells whose node it is.
          """,
        chinese: "只有拟任验证者才声明就绪。用 --as 说明节点属于谁。")),
    CommandTable.Explanation(
      .policyInvalid,
      LocalizedText(
        english: """
          The file is no policy; each fault is listed with its line. hypothec policy show --json \
          shows the names and forms.
          """,
        chinese: "文件不是政策，错误已逐行列出。名称和写法见 hypothec policy show --json。")),
  ]
}
