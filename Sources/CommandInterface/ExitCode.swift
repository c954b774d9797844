/// What the process says with its exit status: "no" and "cannot tell" are different answers.
///
/// The numbers are part of the interface that scripts rely on; they never change. Those from 64
/// to 78 mean what sysexits(3) says.
package enum ExitCode: Int32, CaseIterable, Sendable {
  case success = 0
  case failure = 1
  case notFound = 10
  case encumbered = 11
  case refused = 12
  case outcomeUnknown = 13
  case provenFalse = 20
  case cannotTell = 21
  case otherNetwork = 23
  case unreachable = 30
  case syncing = 31
  case accessDenied = 32
  case directoryInUse = 40
  case voteGuard = 41
  case usage = 64
  case dataError = 65
  case softwareError = 70
  case cannotCreate = 73
  case inputOutputError = 74
  case permissionDenied = 77
  case configurationError = 78
  case interrupted = 130
}

extension ExitCode {
  /// One line for `help exit-codes` and the manual page.
  package var meaning: LocalizedText {
    switch self {
    case .success: LocalizedText(english: "done; the vehicle is free", chinese: "成功；车辆无负担")
    case .failure: LocalizedText(english: "any other failure", chinese: "其他失败")
    case .notFound: LocalizedText(english: "not found", chinese: "未找到")
    case .encumbered:
      LocalizedText(
        english: "the vehicle is encumbered or blocked", chinese: "车辆已有负担或被冻结")
    case .refused: LocalizedText(english: "refused by a rule", chinese: "被规则拒绝")
    case .outcomeUnknown:
      LocalizedText(
        english: "the outcome is not known yet; the same command is safe to repeat",
        chinese: "结果尚未确定；可以安全地重复同一命令")
    case .provenFalse:
      LocalizedText(
        english: "proven false: altered, forked or badly signed",
        chinese: "已证伪：被篡改、分叉或签名无效")
    case .cannotTell:
      LocalizedText(english: "cannot tell: parts are missing", chinese: "无法判断：缺少部分内容")
    case .otherNetwork: LocalizedText(english: "it is of another network", chinese: "属于另一网络")
    case .unreachable: LocalizedText(english: "no node can be reached", chinese: "无法连接节点")
    case .syncing: LocalizedText(english: "the node is still syncing", chinese: "节点仍在同步")
    case .accessDenied: LocalizedText(english: "the node denies access", chinese: "节点拒绝访问")
    case .directoryInUse:
      LocalizedText(
        english: "another process uses the data directory", chinese: "数据目录正被另一进程使用")
    case .voteGuard:
      LocalizedText(
        english: "the vote guard refuses: this validator could sign twice",
        chinese: "投票保护拒绝：该验证者可能重复签名")
    case .usage: LocalizedText(english: "the command line is wrong", chinese: "命令行用法错误")
    case .dataError: LocalizedText(english: "the input is wrong", chinese: "输入数据错误")
    case .softwareError: LocalizedText(english: "an error of hypothec itself", chinese: "程序内部错误")
    case .cannotCreate: LocalizedText(english: "cannot create a file", chinese: "无法创建文件")
    case .inputOutputError:
      LocalizedText(
        english: "reading or writing failed; the disk may be full",
        chinese: "读写失败；磁盘可能已满")
    case .permissionDenied:
      LocalizedText(english: "a file's permissions are wrong", chinese: "文件权限错误")
    case .configurationError:
      LocalizedText(english: "the configuration is wrong", chinese: "配置错误")
    case .interrupted: LocalizedText(english: "interrupted", chinese: "被中断")
    }
  }
}
