import CommandInterface
import Documents

/// The long texts of the problems that the binary itself reports, besides refusals.
enum ProblemExplanations {
  static let all = files + keys + configuration + directory + node

  private static func text(
    _ code: ProblemCode, _ english: String, _ chinese: String
  ) -> CommandTable.Explanation {
    CommandTable.Explanation(code, LocalizedText(english: english, chinese: chinese))
  }

  private static let files = [
    text(
      .fileUnreadable,
      """
      A file that the command line names could not be read, for the reason shown: it does not \
      exist, is a directory, or may not be read by this user. Nothing was done.
      """,
      "无法读取命令行指定的文件，原因如错误所示：文件不存在、是目录，或当前用户无权读取。未执行任何操作。"),
    text(
      .fileTooLarge,
      "The file is larger than any file of its kind. Most often another file was meant.",
      "文件超出此类文件的上限，通常是指定了错误的文件。"),
    text(
      .fileExists,
      """
      The file would have been overwritten. hypothec never overwrites keys, network files or \
      configurations: move the old one away first, or choose another name.
      """,
      "该文件将被覆盖。hypothec 绝不覆盖密钥、网络文件和配置：请先移走旧文件，或换一个文件名。"),
    text(
      .fileNotWritten,
      """
      A file could not be written, for the reason shown. What was there before is unchanged: files \
      are written whole or not at all.
      """,
      "无法写入文件，原因如错误所示。原有内容未变：文件要么完整写入，要么不写入。"),
    text(
      .dataMalformed,
      "The bytes are not of the format that was expected: another kind of file, or a damaged one.",
      "数据不符合预期格式：文件类型不对，或已损坏。"),
    text(
      .softwareFault,
      """
      Something happened that no input explains. Please report it with the whole message; no \
      secret is in it.
      """,
      "发生了输入无法解释的错误。请附上完整信息报告问题；其中不含秘密。"),
    text(
      .clockImplausible,
      "The machine's clock is far off. Times are signed and checked, so set it (and run NTP).",
      "本机时钟偏差过大。时间会被签名和检查，请校准时钟（并启用 NTP）。"),
  ]

  private static let keys = [
    text(
      .keyFilePermissions,
      """
      Whoever can read a key can sign as its member. hypothec refuses a key file that anybody but \
      its owner can read or change. Run the chmod that is shown; if others may have read the key, \
      make a new one and have it registered.
      """,
      "读到密钥的人可以冒充其成员签名。hypothec 拒绝他人可读或可改的密钥文件。请运行所示 chmod；如可能已泄露，请更换密钥并重新登记。"),
    text(
      .keyFileInvalid,
      """
      The file holds no key that hypothec can use: PKCS#8 PEM of P-256 (ES256) or Ed25519. \
      'hypothec key new FILE' makes one; 'openssl genpkey -algorithm EC -pkeyopt \
      ec_paramgen_curve:P-256' makes one too.
      """,
      "文件中没有可用的密钥：应为 P-256（ES256）或 Ed25519 的 PKCS#8 PEM。可用 'hypothec key new 文件' 生成，也可用 openssl genpkey 生成。"
    ),
    text(
      .keyPassphraseNeeded,
      """
      The key is encrypted. Give its passphrase as the first line of a file that only you can \
      read, of standard input (-) or of a descriptor (/dev/fd/3); never in the command line, where \
      every process sees it.
      """,
      "密钥已加密。口令应为仅您可读的文件、标准输入（-）或描述符（/dev/fd/3）的第一行；切勿写在命令行中，其他进程会看到。"),
    text(
      .keyPassphraseWrong,
      "The passphrase does not open the key, or the file is damaged; the two look the same.",
      "口令无法打开密钥，或文件已损坏；两者无法区分。"),
    text(
      .keyNotGiven,
      """
      What is recorded is signed by the members who act. Give the member with --as and its key with \
      --key, or keep the key in the node's configuration (node.json, keys.member).
      """,
      "登记内容须由操作成员签名。请用 --as 指定成员、用 --key 给出密钥，或在节点配置（node.json 的 keys.member）中指明。"),
    text(
      .keyNotRegistered,
      """
      The key in the file is not the one that the network knows for this member and use. Often the \
      directory of another member or of another network was named; 'hypothec key show' and \
      'hypothec network show --json' show the kids to compare.
      """,
      "文件中的密钥与网络登记的不一致。常见原因是指定了其他成员或其他网络的目录；可用 'hypothec key show' 和 'hypothec network show --json' 核对 kid。"
    ),
  ]

  private static let configuration = [
    text(
      .networkFileInvalid,
      """
      The network file or template says something that makes no network. All faults are listed \
      with their lines and what stands in their place. A network file that was changed after it \
      was made is another network: its id is the hash of all it says.
      """,
      "网络文件或模板的内容无法构成网络。所有错误均列出行号和位置。网络文件生成后若被改动，就是另一个网络：编号是其全部内容的哈希。"),
    text(
      .networkIncomplete,
      """
      A network file needs the public keys of every member, and proofs from everybody who runs a \
      node. The list shows what is missing and from whom.
      """,
      "网络文件需要每个成员的公钥，以及每个运行节点者的持有证明。列表说明缺少什么、由谁提供。"),
    text(
      .memberNotInNetwork,
      "The member id does not stand in the network. Ids are case-sensitive and do not change.",
      "网络中没有此成员编号。编号区分大小写且不会改变。"),
    text(
      .nodeNotInNetwork,
      """
      A member may be in a network without running a node; its commands then ask the node of \
      another member, whose answers are checked by their proofs.
      """,
      "成员可以不运行节点，其命令询问其他成员的节点，并用证明核验回答。"),
    text(
      .nodeConfigurationInvalid,
      """
      node.json in the data directory says something that hypothec does not understand. 'hypothec \
      node init' writes a valid one; edit it only while the node is stopped.
      """,
      "数据目录中的 node.json 无法识别。'hypothec node init' 会写入有效配置；仅在节点停止时编辑。"),
  ]

