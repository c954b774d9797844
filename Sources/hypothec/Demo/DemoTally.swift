import Ledger
import Node

/// What became of a day's transactions.
struct DemoTally {
  private(set) var accepted = 0
  private(set) var refused = 0
  /// Answers that no expectation allows.
  private(set) var unexpected = 0
  private(set) var races: [Race] = []

  /// Two pledges of one vehicle at the same instant.
  struct Race {
    let number: Int
    var wins = 0
    /// Losers that were refused because of a live pledge, and told which.
    var losses = 0

    var isDecided: Bool { wins == 1 && losses == 1 }
  }

  mutating func add(_ answer: NodeAnswer, to expectation: DemoDay.Expectation) {
    guard case .submitted(.final(_, _, _, let outcome)) = answer else {
      unexpected += 1
      return
    }
    switch (expectation, outcome) {
    case (.accepted, .accepted): accepted += 1
    case (.accepted, .refused): unexpected += 1
    case (.race(let number), .accepted):
      accepted += 1
      update(number) { $0.wins += 1 }
    case (.race(let number), .refused(let refusal)):
      refused += 1
      let namesWinner =
        refusal.code == .pledgeAlreadyActive
        && refusal.conflict?.id.text.hasPrefix("R-\(number)-") == true
      // A loser in a later block is told that its search is outdated only after the slot is judged.
      update(number) { $0.losses += namesWinner ? 1 : 0 }
    }
  }

  mutating func merge(_ other: DemoTally) {
    accepted += other.accepted
    refused += other.refused
    unexpected += other.unexpected
    races += other.races
  }

  private mutating func update(_ number: Int, _ change: (inout Race) -> Void) {
    let index = races.firstIndex { $0.number == number } ?? races.count
    if index == races.count { races.append(Race(number: number)) }
    change(&races[index])
  }
}
