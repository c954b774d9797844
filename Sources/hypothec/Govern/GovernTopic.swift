import CommandInterface

extension GovernCommands {
  /// `help changes`.
  static let topic = CommandTable.Topic(
    "changes",
    title: LocalizedText(
      english: "How members, keys, validators and the policy change.",
      chinese: "如何变更成员、密钥、验证者和政策。"),
    text: LocalizedText(
      english: """
        Governors change a network: members with an offline key of that purpose, as many of them as \
        the threshold says ('hypothec governor list').

        1. Draft:  one of the commands below, with -o FILE; --add-to FILE puts several changes into \
        one draft, --dry-run tries it.
        2. Sign:   hypothec member vote FILE (reads it), then with --as MEMBER --key GOVERNOR-KEY.
        3. Submit: hypothec transaction submit FILE

        A member joins        member apply (there), member propose --admit
        Its standing          member propose --suspend, --reinstate
        Its first node        node apply (there), member propose --register
        Another address       node move
        Another key           key rotate, later key retire
        Validators            validator propose, ready (at each), draft
        A new epoch           epoch advance
        Governors             key rotate, key retire (--purpose governor); governor require
        Policy                policy propose

        A node that was lost with its keys is replaced by 'node apply', as a first one, and taken \
        up by 'validator propose --keep'. One that lost its vote journal follows, and votes again \
        in an epoch that begins later: 'epoch advance'.

        A network that lost its quorum for good can change nothing any more. Its governors sign \
        where and with whom it goes on ('recovery propose', 'recovery sign'), and every operator \
        accepts that ('node recover').
        """,
      chinese: """
        网络由治理成员变更：持有治理用途离线密钥的成员，人数须达到门限（'hypothec governor list'）。

        1. 起草：下列命令之一，加 -o 文件；--add-to 文件 可把多项变更放入同一草稿，--dry-run 试行。
        2. 签署：hypothec member vote 文件（查看），再加 --as 成员 --key 治理密钥。
        3. 提交：hypothec transaction submit 文件

        成员加入      member apply（在其处），member propose --admit
        成员状态      member propose --suspend、--reinstate
        首个节点      node apply（在其处），member propose --register
        更换地址      node move
        更换密钥      key rotate，之后 key retire
        验证者        validator propose，ready（在各节点），draft
        新纪元        epoch advance
        治理成员      key rotate、key retire（--purpose governor），governor require
        政策          policy propose

        连同密钥丢失的节点用 'node apply' 重新登记，再由 'validator propose --keep' 采用。丢失投票日志的节点只跟随，在之后开始的纪元恢复投票：'epoch advance'。

        永久丧失法定人数的网络无法再变更。治理成员签署从何处、由谁继续（'recovery propose'、'recovery sign'），各运营方逐一接受（'node recover'）。
        """))
}
