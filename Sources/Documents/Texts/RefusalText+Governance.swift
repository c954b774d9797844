import CommandInterface
import Ledger

// What refused changes of the network mean.

extension RefusalText {
  static let authorityMixed = RefusalText(
    what: LocalizedText(
      english:
        "A transaction mixes changes of the network with other operations.",
      chinese: "同一交易混合了网络变更与业务操作。"),
    why: LocalizedText(
      english:
        """
        Changes of the network are signed with governor keys, everything else with member \
        keys.
        """,
      chinese: "网络变更用治理密钥签署，其他操作用成员密钥签署。"),
    next: LocalizedText(
      english:
        "Make two transactions of it.",
      chinese: "请拆成两笔交易。"))

  static let epochChangeNotLast = RefusalText(
    what: LocalizedText(
      english:
        "A change of validators or of the epoch is not the transaction's last operation.",
      chinese: "变更验证者或纪元的操作不是交易的最后一项。"),
    why: LocalizedText(
      english:
        "It closes the epoch, and nothing may follow it.",
      chinese: "它会结束本纪元，其后不得再有操作。"),
    next: LocalizedText(
      english:
        "Put it last; a transaction has one at most.",
      chinese: "请放在最后，每笔交易至多一项。"))

  static let epochClosing = RefusalText(
    what: LocalizedText(
      english:
        "The block closes its epoch; the transaction has no place behind that.",
      chinese: "该区块结束本纪元，其后不能再有交易。"),
    why: LocalizedText(
      english:
        "A change of validators is the last thing in its block.",
      chinese: "变更验证者的交易须是区块的最后一笔。"),
    next: LocalizedText(
      english:
        "Send it again; the same command is safe.",
      chinese: "请重发，重复同一命令是安全的。"))

  static let quorumMissing = RefusalText(
    what: LocalizedText(
      english:
        "Too few governors signed the change.",
      chinese: "签署变更的治理人不足。"),
    why: LocalizedText(
      english:
        "A change of the network needs as many governors as the threshold says.",
      chinese: "变更网络须达到治理门限。"),
    next: LocalizedText(
      english:
        """
        See the threshold with hypothec governor list, draft it anew with more signers, and \
        have them sign.
        """,
      chinese: "请用 hypothec governor list 查看门限，列出更多签署人重新起草并签署。"))

  static let governanceSequence = RefusalText(
    what: LocalizedText(
      english:
        "The change does not carry the next sequence number.",
      chinese: "变更的序号不是下一个。"),
    why: LocalizedText(
      english:
        """
        Changes of the network are numbered, so that they have one order; another change \
        came first.
        """,
      chinese: "网络变更按序号排列，已有其他变更先行。"),
    next: LocalizedText(
      english:
        "Draft it anew; the number is filled in, and the governors sign again.",
      chinese: "请重新起草(序号自动填写)，并由治理人重新签署。"))

  static let policyRetroactive = RefusalText(
    what: LocalizedText(
      english:
        "The policy would be in force before it is decided.",
      chinese: "政策生效高度早于决定本身。"),
    why: LocalizedText(
      english:
        "A policy takes effect at a height after the block that holds the change.",
      chinese: "政策只能在包含变更的区块之后的高度生效。"),
    next: LocalizedText(
      english:
        """
        Choose a later height; leave room for the governors to sign and for the block to \
        come.
        """,
      chinese: "请选择更高的高度，为签署和出块留出余地。"))

  static let memberNotAdmitted = RefusalText(
    what: LocalizedText(
      english:
        "The change names a member that the network does not have.",
      chinese: "变更涉及的成员不在本网络。"),
    why: LocalizedText(
      english:
        "Keys, nodes and validators belong to members.",
      chinese: "密钥、节点和验证者均属于成员。"),
    next: LocalizedText(
      english:
        """
        Check the id (hypothec member list), or admit the member first (hypothec member \
        propose).
        """,
      chinese: "请核对编号(hypothec member list)，或先接纳该成员(hypothec member propose)。"))

  static let memberAlreadyAdmitted = RefusalText(
    what: LocalizedText(
      english:
        "The network has a member with this id.",
      chinese: "该编号的成员已存在。"),
    why: LocalizedText(
      english:
        "A member is admitted once; a suspended one is reinstated.",
      chinese: "成员只接纳一次；被暂停的成员应予恢复。"),
    next: LocalizedText(
      english:
        "See hypothec member show; choose another id, or propose to reinstate it.",
      chinese: "请查看 hypothec member show，另选编号或提议恢复。"))

  static let memberLimitReached = RefusalText(
    what: LocalizedText(
      english:
        "The network has as many members as it can have.",
      chinese: "成员数已达上限。"),
    why: LocalizedText(
      english:
        "A network has at most 1,000 members.",
      chinese: "一个网络最多 1000 个成员。"),
    next: LocalizedText(
      english:
        "No member can be admitted.",
      chinese: "不能再接纳成员。"))

  static let entityInUse = RefusalText(
    what: LocalizedText(
      english:
        "A code belongs to another member already.",
      chinese: "该机构代码已属于其他成员。"),
    why: LocalizedText(
      english:
        "A code stands for one member, so that an owner who is a member is known.",
      chinese: "一个代码只代表一个成员，以便识别作为成员的所有人。"),
    next: LocalizedText(
      english:
        "Check the codes of both members (hypothec member show).",
      chinese: "请核对双方代码(hypothec member show)。"))

