import CommandInterface

extension LookCommands {
  /// The problems that only these commands report.
  static let explanations: [CommandTable.Explanation] = [
    CommandTable.Explanation(
      .recoveryRecordUnknown,
      LocalizedText(
        english: """
          An auditor accepts a recovery record by its hash only if the record lies beside the chain, in \
          recovery/ of the directory. Otherwise give its file.
          """,
        chinese: "仅当恢复记录位于目录的 recovery/ 中时，才能用哈希接受；否则请给出记录文件。")),
    CommandTable.Explanation(
      .answerUnexpected,
      LocalizedText(
        english: """
          The node answered something that is no answer to the question. Node and command \
          line are probably of different versions.
          """,
        chinese: "节点的回答与问题不符，两者版本可能不同。")),
    CommandTable.Explanation(
      .requestRefused,
      LocalizedText(
        english: """
          The node does not take this question: it is beyond a limit, or the node does not \
          know it.
          """,
        chinese: "节点不接受该请求：超出限制，或节点不认识此请求。")),
    CommandTable.Explanation(
      .dataUnavailable,
      LocalizedText(
        english: """
          The node is there and cannot answer now: it is starting, stopping, or cannot \
          read its data. See hypothec status.
          """,
        chinese: "节点存在但暂时无法回答：正在启动、停止或无法读取数据。请查看 hypothec status。")),
    CommandTable.Explanation(
      .dataDamaged,
      LocalizedText(
        english: """
          A part of this node's data is damaged on its disk, so the answer cannot be told \
          from here. hypothec audit verify names the place; other nodes have the same \
          blocks.
          """,
        chinese: "该节点磁盘上的部分数据已损坏，无法由此得出答案。hypothec audit verify 可指出位置；其他节点有相同的区块。")),
    CommandTable.Explanation(
      .proofInvalid,
      LocalizedText(
        english: """
          The command line checks every answer against the state root that the validators \
          signed. This answer contradicts its proof: it was altered, or the node is wrong. \
          Exit status 20.
          """,
        chinese: "命令行依据验证节点签署的状态根核验每个回答。此回答与其证明矛盾：被篡改，或节点有误。退出码 20。")),
    CommandTable.Explanation(
      .vehicleNotFound,
      LocalizedText(
        english: """
          The vehicle is proven to be unknown to this network. That is not the same as \
          registered without a live pledge.
          """,
        chinese: "已证明本网络没有该车辆。这与“已登记且无有效抵押”不同。")),
    CommandTable.Explanation(
      .pledgeNotFound,
      LocalizedText(
        english: """
          No pledge with this id was ever accepted on this network. Refused attempts are \
          in the vehicle's history.
          """,
        chinese: "本网络从未接受过此编号的抵押。被拒绝的尝试见车辆历史。")),
    CommandTable.Explanation(
      .valuationNotFound,
      LocalizedText(
        english: "The vehicle has no valuation, or none with this id.",
        chinese: "车辆没有评估，或没有此编号的评估。")),
    CommandTable.Explanation(
      .transactionNotFound,
      LocalizedText(
        english: """
          This node knows no transaction with this id. It was never submitted, or has not \
          reached this node.
          """,
        chinese: "该节点没有此编号的交易：从未提交，或尚未到达该节点。")),
    CommandTable.Explanation(
      .outcomeUnknown,
      LocalizedText(
        english: """
          The transaction was sent and its outcome is not known yet. Its signed bytes are \
          kept in the data directory's outbox; sending them again records nothing twice. \
          After its 'valid until' it can never be accepted any more. Exit status 13.
          """,
        chinese: "交易已发送而结果未知。已签内容保存在数据目录的 outbox 中，重新发送不会重复登记。超过有效期后不可能再被接受。退出码 13。")),
    CommandTable.Explanation(
      .listInvalid,
      LocalizedText(
        english: """
          A line of the list is no VIN. Lists have one VIN a line; blank lines and what \
          follows # are passed over.
          """,
        chinese: "列表中有一行不是 VIN。每行一个 VIN；空行和 # 之后的内容会被忽略。")),
    CommandTable.Explanation(
      .heightNotReached,
      LocalizedText(
        english: "The network has not reached this height yet.",
        chinese: "网络尚未到达此高度。")),
    CommandTable.Explanation(
      .nodeNotRunning,
      LocalizedText(
        english: """
          No node listens in this data directory. Start it with hypothec node run, or name \
          another with --directory or --node.
          """,
        chinese: "该数据目录没有运行中的节点。请用 hypothec node run 启动，或用 --directory、--node 指定。")),
    CommandTable.Explanation(
      .nodeAccessDenied,
      LocalizedText(
        english: """
          The node's socket belongs to another user. Run the command as the user who runs \
          the node.
          """,
        chinese: "节点套接字属于其他用户。请以运行节点的用户执行命令。")),
    CommandTable.Explanation(
      .nodeUnreachable,
      LocalizedText(
        english: """
          The node did not answer. Whether it runs, and what it waits for: hypothec \
          status.
          """,
        chinese: "节点没有回答。运行情况见 hypothec status。")),
    CommandTable.Explanation(
      .otherNetwork,
      LocalizedText(
        english: "The node belongs to another network than the data directory. Exit status 23.",
        chinese: "节点所属网络与数据目录不同。退出码 23。")),
    CommandTable.Explanation(
      .otherVersion,
      LocalizedText(
        english: "Node and command line speak different versions of the protocol.",
        chinese: "节点与命令行的协议版本不同。")),
    CommandTable.Explanation(
      .requestTooLarge,
      LocalizedText(
        english: "The request is larger than a node takes.",
        chinese: "请求超出节点可接受的大小。")),
    CommandTable.Explanation(
      .auditFailed,
      LocalizedText(
        english: """
          The audit itself could not go on, so it says nothing about the chain. It needs room for a \
          state of its own in the temporary directory (TMPDIR).
          """,
        chinese: "核验本身无法继续，因此不对账本作任何判断。核验需要在临时目录（TMPDIR）中保存自己的状态。")),
    CommandTable.Explanation(
      .networkUnusable,
      LocalizedText(
        english: "The network file is well-formed but describes no network that can run.",
        chinese: "网络文件格式正确，但所描述的网络无法运行。")),
  ]
}
