import CommandInterface
import Ledger
import Node

/// `epoch advance`: drafts that the same validators begin a new epoch.
enum EpochAdvance {
  static func command(_ source: AccessSource) -> Command {
    Command(
      "advance",
      LocalizedText(
        english: "Draft that the same validators begin a new epoch.",
        chinese: "起草由相同验证者开始新纪元。"),
      discussion: LocalizedText(
        english: """
          Votes are bound to their epoch. A validator that lost or restored its journal follows \
          until the next epoch, and votes again in it.
          """,
        chinese: "投票与纪元绑定。丢失或恢复过日志的验证者在下一纪元前只跟随，进入新纪元后恢复投票。"),
      options: ChangeOptions.all
    ) { context throws(Problem) in
      let inquiry = Inquiry(context, try source.open(context, .reading))
      return try ChangeDraft(inquiry).make([.advanceEpoch])
    }
  }
}
