import CommandInterface
import Ledger
import Node

/// What became of a day's transactions.
struct DemoTally {
  private(set) var accepted = 0
  private(set) var refused = 0
  /// Answers that no expectation allows.
  private(set) var unexpected: [LocalizedText] = []
  private(set) var races: [Race] = []

  /// Two pledges of one vehicle at the same instant.
  struct Race {
    let number: Int
    /// The pledges that were accepted.
    var winners: [Identifier] = []
    /// The pledges that the recorded refusals say stood in the way.
    var named: [Identifier] = []

    /// One winner, and the loser was told which.
    var isDecided: Bool { winners.count == 1 && named == winners }
  }

  mutating func add(_ answer: NodeAnswer, to expectation: DemoDay.Expectation) {
    guard case .submitted(.final(_, _, _, let outcome)) = answer else {
      unexpected.append(DemoTally.text(answer))
      return
    }
    switch (expectation, outcome) {
    case (.accepted, .accepted): accepted += 1
    case (.accepted, .refused(let refusal)):
      unexpected.append(
        LocalizedText(english: "refused: \(refusal.code)", chinese: "被拒绝：\(refusal.code)"))
    case (.race(let number, let pledge), .accepted):
      accepted += 1
      update(number) { $0.winners.append(pledge) }
    case (.race(let number, _), .refused(let refusal)):
      refused += 1
      guard refusal.code == .pledgeAlreadyActive, let conflict = refusal.conflict else { return }
      update(number) { $0.named.append(conflict.id) }
    }
  }

  /// An answer that is not what became of a transaction.
  private static func text(_ answer: NodeAnswer) -> LocalizedText {
    switch answer {
    case .submitted(.turnedAway(let code)):
      LocalizedText(english: "turned away: \(code)", chinese: "未受理：\(code)")
    case .submitted(.malformed(let reason)):
      LocalizedText(english: "malformed: \(reason)", chinese: "格式有误：\(reason)")
    case .failed(let failure): Problem(failure).what
    default: LocalizedText(english: "an answer to another question", chinese: "回答与问题不符")
    }
  }

  private mutating func update(_ number: Int, _ change: (inout Race) -> Void) {
    let index = races.firstIndex { $0.number == number } ?? races.count
    if index == races.count { races.append(Race(number: number)) }
    change(&races[index])
  }
}
