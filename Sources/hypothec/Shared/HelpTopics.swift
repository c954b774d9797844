import CommandInterface

/// The pages of `help TOPIC`, besides the frame's own.
enum HelpTopics {
  static let all = [identifiers, files, privacy]

  private static let identifiers = CommandTable.Topic(
    "identifiers",
    title: LocalizedText(
      english: "How vehicles, parties, amounts and times are written.",
      chinese: "车辆、当事人、金额和时间的写法。"),
    text: LocalizedText(
      english: """
        VIN         17 characters; lower case, blanks and hyphens are brought to the one form.
        Party       uscc:CODE or lei:CODE for a company; commitment:HEX for a person, a sole trader, or who is not to be named; unstated where a file does not say.
        Document    a file, whose SHA-256 is taken; or sha256:HEX, or commitment:HEX.
        Amount      '120000.00 CNY': plain digits and the currency, in quotation marks.
        Percentage  70% or 66.67%.
        Time        2026-09-20T09:31:00+08:00 (RFC 3339). Date: 2026-09-20.
        Duration    90s, 15min, 24h, 7d.
        Region      110000 (GB/T 2260) or CN-BJ (ISO 3166-2).
        Member      bank-a: lower-case letters, digits, hyphens.
        Reference, pledge and valuation ids: 1 to 64 of A-Z a-z 0-9 . _ : / -
        Height      48213 or 48,213: a block's number.
        """,
      chinese: """
        VIN      17 位；小写、空格和连字符会自动规范。
        当事人   公司写 uscc:代码 或 lei:代码；个人、个体工商户或不公开者写 commitment:十六进制；资料未载明写 unstated。
        文件     文件路径（取其 SHA-256），或 sha256:十六进制，或 commitment:十六进制。
        金额     '120000.00 CNY'：数字加币种，须加引号。
        百分比   70% 或 66.67%。
        时间     2026-09-20T09:31:00+08:00（RFC 3339）；日期 2026-09-20。
        时长     90s、15min、24h、7d。
        地区     110000（GB/T 2260）或 CN-BJ（ISO 3166-2）。
        成员     bank-a：小写字母、数字、连字符。
        引用号、抵押编号和评估编号：1 至 64 个 A-Z a-z 0-9 . _ : / -
        高度     48213 或 48,213：区块序号。
        """))

  private static let files = CommandTable.Topic(
    "files",
    title: LocalizedText(
      english: "The files of a network and of a node.", chinese: "网络和节点的文件。"),
    text: LocalizedText(
      english: """
        network.json          who is in the network; everybody has the same one
        MEMBER.identity.json  public keys and proofs, sent to the coordinator; not secret
        MEMBER.application.json, MEMBER.node.json
                              the same for a network that runs, sent to a governor
        member.pem            signs your transactions; secret, mode 0600
        consensus.pem         signs your node's votes; secret, on one machine only
        transport.pem         your node's identity towards others; secret
        governor.pem          signs changes of the network; secret, kept offline
        *.pem.pub             public parts, with the kid

        In a data directory:
        network.cbor          the network file in the form that is hashed
        node.json             whose node it is, and where its keys are
        node.socket           where commands ask the running node
        format, lock          whose data these are, and who works with them
        blocks, certificates  the chain; sealed files are the same on every member
        journal               the node's own votes: never restore an old copy
        index                 derived; may be removed while the node is stopped
        """,
      chinese: """
        network.json          网络成员与规则；所有人持有同一文件
        MEMBER.identity.json  公钥与证明，交给协调方；不含秘密
        MEMBER.application.json, MEMBER.node.json
                              同上，用于已运行的网络，交给治理成员
        member.pem            签署交易；秘密，权限 0600
        consensus.pem         签署节点投票；秘密，只存于一台机器
        transport.pem         节点对外身份；秘密
        governor.pem          签署网络变更；秘密，离线保存
        *.pem.pub             公钥与 kid

        数据目录中：
        network.cbor          网络文件的规范形式（用于计算编号）
        node.json             节点所属成员与密钥位置
        node.socket           命令询问运行中节点之处
        format, lock          数据所属网络与使用者
        blocks, certificates  区块链；已封存文件在各成员处逐字节相同
        journal               节点自己的投票：切勿恢复旧副本
        index                 派生数据；节点停止时可删除
        """))

  private static let privacy = CommandTable.Topic(
    "privacy",
    title: LocalizedText(
      english: "What every member of a network sees.", chinese: "网络的每个成员能看到什么。"),
    text: LocalizedText(
      english: """
        Every member's node holds the whole ledger, and nothing can be taken back. Every member \
        therefore sees: every VIN with its make, model, year, use and region; which member \
        registered, valued, pledged and released it, and when; amounts of loans and valuations; \
        refused attempts; and every company that was named by its code.

        Nobody sees what was committed to: persons and sole traders (never named), licence plates, \
        and whatever parties or documents you gave as commitment:HEX. A commitment opens only to \
        whom you send its salt; delete the salt, and it never opens again. Documents never leave \
        you: the ledger holds their hash.

        Do not write about persons into references, ids or names. What looks like a resident \
        identity or mobile number is refused.

        A proof or certificate about one vehicle shows that vehicle's public part and nothing of \
        any other.
        """,
      chinese: """
        每个成员的节点都保存完整账本，且内容无法撤回。因此每个成员都能看到：每个 VIN 及其厂牌、型号、年份、用途和地区；哪个成员在何时登记、评估、抵押和解除；贷款与评估金额；被拒绝的尝试；以及以代码写明的每家公司。

        以承诺形式写入的内容无人可见：个人和个体工商户（从不写明）、车牌，以及您以 commitment:十六进制 给出的当事人或文件。只有收到盐值的人才能打开承诺；删除盐值后便无法再打开。文件本身不离开您，账本只存其哈希。

        请勿在引用号、编号或名称中写入个人信息。形似身份证号或手机号的内容会被拒绝。

        关于一辆车的证明只显示该车的公开部分，不显示其他任何车辆。
        """))
}