  private static let directory = [
    text(
      .directoryMissing,
      """
      The directory holds no node's data. Most often another directory was meant: --directory, \
      then $HYPOTHEC_DIRECTORY, then ./hypothec-data. Nothing was created.
      """,
      "该目录没有节点数据，通常是目录指定错误：依次为 --directory、$HYPOTHEC_DIRECTORY、./hypothec-data。未创建任何内容。"),
    text(
      .directoryInUse,
      """
      Another process works in the data directory, most often the running node. Ask it, or stop it \
      first. Never copy the directory to run a second node with the same keys: both would vote, \
      and the network would see a member that votes twice.
      """,
      "另一进程（通常是运行中的节点）正在使用数据目录。请询问该节点，或先将其停止。切勿复制目录以相同密钥运行第二个节点：两者都会投票，网络会认为该成员重复投票。"),
    text(
      .directoryForeign,
      """
      The directory's data belong to another network than its network file, or than was asked for. \
      Nothing was changed.
      """,
      "目录中的数据所属网络与网络文件或所请求的网络不同。未作任何改动。"),
    text(
      .directoryNewer,
      "A newer version of hypothec wrote the data. An older one neither reads nor changes them.",
      "数据由更新版本的 hypothec 写入。旧版本既不读取也不改动。"),
    text(
      .directoryExists,
      "The directory was set up before. Setting it up again would lose what it holds.",
      "该目录已设置过。重新设置会丢失其中内容。"),
    text(
      .directoryReadOnly,
      "The file system takes no writes. Linux mounts it read-only when its disk fails.",
      "文件系统不可写。磁盘故障时 Linux 会将其改为只读。"),
    text(
      .directoryDenied,
      "The user who runs hypothec may not read or write the data. Run it as their owner.",
      "运行 hypothec 的用户无权读写数据。请以所有者身份运行。"),
    text(
      .directoryDamaged,
      """
      Bytes that were once safely stored are not what they were. The node does not use them and \
      does not vote until they are whole again: fetched from another member, whose sealed segments \
      are the same byte for byte, or restored from a backup.
      """,
      "曾安全保存的数据与当时不符。节点不会使用它们，恢复完整前不参与投票：可从其他成员取得逐字节相同的已封存区段，或从备份恢复。"),
    text(
      .diskFull,
      """
      There is no room left. The node stopped cleanly; everything it had acknowledged is stored. \
      Free some space and start it again.
      """,
      "磁盘空间不足。节点已正常停止，此前确认的内容均已保存。请释放空间后重启。"),
    text(
      .diskFailed,
      """
      The disk failed to read or write. After a failed sync nobody knows what was written, so the \
      node stops instead of trying again; its recovery at the next start checks everything.
      """,
      "磁盘读写失败。同步失败后无法确知写入了什么，因此节点停止而不重试；下次启动时会检查全部内容。"),
    text(
      .indexUnusable,
      "The index is derived from the block log and can be removed at any time; it is built again.",
      "索引由区块日志派生，可随时删除，之后会重建。"),
  ]

  private static let node = [
    text(
      .chainWrong,
      """
      A block of this node's own log, executed again, does not give what it says, or the state \
      differs from the block's root. Somebody altered the files, or they are of another version. \
      The node neither votes nor answers from them; 'hypothec audit verify' says where it begins.
      """,
      "重新执行本节点日志中的区块，结果与其记载不符，或状态与区块的根不一致：文件被改动，或来自其他版本。节点不会据此投票或回答；'hypothec audit verify' 指出起始位置。"
    ),
    text(
      .journalUnreadable,
      """
      The journal holds the votes that this node has given. A node without it could contradict \
      itself, so it follows without voting until the next epoch. Never replace the journal by an \
      older copy: that is exactly what makes a node vote twice.
      """,
      "投票日志记录本节点已作出的投票。没有日志的节点可能自相矛盾，因此在下一期之前只跟随、不投票。切勿用旧副本替换日志：那正会造成重复投票。"),
    text(
      .listeningFailed,
      """
      The node could not open the address at which its peers reach it. Another program has the \
      port, or the address is none of this machine's: behind a firewall or address translation the \
      network file names the outer address. Name the inner one as "listen" in node.json.
      """,
      "节点无法在其对外地址上监听：端口被其他程序占用，或地址不属于本机（防火墙或地址转换之后，网络文件中是外部地址）。请在 node.json 的 listen 中指定内部地址。"),
    text(
      .socketFailed,
      "The node makes a Unix socket in its data directory and could not, for the reason shown.",
      "节点在数据目录中建立 Unix 套接字时失败，原因如所示。"),
    text(
      .systemCallFailed,
      "The operating system refused something that should not fail, for the reason shown.",
      "操作系统拒绝了本不应失败的操作，原因如所示。"),
  ]
}
