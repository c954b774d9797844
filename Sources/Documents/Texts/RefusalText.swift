import CommandInterface
import Ledger

/// What a refusal means to the person who meets it: what happened, why, and what to do next.
package struct RefusalText {
  package let what: LocalizedText
  package let why: LocalizedText
  package let next: LocalizedText
}

extension RefusalCode {
  /// The text of this code, in every language. The code itself is never translated.
  package var text: RefusalText {
    switch self {
    case .vinLength:
      RefusalText(
        what: LocalizedText(
          english: "The VIN does not have 17 characters.",
          chinese: "车辆识别代号(VIN)不是 17 位。"),
        why: LocalizedText(
          english:
            "A VIN has exactly 17 characters (ISO 3779, GB 16735).",
          chinese: "VIN 固定为 17 位(ISO 3779、GB 16735)。"),
        next: LocalizedText(
          english:
            "Check it against the vehicle or its certificate; leave out blanks and hyphens.",
          chinese: "请与车辆或行驶证核对，去掉空格和连字符。"))
    case .vinCharacter:
      RefusalText(
        what: LocalizedText(
          english: "The VIN has a character that no VIN has.",
          chinese: "VIN 含有不允许的字符。"),
        why: LocalizedText(
          english:
            "A VIN is made of 0 to 9 and A to Z without I, O and Q.",
          chinese: "VIN 只含 0–9 和 A–Z，不含 I、O、Q。"),
        next: LocalizedText(
          english:
            "Check for I read as 1, O or Q read as 0, and lower-case letters.",
          chinese: "请检查是否把 1 写成 I、把 0 写成 O 或 Q，或用了小写字母。"))
    case .vinCheckDigit:
      RefusalText(
        what: LocalizedText(
          english: "The VIN's check digit is wrong.",
          chinese: "VIN 校验位错误。"),
        why: LocalizedText(
          english:
            """
            Position 9 of this maker's VINs is computed from the other 16 characters, and it \
            does not fit them: at least one character is wrong.
            """,
          chinese: "该厂商 VIN 的第 9 位由其余 16 位计算得出，现不相符：至少有一位写错。"),
        next: LocalizedText(
          english:
            """
            Compare all characters with the vehicle. If the maker really did not use the \
            digit, the registry attests it: --check-digit-unused.
            """,
          chinese: "请逐位与车辆核对。如厂商确未使用校验位，由登记机关声明：--check-digit-unused。"))
    case .vinDegenerate:
      RefusalText(
        what: LocalizedText(
          english: "The VIN consists of one repeated character.",
          chinese: "VIN 由同一字符重复组成。"),
        why: LocalizedText(
          english:
            "Such a text passes the check digit but names no vehicle.",
          chinese: "这样的文本能通过校验位，但不是任何车辆的代号。"),
        next: LocalizedText(
          english:
            "Enter the VIN that stands on the vehicle.",
          chinese: "请输入车辆上的实际 VIN。"))
    case .usccInvalid:
      RefusalText(
        what: LocalizedText(
          english: "The unified social credit code is not valid.",
          chinese: "统一社会信用代码无效。"),
        why: LocalizedText(
          english:
            "It has 18 characters, the last computed from the others (GB 32100).",
          chinese: "该代码为 18 位，末位由前 17 位计算得出(GB 32100)。"),
        next: LocalizedText(
          english:
            "Check it against the business licence.",
          chinese: "请与营业执照核对。"))
    case .leiInvalid:
      RefusalText(
        what: LocalizedText(
          english: "The legal entity identifier is not valid.",
          chinese: "法人识别编码(LEI)无效。"),
        why: LocalizedText(
          english:
            "It has 20 characters whose number is 1 modulo 97 (ISO 17442).",
          chinese: "LEI 为 20 位，按模 97 校验(ISO 17442)。"),
        next: LocalizedText(
          english:
            "Look it up in the global LEI index.",
          chinese: "请在全球 LEI 索引中查询。"))
    case .currencyUnknown:
      RefusalText(
        what: LocalizedText(
          english: "The currency is not known.",
          chinese: "币种未知。"),
        why: LocalizedText(
          english:
            "Amounts carry an ISO 4217 code of three letters.",
          chinese: "金额使用三位字母的 ISO 4217 代码。"),
        next: LocalizedText(
          english:
            "Use a current code such as CNY, USD or EUR.",
          chinese: "请使用现行代码，如 CNY、USD、EUR。"))
    case .amountNotPositive:
      RefusalText(
        what: LocalizedText(
          english: "The amount is not positive.",
          chinese: "金额不是正数。"),
        why: LocalizedText(
          english:
            "Values and secured sums are more than zero.",
          chinese: "价值与担保金额必须大于零。"),
        next: LocalizedText(
          english:
            "Correct the amount.",
          chinese: "请更正金额。"))
    case .fieldTooLong:
      RefusalText(
        what: LocalizedText(
          english: "A text is empty or too long.",
          chinese: "文本为空或过长。"),
        why: LocalizedText(
          english:
            "Ids have 1 to 64 characters, makes, models and names 1 to 60.",
          chinese: "编号为 1–64 个字符，品牌、型号和名称为 1–60 个字符。"),
        next: LocalizedText(
          english:
            "Shorten the text.",
          chinese: "请缩短文本。"))
    case .notCanonical:
      RefusalText(
        what: LocalizedText(
          english: "A value is not in its canonical form.",
          chinese: "数值不是规范形式。"),
        why: LocalizedText(
          english:
            """
            Every value has one written form; a node takes no other, so that everybody hashes \
            the same bytes.
            """,
          chinese: "每个值只有一种写法，节点不接受其他写法，以保证各方哈希一致。"),
        next: LocalizedText(
          english:
            "Let this program build the transaction, or write the value as docs/formats says.",
          chinese: "请用本程序生成交易，或按 docs/formats 书写。"))
    case .identifierInvalid:
      RefusalText(
        what: LocalizedText(
          english: "An id has a character that ids do not have.",
          chinese: "编号含有不允许的字符。"),
        why: LocalizedText(
          english:
            """
            Ids are made of letters, digits and . _ : / -; members' ids of lower-case \
            letters, digits and hyphens.
            """,
          chinese: "编号只含字母、数字和 . _ : / -；成员编号只含小写字母、数字和连字符。"),
        next: LocalizedText(
          english:
            "Choose another id.",
          chinese: "请改用其他编号。"))
    case .regionInvalid:
      RefusalText(
        what: LocalizedText(
          english: "The region's code is not valid.",
          chinese: "地区代码无效。"),
        why: LocalizedText(
          english:
            "Regions are six digits (GB/T 2260) or an ISO 3166-2 code such as US-SC.",
          chinese: "地区为六位数字(GB/T 2260)或 ISO 3166-2 代码，如 US-SC。"),
        next: LocalizedText(
          english:
            "Look the code up, or leave the region unstated.",
          chinese: "请查找正确代码，或不填地区。"))
    case .plateInvalid:
      RefusalText(
        what: LocalizedText(
          english: "The licence plate is not valid.",
          chinese: "号牌号码无效。"),
        why: LocalizedText(
          english:
            "It has the form of no Chinese plate (GA 36).",
          chinese: "不符合中国机动车号牌格式(GA 36)。"),
        next: LocalizedText(
          english:
            "Check the plate; O and I are not used.",
          chinese: "请核对号牌，号牌不使用 O 和 I。"))
    case .personalDataSuspected:
      RefusalText(
        what: LocalizedText(
          english: "A text looks like personal data.",
          chinese: "文本疑似个人信息。"),
        why: LocalizedText(
          english:
            """
            It looks like a resident identity number or a mobile number. What is recorded \
            cannot be taken back, so such values are not accepted.
            """,
          chinese: "文本疑似身份证号或手机号。记录无法撤回，故不予接受。"),
        next: LocalizedText(
          english:
            "Use a contract number or a commitment instead.",
          chinese: "请改用合同号或承诺值。"))
    case .valueOutOfRange:
      RefusalText(
        what: LocalizedText(
          english: "A number is out of its range.",
          chinese: "数值超出范围。"),
        why: LocalizedText(
          english:
            "Each number of an operation has limits that real values do not pass.",
          chinese: "每个字段都有合理的取值范围。"),
        next: LocalizedText(
          english:
            "Check the unit: odometers are in km, money in minor units, conditions 1 to 50.",
          chinese: "请检查单位：里程为公里，金额为最小货币单位，车况为 1–50。"))
    case .transactionTooLarge:
      RefusalText(
        what: LocalizedText(
          english: "The transaction is too large.",
          chinese: "交易过大。"),
        why: LocalizedText(
          english:
            "A transaction has at most 1,000 operations and 512 KiB.",
          chinese: "一笔交易最多 1,000 个操作、512 KiB。"),
        next: LocalizedText(
          english:
            "Split it; import does so by itself.",
          chinese: "请拆分；import 命令会自动拆分。"))
    case .soleTraderDisclosed:
      RefusalText(
        what: LocalizedText(
          english: "A sole trader is named in the clear.",
          chinese: "个体工商户以明文出现。"),
        why: LocalizedText(
          english:
            """
            Codes that begin with 92 belong to natural persons, who are recorded only as \
            commitments.
            """,
          chinese: "以 92 开头的代码属于自然人，只能以承诺值记录。"),
        next: LocalizedText(
          english:
            "Give the party as a commitment.",
          chinese: "请以承诺值填写该当事人。"))
    case .referenceReused:
      RefusalText(
        what: LocalizedText(
          english: "The reference was used for another transaction.",
          chinese: "该引用号已用于另一笔交易。"),
        why: LocalizedText(
          english:
            """
            A reference names one transaction of its submitter until it expires. The content \
            differs from what was submitted under it.
            """,
          chinese: "在有效期内，一个引用号只对应提交人的一笔交易；本次内容与先前不同。"),
        next: LocalizedText(
          english:
            "Look up the first with hypothec transaction list --mine, or choose a new reference.",
          chinese: "请用 hypothec transaction list --mine 查看先前交易，或换一个引用号。"))
    case .transactionExpired:
      RefusalText(
        what: LocalizedText(
          english: "The transaction's time has passed.",
          chinese: "交易已过有效期。"),
        why: LocalizedText(
          english:
            """
            It is past its 'valid until' and can never be accepted any more; nothing was \
            recorded.
            """,
          chinese: "已超过“有效期至”，此交易不可能再被接受，也没有任何记录。"),
        next: LocalizedText(
          english:
            """
            Draft it anew. If this surprises you, compare this machine's clock with the \
            node's (hypothec doctor).
            """,
          chinese: "请重新起草。如不符预期，请比较本机与节点时钟(hypothec doctor)。"))
    case .validityTooLong:
      RefusalText(
        what: LocalizedText(
          english: "The transaction is valid for too long.",
          chinese: "交易有效期过长。"),
        why: LocalizedText(
          english:
            "'Valid until' is at most 7 days ahead.",
          chinese: "“有效期至”最多为 7 天之后。"),
        next: LocalizedText(
          english:
            "Choose an earlier time.",
          chinese: "请选择更早的时间。"))
    case .signatureInvalid:
      RefusalText(
        what: LocalizedText(
          english: "A signature is not valid.",
          chinese: "签名无效。"),
        why: LocalizedText(
          english:
            """
            The operations, the signers or the network are not those that were signed, or the \
            key is another.
            """,
          chinese: "操作、签署人或网络与所签内容不一致，或密钥不同。"),
        next: LocalizedText(
          english:
            "Sign again on this network with the member's registered key.",
          chinese: "请在本网络用成员已登记的密钥重新签名。"))
    case .memberUnknown:
      RefusalText(
        what: LocalizedText(
          english: "A signer is not a member of this network.",
          chinese: "签署人不是本网络成员。"),
        why: LocalizedText(
          english:
            "Only members listed in the state sign transactions.",
          chinese: "只有状态中列出的成员可以签署交易。"),
        next: LocalizedText(
          english:
            "Check the member's id and the network (hypothec status).",
          chinese: "请检查成员编号和网络(hypothec status)。"))
    case .keyUnknown:
      RefusalText(
        what: LocalizedText(
          english: "A key is not registered for its member.",
          chinese: "密钥未登记在该成员名下。"),
        why: LocalizedText(
          english:
            "The signature's key is none of those that the state lists for the signer.",
          chinese: "签名所用密钥不在该签署人的登记密钥之列。"),
        next: LocalizedText(
          english:
            "Use the registered key: hypothec key show FILE tells a key's id.",
          chinese: "请使用已登记的密钥；hypothec key show FILE 可查看密钥编号。"))
    case .wrongNetwork:
      RefusalText(
        what: LocalizedText(
          english: "The transaction belongs to another network.",
          chinese: "交易属于另一个网络。"),
        why: LocalizedText(
          english:
            "What is signed is bound to one network's id.",
          chinese: "签名绑定于某一网络的编号。"),
        next: LocalizedText(
          english:
            "Submit it to a node of its own network.",
          chinese: "请提交到其所属网络的节点。"))
    case .queueFull:
      RefusalText(
        what: LocalizedText(
          english: "The node has no room for more transactions now.",
          chinese: "节点队列已满。"),
        why: LocalizedText(
          english:
            "Its waiting line is bounded so that it answers those it took.",
          chinese: "等待队列有上限，以保证已接收的交易得到处理。"),
        next: LocalizedText(
          english:
            "Send it again in a moment; the same command is safe.",
          chinese: "请稍后重发，重复同一命令是安全的。"))
    case .memberQuotaExceeded:
      RefusalText(
        what: LocalizedText(
          english: "This member has too many transactions waiting.",
          chinese: "该成员等待中的交易过多。"),
        why: LocalizedText(
          english:
            "Each member has its share of the waiting line.",
          chinese: "每个成员在等待队列中有配额。"),
        next: LocalizedText(
          english:
            "Wait for earlier ones to be answered, then send it again; the same command is safe.",
          chinese: "请等先前交易得到答复后再发，重复同一命令是安全的。"))
    case .refusalQuotaExceeded:
      RefusalText(
        what: LocalizedText(
          english: "This member has had too many refusals in this hour.",
          chinese: "该成员本小时被拒次数已达上限。"),
        why: LocalizedText(
          english:
            "The policy bounds how many refusals a member may have recorded in an hour.",
          chinese: "政策限制成员每小时记录的拒绝次数。"),
        next: LocalizedText(
          english:
            """
            Correct the cause of the refusals (hypothec transaction list --mine --refused) \
            and try in the next hour.
            """,
          chinese: "请先解决被拒原因(hypothec transaction list --mine --refused)，下一小时再试。"))
    case .nodeNotWriting:
      RefusalText(
        what: LocalizedText(
          english: "The node is not recording at present.",
          chinese: "节点当前不记录交易。"),
        why: LocalizedText(
          english:
            "It is full, stopping, or waits for others; what was recorded before is safe.",
          chinese: "磁盘已满、正在停止或在等待其他节点；先前记录不受影响。"),
        next: LocalizedText(
          english:
            """
            See why: hypothec status and hypothec doctor. Then send it again; the same \
            command is safe.
            """,
          chinese: "请用 hypothec status 和 hypothec doctor 查看原因，然后重发；重复同一命令是安全的。"))
    case .memberSuspended:
      RefusalText(
        what: LocalizedText(
          english: "The member is suspended.",
          chinese: "该成员已被暂停。"),
        why: LocalizedText(
          english:
            "A suspended member records nothing but releases of its own pledges.",
          chinese: "被暂停的成员只能解除自己的抵押。"),
        next: LocalizedText(
          english:
            "Ask the network's governors.",
          chinese: "请联系网络治理方。"))
    case .roleNotAuthorised:
      RefusalText(
        what: LocalizedText(
          english: "The member's role does not allow this operation.",
          chinese: "该成员的角色无权执行此操作。"),
        why: LocalizedText(
          english:
            """
            Registries register, appraisers and lenders value, lenders pledge, pledgees \
            release, courts order releases.
            """,
          chinese: "登记机关登记车辆，评估机构和贷款人估值，贷款人设立抵押，抵押权人解除抵押，法院裁定解除。"),
        next: LocalizedText(
          english:
            "Have the right member sign, or check --as.",
          chinese: "请由有权成员签署，或检查 --as。"))
    case .signerMissing:
      RefusalText(
        what: LocalizedText(
          english: "A member who must sign has not signed.",
          chinese: "缺少必须签署的成员。"),
        why: LocalizedText(
          english:
            """
            An owner who is a member consents by signing; a transcribed pledge is co-signed \
            by a registry; whoever acts is a signer.
            """,
          chinese: "作为成员的所有人须共同签署；转录的抵押须登记机关共同签署；操作人必须是签署人。"),
        next: LocalizedText(
          english:
            "Draft the transaction with all signers: hypothec transaction draft --signer ....",
          chinese: "请列明全部签署人起草交易：hypothec transaction draft --signer ...。"))
    case .vehicleUnknown:
      RefusalText(
        what: LocalizedText(
          english: "The vehicle is not registered on this network.",
          chinese: "本网络没有登记该车辆。"),
        why: LocalizedText(
          english:
            "No registry has opened a title for this VIN.",
          chinese: "没有登记机关为该 VIN 建立登记。"),
        next: LocalizedText(
          english:
            """
            Check the VIN; similar ones: hypothec vehicle search --similar VIN. Or have a \
            registry register it.
            """,
          chinese: "请核对 VIN；相近代号：hypothec vehicle search --similar VIN。或请登记机关先登记。"))
    case .vehicleAlreadyRegistered:
      RefusalText(
        what: LocalizedText(
          english: "The vehicle is registered already.",
          chinese: "车辆已登记。"),
        why: LocalizedText(
          english:
            "A VIN is registered once.",
          chinese: "一个 VIN 只登记一次。"),
        next: LocalizedText(
          english:
            "Look at it: hypothec vehicle show VIN.",
          chinese: "请查看：hypothec vehicle show VIN。"))
    case .vehicleDeregistered:
      RefusalText(
        what: LocalizedText(
          english: "The vehicle is deregistered.",
          chinese: "车辆已注销。"),
        why: LocalizedText(
          english:
            "Deregistration is final; nothing more is recorded on the vehicle.",
          chinese: "注销不可逆，不再接受任何记录。"),
        next: LocalizedText(
          english:
            "See why: hypothec vehicle history VIN.",
          chinese: "请查看：hypothec vehicle history VIN。"))
    case .vehicleBlocked:
      RefusalText(
        what: LocalizedText(
          english: "The vehicle is blocked.",
          chinese: "车辆被锁定。"),
        why: LocalizedText(
          english:
            "It is stolen, seized, scrapped, a total loss, under customs or under disposal.",
          chinese: "车辆被盗、被查封、报废、全损、受海关监管或正在处置。"),
        next: LocalizedText(
          english:
            "See which: hypothec vehicle check VIN.",
          chinese: "请查看：hypothec vehicle check VIN。"))
    case .vehicleOnWatchList:
      RefusalText(
        what: LocalizedText(
          english: "The vehicle is on the watch list.",
          chinese: "车辆在关注名单上。"),
        why: LocalizedText(
          english:
            "A regulator must clear it before it is pledged again.",
          chinese: "须由监管方解除后方可再次抵押。"),
        next: LocalizedText(
          english:
            "Ask the regulator.",
          chinese: "请联系监管方。"))
    case .vehicleTitleUnstated:
      RefusalText(
        what: LocalizedText(
          english: "The vehicle's title is not fully stated.",
          chinese: "车辆登记信息不完整。"),
        why: LocalizedText(
          english:
            """
            Its owners, region, certificate, use or energy are unstated, and such a vehicle \
            cannot be pledged.
            """,
          chinese: "所有人、地区、登记证书、使用性质或能源类型未说明，此类车辆不能抵押。"),
        next: LocalizedText(
          english:
            "Have the registry complete the title.",
          chinese: "请登记机关补全登记信息。"))
    case .vehicleRecordFull:
      RefusalText(
        what: LocalizedText(
          english: "The vehicle's record is full.",
          chinese: "车辆档案已满。"),
        why: LocalizedText(
          english:
            """
            A vehicle has room for a bounded number of pledges and valuations, so that every \
            node can always read its record.
            """,
          chinese: "每辆车可记录的抵押和估值数量有上限，以保证各节点随时可读。"),
        next: LocalizedText(
          english:
            """
            Nothing more of this kind can be recorded on the vehicle; ask the network's \
            governors.
            """,
          chinese: "该车辆不能再记录此类事项，请联系网络治理方。"))
    case .pledgeAlreadyActive:
      RefusalText(
        what: LocalizedText(
          english: "The vehicle is already pledged.",
          chinese: "车辆已有有效抵押。"),
        why: LocalizedText(
          english:
            "A vehicle has one live pledge at most.",
          chinese: "一辆车最多有一项有效抵押。"),
        next: LocalizedText(
          english:
            "Ask the pledgee to release it. Who holds it: hypothec vehicle check VIN.",
          chinese: "请抵押权人先解除抵押。查询持有人：hypothec vehicle check VIN。"))
    case .pledgeSlotReserved:
      RefusalText(
        what: LocalizedText(
          english: "The vehicle's slot is reserved.",
          chinese: "车辆抵押位已被预留。"),
        why: LocalizedText(
          english:
            "Another lender holds it after a search.",
          chinese: "另一贷款人查询后已预留。"),
        next: LocalizedText(
          english:
            "Try again when the reservation has expired: hypothec vehicle check VIN.",
          chinese: "请在预留到期后再试：hypothec vehicle check VIN。"))
    case .pledgeIDUsed:
      RefusalText(
        what: LocalizedText(
          english: "The pledge id was used before.",
          chinese: "抵押编号已使用。"),
        why: LocalizedText(
          english:
            "Pledge ids of a vehicle are used once, also after release.",
          chinese: "同一车辆的抵押编号只用一次，解除后亦不可重用。"),
        next: LocalizedText(
          english:
            "Choose a new id.",
          chinese: "请换一个编号。"))
    case .pledgeUnknown:
      RefusalText(
        what: LocalizedText(
          english: "The vehicle never had this pledge.",
          chinese: "该车辆从未有此抵押。"),
        why: LocalizedText(
          english:
            "No pledge with this id was accepted for this VIN.",
          chinese: "该 VIN 没有被接受过此编号的抵押。"),
        next: LocalizedText(
          english:
            "Look at the vehicle's history: hypothec vehicle history VIN.",
          chinese: "请查看历史：hypothec vehicle history VIN。"))
    case .pledgeNotActive:
      RefusalText(
        what: LocalizedText(
          english: "The pledge has ended.",
          chinese: "抵押已解除。"),
        why: LocalizedText(
          english:
            "It was released before.",
          chinese: "该抵押先前已解除。"),
        next: LocalizedText(
          english:
            "Look at the vehicle's history: hypothec vehicle history VIN.",
          chinese: "请查看历史：hypothec vehicle history VIN。"))
    case .releaseNotByPledgee:
      RefusalText(
        what: LocalizedText(
          english: "Only the pledgee of record releases a pledge.",
          chinese: "只有登记的抵押权人可以解除抵押。"),
        why: LocalizedText(
          english:
            "Another lender holds this pledge.",
          chinese: "此抵押由另一贷款人持有。"),
        next: LocalizedText(
          english:
            "Ask the pledgee; a court may order the release.",
          chinese: "请联系抵押权人；法院可裁定解除。"))
    case .releaseBlockedBySeizure:
      RefusalText(
        what: LocalizedText(
          english: "A seizure keeps the pledge from being released.",
          chinese: "查封期间不能解除抵押。"),
        why: LocalizedText(
          english:
            "A court's seizure stands on the vehicle.",
          chinese: "车辆被法院查封。"),
        next: LocalizedText(
          english:
            "Wait for the seizure to be lifted.",
          chinese: "请等待解除查封。"))
    case .releaseBlockedByDisposal:
      RefusalText(
        what: LocalizedText(
          english: "A disposal keeps the pledge from being released.",
          chinese: "处置期间不能解除抵押。"),
        why: LocalizedText(
          english:
            "The vehicle is being sold for the pledgee.",
          chinese: "车辆正在为抵押权人处置。"),
        next: LocalizedText(
          english:
            "Settle or withdraw the disposal first.",
          chinese: "请先结清或撤回处置。"))
    case .pledgorNotOwner:
      RefusalText(
        what: LocalizedText(
          english: "The pledgor is not an owner of the vehicle.",
          chinese: "抵押人不是车辆所有人。"),
        why: LocalizedText(
          english:
            """
            Only an owner pledges; with retention of title and finance lease the pledgee may \
            be the owner. Parties are compared as they were recorded: in the clear or as the \
            same commitment.
            """,
          chinese: "只有所有人可以抵押；所有权保留和融资租赁中抵押权人可为所有人。当事人按登记形式比较：明文或同一承诺值。"),
        next: LocalizedText(
          english:
            "Compare with the title: hypothec vehicle show VIN.",
          chinese: "请与登记核对：hypothec vehicle show VIN。"))
    case .searchOutdated:
      RefusalText(
        what: LocalizedText(
          english: "The search is older than the vehicle's last change.",
          chinese: "查询早于车辆的最近变更。"),
        why: LocalizedText(
          english:
            """
            Title, pledge, seizure or status changed after the height at which you searched, \
            or the height has not been reached.
            """,
          chinese: "查询高度之后，权属、抵押、查封或状态已变更；或该高度尚未到达。"),
        next: LocalizedText(
          english:
            """
            Search again, decide again, and pledge with the new height: hypothec vehicle \
            check VIN.
            """,
          chinese: "请重新查询、重新决定，并使用新的高度：hypothec vehicle check VIN。"))
    case .maximumBelowPrincipal:
      RefusalText(
        what: LocalizedText(
          english: "The maximum secured is below the principal.",
          chinese: "最高担保额低于本金。"),
        why: LocalizedText(
          english:
            "A pledge secures at least its principal, in the same currency.",
          chinese: "抵押至少担保本金，且币种相同。"),
        next: LocalizedText(
          english:
            "Correct the amounts.",
          chinese: "请更正金额。"))
    case .valuationMissing:
      RefusalText(
        what: LocalizedText(
          english: "The named valuation does not exist or is not the one that counts.",
          chinese: "所指估值不存在或不是应采用的估值。"),
        why: LocalizedText(
          english:
            """
            A pledge rests on the vehicle's newest valuation by an appraiser or by the \
            pledgee itself.
            """,
          chinese: "抵押须采用评估机构或抵押权人本人的最新估值。"),
        next: LocalizedText(
          english:
            "See which: hypothec valuation list VIN.",
          chinese: "请查看：hypothec valuation list VIN。"))
    case .valuationStale:
      RefusalText(
        what: LocalizedText(
          english: "The valuation is too old.",
          chinese: "估值已过期。"),
        why: LocalizedText(
          english:
            "The policy bounds a valuation's age when a pledge is created.",
          chinese: "政策规定设立抵押时估值的最长时效。"),
        next: LocalizedText(
          english:
            "Record a new valuation, then pledge.",
          chinese: "请先记录新的估值。"))
    case .valuationFutureDated:
      RefusalText(
        what: LocalizedText(
          english: "The valuation is dated in the future.",
          chinese: "估值日期在未来。"),
        why: LocalizedText(
          english:
            "'As of' is at most 120 seconds after the block's time.",
          chinese: "“估值时点”最多晚于区块时间 120 秒。"),
        next: LocalizedText(
          english:
            "Correct the time, and check the clock (hypothec doctor).",
          chinese: "请更正时间并检查时钟(hypothec doctor)。"))
    case .valuationBandInvalid:
      RefusalText(
        what: LocalizedText(
          english: "The valuation's band does not hold its value.",
          chinese: "估值区间不包含估值。"),
        why: LocalizedText(
          english:
            "Low, value and high ascend.",
          chinese: "低值、估值、高值应依次不减。"),
        next: LocalizedText(
          english:
            "Correct the numbers.",
          chinese: "请更正数值。"))
    case .valuationCurrencyMismatch:
      RefusalText(
        what: LocalizedText(
          english: "The currencies differ.",
          chinese: "币种不一致。"),
        why: LocalizedText(
          english:
            "A band has its value's currency, and a pledge its valuation's.",
          chinese: "区间与估值币种相同，抵押与估值币种相同。"),
        next: LocalizedText(
          english:
            "Use one currency.",
          chinese: "请使用同一币种。"))
    case .valuationIDUsed:
      RefusalText(
        what: LocalizedText(
          english: "The valuation id was used before.",
          chinese: "估值编号已使用。"),
        why: LocalizedText(
          english:
            "Valuation ids of a vehicle are used once.",
          chinese: "同一车辆的估值编号只用一次。"),
        next: LocalizedText(
          english:
            "Choose a new id.",
          chinese: "请换一个编号。"))
    case .modelNotRegistered:
      RefusalText(
        what: LocalizedText(
          english: "The valuation model is not registered.",
          chinese: "估值模型未登记。"),
        why: LocalizedText(
          english:
            "A valuation by a model names a registered model and version.",
          chinese: "模型估值须指明已登记的模型及版本。"),
        next: LocalizedText(
          english:
            "Have the appraiser register it (model.register).",
          chinese: "请评估机构先登记(model.register)。"))
    case .modelCalibrationOverdue:
      RefusalText(
        what: LocalizedText(
          english: "The valuation model is overdue for calibration.",
          chinese: "估值模型逾期未校准。"),
        why: LocalizedText(
          english:
            "Its next calibration was due before this day.",
          chinese: "下次校准日期已过。"),
        next: LocalizedText(
          english:
            "Register a newly calibrated version.",
          chinese: "请登记新校准的版本。"))
    case .loanToValueExceeded:
      RefusalText(
        what: LocalizedText(
          english: "The principal is too high for the vehicle's value.",
          chinese: "本金超过车辆价值的允许比例。"),
        why: LocalizedText(
          english:
            "The policy caps the loan by use, energy and age of the vehicle.",
          chinese: "政策按使用性质、能源类型和新旧规定贷款比例上限。"),
        next: LocalizedText(
          english:
            "Lower the principal, or look at the caps: hypothec policy show.",
          chinese: "请降低本金，或查看上限：hypothec policy show。"))
    case .modelVersionUsed:
      RefusalText(
        what: LocalizedText(
          english: "This version of the model is registered already.",
          chinese: "该模型版本已登记。"),
        why: LocalizedText(
          english:
            "A version is registered once.",
          chinese: "每个版本只登记一次。"),
        next: LocalizedText(
          english:
            "Choose a new version.",
          chinese: "请使用新的版本号。"))
    case .calibrationTooFar:
      RefusalText(
        what: LocalizedText(
          english: "The next calibration is too far away.",
          chinese: "下次校准日期过远。"),
        why: LocalizedText(
          english:
            "It follows the last by at most 92 days.",
          chinese: "最多晚于上次校准 92 天。"),
        next: LocalizedText(
          english:
            "Choose an earlier date.",
          chinese: "请选择更早的日期。"))
    case .termOutOfRange:
      RefusalText(
        what: LocalizedText(
          english: "The term is out of range.",
          chinese: "期限超出范围。"),
        why: LocalizedText(
          english:
            "A pledge's term is 1 to 360 months.",
          chinese: "抵押期限为 1 至 360 个月。"),
        next: LocalizedText(
          english:
            "Correct start or maturity.",
          chinese: "请更正起始日或到期日。"))
    case .maturityBeforeStart:
      RefusalText(
        what: LocalizedText(
          english: "The maturity is not after the start.",
          chinese: "到期日不晚于起始日。"),
        why: LocalizedText(
          english:
            "A pledge ends after it begins.",
          chinese: "抵押应先开始后到期。"),
        next: LocalizedText(
          english:
            "Correct the dates.",
          chinese: "请更正日期。"))
    case .timeInFuture:
      RefusalText(
        what: LocalizedText(
          english: "A time lies in the future.",
          chinese: "时间在未来。"),
        why: LocalizedText(
          english:
            "What happened is at most 120 seconds after the block's time.",
          chinese: "发生时间最多晚于区块时间 120 秒。"),
        next: LocalizedText(
          english:
            "Correct the time, and check the clock (hypothec doctor).",
          chinese: "请更正时间并检查时钟(hypothec doctor)。"))
    case .timeBeforeRegistration:
      RefusalText(
        what: LocalizedText(
          english: "A date lies before the vehicle's first registration.",
          chinese: "日期早于车辆首次登记。"),
        why: LocalizedText(
          english:
            "Nothing is pledged or paid before the vehicle was first registered.",
          chinese: "车辆首次登记之前不会有抵押或还款。"),
        next: LocalizedText(
          english:
            "Correct the date.",
          chinese: "请更正日期。"))
    case .authorityMixed: .authorityMixed
    case .epochChangeNotLast: .epochChangeNotLast
    case .epochClosing: .epochClosing
    case .quorumMissing: .quorumMissing
    case .governanceSequence: .governanceSequence
    case .policyRetroactive: .policyRetroactive
    case .memberNotAdmitted: .memberNotAdmitted
    case .memberAlreadyAdmitted: .memberAlreadyAdmitted
    case .memberLimitReached: .memberLimitReached
    case .entityInUse: .entityInUse
    case .keyInUse: .keyInUse
    case .keyProofInvalid: .keyProofInvalid
    case .keyNotHeld: .keyNotHeld
    case .keyLimitReached: .keyLimitReached
    case .lastKey: .lastKey
    case .nodeUnknown: .nodeUnknown
    case .thresholdUnreachable: .thresholdUnreachable
    case .validatorSetChangeTooLarge: .validatorSetChangeTooLarge
    case .attestationInvalid: .attestationInvalid
    case .attestationsMissing: .attestationsMissing
    }
  }
}
