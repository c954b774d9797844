import Ledger

/// The rounds that are known, in ascending order of their views.
struct RoundTable: Sendable {
  private(set) var views: [View] = []
  private var rounds: [Round] = []

  subscript(view: View) -> Round? {
    let position = position(of: view)
    return position < views.count && views[position] == view ? rounds[position] : nil
  }

  /// Changes a round in place, an empty one if the view is new.
  mutating func update<Result>(_ view: View, _ change: (inout Round) -> Result) -> Result {
    let position = position(of: view)
    if position == views.count || views[position] != view {
      views.insert(view, at: position)
      rounds.insert(Round(), at: position)
    }
    return change(&rounds[position])
  }

  /// The latest view in `range` whose round satisfies `condition`.
  func last(in range: Range<View>, where condition: (Round) -> Bool) -> View? {
    let (start, end) = (position(of: range.lowerBound), position(of: range.upperBound))
    return (start..<end).last { condition(rounds[$0]) }.map { views[$0] }
  }

  /// The earliest view in `range` whose round satisfies `condition`.
  func first(in range: Range<View>, where condition: (Round) -> Bool) -> View? {
    let (start, end) = (position(of: range.lowerBound), position(of: range.upperBound))
    return (start..<end).first { condition(rounds[$0]) }.map { views[$0] }
  }

  /// The first view in `range` whose round is not nullified. Linear in the rounds that are.
  func firstWithoutNullification(in range: Range<View>) -> View? {
    var view = range.lowerBound
    while view < range.upperBound {
      guard self[view]?.nullification != nil else { return view }
      view = view.next
    }
    return nil
  }

  mutating func removeAll(below view: View) {
    let count = position(of: view)
    views.removeFirst(count)
    rounds.removeFirst(count)
  }

  /// Drops proposals that skip a finalized view: it has no nullification, so nobody can support them.
  mutating func removeProposals(onParentsBefore view: View) {
    for position in rounds.indices {
      if let parentView = rounds[position].proposal?.leaderVote.ballot.subject.block?.parentView,
        parentView < view, views[position] > view
      {
        rounds[position].proposal = nil
      }
    }
  }

  /// The first position whose view is `view` or later.
  private func position(of view: View) -> Int {
    // Nearly all questions are about the last few rounds.
    var position = views.count
    while position > 0, views[position - 1] >= view, views.count - position < 8 { position -= 1 }
    if position == 0 || views[position - 1] < view { return position }
    var low = 0
    while low < position {
      let middle = (low + position) / 2
      if views[middle] < view { low = middle + 1 } else { position = middle }
    }
    return low
  }
}