  static let keyInUse = RefusalText(
    what: LocalizedText(
      english:
        "The key is, or was, in use on this network.",
      chinese: "该密钥正在或曾在本网络使用。"),
    why: LocalizedText(
      english:
        "Every key has one holder and one purpose for ever, also after it was retired.",
      chinese: "每个密钥永远只有一个持有人和一个用途，停用后也不再使用。"),
    next: LocalizedText(
      english:
        "Make a new key (hypothec key rotate, or hypothec key new).",
      chinese: "请生成新密钥(hypothec key rotate 或 hypothec key new)。"))

  static let keyProofInvalid = RefusalText(
    what: LocalizedText(
      english:
        "The proof that the key's holder has its private part is not right.",
      chinese: "密钥持有证明无效。"),
    why: LocalizedText(
      english:
        "The proof is the key's own signature, for this network, member and purpose.",
      chinese: "证明是该密钥针对本网络、成员和用途的签名。"),
    next: LocalizedText(
      english:
        "Make the change anew where the private key is; check network and member.",
      chinese: "请在私钥所在处重新生成变更，并核对网络与成员。"))

  static let keyNotHeld = RefusalText(
    what: LocalizedText(
      english:
        "The key to be retired is not registered.",
      chinese: "要停用的密钥未登记。"),
    why: LocalizedText(
      english:
        "It is none of this member's keys of this purpose, or was retired before.",
      chinese: "它不是该成员此用途的密钥，或已停用。"),
    next: LocalizedText(
      english:
        "See its keys with hypothec member show.",
      chinese: "请用 hypothec member show 查看其密钥。"))

  static let keyLimitReached = RefusalText(
    what: LocalizedText(
      english:
        "The member has as many keys of this purpose as it can have.",
      chinese: "该用途的密钥数已达上限。"),
    why: LocalizedText(
      english:
        """
        A member has at most eight keys; a node and a governor have a new one and the one \
        it replaces.
        """,
      chinese: "成员最多八个密钥；节点和治理人只有新旧各一个。"),
    next: LocalizedText(
      english:
        "Retire one first (hypothec key retire).",
      chinese: "请先停用一个(hypothec key retire)。"))

  static let lastKey = RefusalText(
    what: LocalizedText(
      english:
        "It is the last key of its purpose.",
      chinese: "这是该用途的最后一个密钥。"),
    why: LocalizedText(
      english:
        """
        A member without a key could sign nothing, and nobody could reach a node without \
        one.
        """,
      chinese: "没有密钥的成员无法签署，没有密钥的节点无法连接。"),
    next: LocalizedText(
      english:
        """
        Add the new key first (hypothec key rotate), then retire this one. To stop a \
        member, suspend it.
        """,
      chinese: "请先增加新密钥(hypothec key rotate)再停用；要停止某成员请予暂停。"))

  static let nodeUnknown = RefusalText(
    what: LocalizedText(
      english:
        "The member has no node.",
      chinese: "该成员没有节点。"),
    why: LocalizedText(
      english:
        "Validators and transport keys are of nodes that are registered.",
      chinese: "验证者和传输密钥均属于已登记的节点。"),
    next: LocalizedText(
      english:
        "Register its node first (hypothec node apply, then hypothec member propose).",
      chinese: "请先登记其节点(hypothec node apply，然后 hypothec member propose)。"))

  static let thresholdUnreachable = RefusalText(
    what: LocalizedText(
      english:
        "So many governors could never sign.",
      chinese: "治理人数无法达到门限。"),
    why: LocalizedText(
      english:
        """
        The threshold is at least 1, and at most the number of governors and of a \
        transaction's 16 signers.
        """,
      chinese: "门限至少为 1，且不超过治理人数和每笔交易 16 名签署人。"),
    next: LocalizedText(
      english:
        "Lower the threshold first, or keep the governor.",
      chinese: "请先降低门限，或保留该治理人。"))

  static let validatorSetChangeTooLarge = RefusalText(
    what: LocalizedText(
      english:
        "Too many validators would change at once.",
      chinese: "一次变更的验证者过多。"),
    why: LocalizedText(
      english:
        """
        Of n validators n/3, and at least one, may change in an epoch: each that goes, \
        comes or changes its key counts.
        """,
      chinese: "每个纪元最多变更三分之一(至少一个)验证者：离开、加入或更换密钥各计一个。"),
    next: LocalizedText(
      english:
        "Make the change in several steps, one epoch after the other.",
      chinese: "请分多步、逐个纪元变更。"))

  static let attestationInvalid = RefusalText(
    what: LocalizedText(
      english:
        "The word of a validator that it is ready is not right.",
      chinese: "验证者的就绪声明无效。"),
    why: LocalizedText(
      english:
        """
        It is signed with the validator's consensus key, for exactly these validators and \
        the next epoch.
        """,
      chinese: "声明须由其共识密钥针对这些验证者和下一纪元签署。"),
    next: LocalizedText(
      english:
        "Collect the attestations anew (hypothec validator propose, then validator ready).",
      chinese: "请重新收集声明(hypothec validator propose，然后 validator ready)。"))

  static let attestationsMissing = RefusalText(
    what: LocalizedText(
      english:
        "Too few of the new validators said that they are ready.",
      chinese: "声明就绪的新验证者不足。"),
    why: LocalizedText(
      english:
        "A quorum of the new set must, since the chain stands still without it.",
      chinese: "新集合须有法定多数就绪，否则链会停顿。"),
    next: LocalizedText(
      english:
        "Have more of them run their nodes and attest (hypothec validator ready).",
      chinese: "请让更多验证者运行节点并声明(hypothec validator ready)。"))
}
