/// Finds what a user meant to type.
package enum Suggestion {
  /// The candidate with the fewest typing errors, the earlier of equals; `nil` if none is near.
  /// Near is one error for every three characters, at least one, or a beginning of three or more.
  package static func nearest(to typed: String, in candidates: [String]) -> String? {
    let limit = max(1, typed.count / 3)
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
      let distance = distance(typed, candidate)
      let isBeginning = typed.count >= 3 && candidate.hasPrefix(typed)
      guard distance <= limit || isBeginning else { continue }
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.candidate
  }

  /// Insertions, deletions, substitutions and swaps of neighbours between two words (optimal
  /// string alignment). Words beyond 64 characters count as wholly different.
  static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left)
    let right = Array(right)
    guard left.count <= 64, right.count <= 64 else { return max(left.count, right.count) }
    var rows = [Array(0...right.count)]
    for row in 0..<left.count {
      var current = [row + 1]
      for column in 0..<right.count {
        let substitution = rows[row][column] + (left[row] == right[column] ? 0 : 1)
        var cost = min(substitution, rows[row][column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, rows[row - 1][column - 1] + 1)
        }
        current.append(cost)
      }
      rows.append(current)
    }
    return rows[left.count][right.count]
  }
}
