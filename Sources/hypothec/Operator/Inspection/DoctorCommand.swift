import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// `doctor`: everything that could be wrong, each with its mend.
enum DoctorCommand {
  /// Clocks may differ by this much before anybody is refused (CONTRACT section 1).
  private static let clockTolerance = Duration.seconds(120)

  static func command(_ source: AccessSource) -> Command {
    Command(
      "doctor",
      LocalizedText(
        english: "Find out what is wrong with a node, and how to mend it.",
        chinese: "查明节点的问题及解决办法。"),
      discussion: LocalizedText(
        english: "Looks at the data directory and its keys, at the running node, and at the clock. "
          + "Nothing is changed. The exit status is that of the first fault.",
        chinese: "检查数据目录及密钥、运行中的节点和时钟。不作任何改动。退出码取自第一个错误。"),
      section: LocalizedText(english: "Help", chinese: "帮助"),
      options: [SigningOptions.passphraseFile]
    ) { context throws(Problem) in
      var findings = try context.inspection(source).findings()
      findings.list.append(version)
      if findings.list.first?.verdict != .fault { askNode(context, source, &findings) }
      return try findings.answer(JSONSchema("doctor"), context)
    }
  }

  private static let version = InspectionFinding.good(
    LocalizedText(english: "program", chinese: "程序"),
    LocalizedText(verbatim: "hypothec \(Hypothec.version)"))

  // MARK: The running node

  private static func askNode(
    _ context: CommandContext, _ source: AccessSource, _ findings: inout InspectionFindings
  ) {
    do throws(Problem) {
      // Only a running node is asked: opening the data is what `audit verify` does.
      let (status, asOf) = try Inquiry(context, try source.open(context, .submitting)).status()
      findings.list.append(running(status))
      if let running = status.running, !running.weakness.isEmpty {
        findings.list.append(weakness(running))
      }
      if let recovery = status.recovery {
        findings.list.append(
          .notice(
            LocalizedText(english: "recovery", chinese: "恢复"), recovery.text, mend: nil))
      }
      findings.list.append(clock(asOf))
      findings.list += (status.running?.peers ?? []).map(peer)
    } catch {
      findings.list.append(
        error.code == .nodeNotRunning
          ? .notice(Subject.running, error.what, mend: error.next) : .fault(Subject.running, error))
    }
  }

  private static func weakness(_ running: RunningStatus) -> InspectionFinding {
    .notice(
      Subject.running,
      LocalizedText(
        english: "the validators are linked too weakly: \(running.weakness)",
        chinese: "验证节点之间的连接过于薄弱：\(running.weakness)"),
      mend: LocalizedText(
        english: "link more validators with each other (peers in their configuration, firewalls)",
        chinese: "请让更多验证节点相互连接（检查其配置中的 peers 与防火墙）"))
  }

  private static func running(_ status: NodeStatus) -> InspectionFinding {
    guard let running = status.running else {
      return .notice(
        Subject.running, LocalizedText(english: "not running", chinese: "未运行"), mend: nil)
    }
    guard running.waitsFor.isEmpty else {
      return .notice(
        Subject.running,
        LocalizedText(
          english: "it waits for: \(running.waitsFor)", chinese: "正在等待：\(running.waitsFor)"),
        mend: nil)
    }
    guard running.role != .observer else {
      return .notice(
        Subject.running,
        LocalizedText(
          english: "it does not vote in this epoch, because its own votes may be lost",
          chinese: "本期不投票，因为自己的投票记录可能已丢失"),
        mend: LocalizedText(
          english: "it votes again from the next epoch on, which the governors can begin: "
            + "hypothec epoch advance; never restore an old journal",
          chinese: "下一纪元起恢复投票，治理成员可用 hypothec epoch advance 开始新纪元；切勿恢复旧的投票日志"))
    }
    return .good(
      Subject.running,
      LocalizedText(
        english: "\(running.role.word) of \(running.member), waits for nothing",
        chinese: "\(running.member)，无等待"))
  }

  /// A chain whose newest block lies in the future shows that a clock is wrong, here or there.
  private static func clock(_ asOf: AsOf) -> InspectionFinding {
    let ahead = Duration.milliseconds(
      asOf.head.time.wallTime.millisecondsSince1970 - asOf.now.millisecondsSince1970)
    guard ahead > clockTolerance else {
      return .good(
        Subject.clock,
        LocalizedText(
          english: "agrees with the chain; \(asOf.now.text)", chinese: "与区块链一致；\(asOf.now.text)"))
    }
    return .notice(
      Subject.clock,
      LocalizedText(
        english: "the newest block is \(DurationText.short(ahead)) ahead of this machine",
        chinese: "最新区块比本机时钟快 \(DurationText.short(ahead, .chinese))"),
      mend: LocalizedText(
        english: "set the clock and keep it right (NTP): timedatectl",
        chinese: "请校准时钟并启用 NTP：timedatectl"))
  }

  // MARK: Peers

  /// A clock that is off by so much makes a validator's blocks wait, or its votes late.
  private static let peerClockTolerance: Int64 = 2_000

  private static func peer(_ peer: PeerSummary) -> InspectionFinding {
    let subject = LocalizedText(english: "peer \(peer.member)", chinese: "对等节点 \(peer.member)")
    switch peer.reach {
    case .unreachable(let reason):
      return .notice(
        subject,
        LocalizedText(
          english: "not reached at \(peer.address): \(reason)",
          chinese: "无法连接 \(peer.address)：\(reason)"),
        mend: LocalizedText(
          english: "see that it runs, and that nothing between the two machines drops TCP to "
            + "\(peer.address)",
          chinese: "请确认该节点在运行，且两机之间到 \(peer.address) 的 TCP 未被阻断"))
    case .linked(let link):
      guard let said = link.said, abs(said.clockMilliseconds) > peerClockTolerance else {
        return .good(
          subject, LocalizedText(english: "linked, \(peer.address)", chinese: "已连接，\(peer.address)")
        )
      }
      let seconds = DurationText.short(.milliseconds(abs(said.clockMilliseconds)))
      let isAhead = said.clockMilliseconds > 0
      return .notice(
        subject,
        LocalizedText(
          english: "its clock is \(seconds) \(isAhead ? "ahead of" : "behind") this machine's",
          chinese: "其时钟比本机\(isAhead ? "快" : "慢") \(seconds)"),
        mend: LocalizedText(
          english: "find out whose clock is wrong and keep both right (NTP): timedatectl",
          chinese: "请查明哪台时钟有误，并用 NTP 校准：timedatectl"))
    }
  }

  private enum Subject {
    static let running = LocalizedText(english: "running", chinese: "运行")
    static let clock = LocalizedText(english: "clock", chinese: "时钟")
  }
}
