import CommandInterface

extension RecordCommands {
  /// The problems that only these commands report.
  static let explanations: [CommandTable.Explanation] = [
    CommandTable.Explanation(
      .fieldMissing,
      LocalizedText(
        english: """
          A field of the operation is missing, or two fields contradict each other. \
          hypothec help lists what a verb takes.
          """,
        chinese: "操作缺少字段，或字段互相矛盾。可用 hypothec help 查看所需字段。")),
    CommandTable.Explanation(
      .draftInvalid,
      LocalizedText(
        english: """
          The file is no draft, or it was changed after it was drafted: its operations are \
          not those of what is signed.
          """,
        chinese: "文件不是草稿，或起草后被改动：其操作与待签内容不符。")),
    CommandTable.Explanation(
      .signaturesMissing,
      LocalizedText(
        english: """
          A draft is submitted only when everybody whom it lists has signed it. hypothec \
          transaction show FILE tells who is missing.
          """,
        chinese: "草稿须全部签署后才能提交。hypothec transaction show 文件 可查看尚缺的签署人。")),
    CommandTable.Explanation(
      .notASigner,
      LocalizedText(
        english: """
          The draft does not list this member. Signers are fixed when the draft is made, \
          because they are part of what is signed.
          """,
        chinese: "草稿未列明该成员。签署人在起草时确定，因为其本身属于所签内容。")),
    CommandTable.Explanation(
      .operationsInvalid,
      LocalizedText(
        english: """
          The JSON list of operations has faults; each is listed with its line. \
          docs/json.md lists the members of every operation.
          """,
        chinese: "JSON 操作列表有误，已逐行列出。各操作的成员见 docs/json.md。")),
    CommandTable.Explanation(
      .transactionMalformed,
      LocalizedText(
        english: """
          The node could not read the transaction. Node and command line are probably of \
          different versions.
          """,
        chinese: "节点无法读取该交易，两者版本可能不同。")),
    CommandTable.Explanation(
      .clockWrong,
      LocalizedText(
        english: """
          This machine's clock shows a time before 1970, in which nothing can be recorded.
          """,
        chinese: "本机时钟早于 1970 年，无法登记。")),
  ]
}
