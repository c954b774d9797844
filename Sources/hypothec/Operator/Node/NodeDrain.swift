import CommandInterface
@preconcurrency import Glibc
import Ledger
import Node

/// `node drain`: lets a node finish what it was given before it is stopped.
enum NodeDrain {
  private static let patience = Option.defaulted(
    "wait", .duration, to: "60s",
    LocalizedText(
      english: "How long to wait for what is under way.", chinese: "等待进行中交易的时长。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "drain",
      LocalizedText(
        english: "Take no more submissions, and wait until nothing is under way.",
        chinese: "停止接收提交，并等待进行中的交易完成。"),
      discussion: LocalizedText(
        english: """
          Clients are told to submit at another node. The node goes on to vote, follow and answer \
          questions until it is stopped; started again, it takes submissions again. Exit status 13: \
          something was still under way when the time was over.
          """,
        chinese: "客户端会被告知改在其他节点提交。节点在停止之前继续投票、跟随和应答；重新启动后恢复接收。退出码 13：超时仍有交易未完成。"),
      options: [patience]
    ) { context throws(Problem) in
      let inquiry = Inquiry(context, try source.open(context, .submitting))
      let end = ContinuousClock.now + context[patience]
      var waiting = try ask(inquiry)
      while waiting > 0, ContinuousClock.now < end, !context.interrupt.isRequested {
        usleep(100_000)
        waiting = try ask(inquiry)
      }
      try context.answer {
        JSONDocument(
          JSONSchema("node-drain"),
          ["drained": .boolean(waiting == 0), "waitingTransactions": .integer(waiting)])
      } text: {
        waiting == 0
          ? LocalizedText(
            english: "Drained: nothing is under way; the node can be stopped.",
            chinese: "已排空：没有进行中的交易，可以停止节点。")[context.language]
          : LocalizedText(
            english: "\(waiting) transactions are still under way.",
            chinese: "仍有 \(waiting) 笔交易未完成。")[context.language]
      }
      return waiting == 0 ? .success : .outcomeUnknown
    }
  }

  /// How many transactions wait at the node, which takes no more.
  private static func ask(_ inquiry: Inquiry) throws(Problem) -> Int {
    let response = try inquiry.ask(.drain)
    guard case .status(let status) = response.answer, let running = status.running else {
      throw .unexpectedAnswer
    }
    return running.waitingTransactions
  }
}
