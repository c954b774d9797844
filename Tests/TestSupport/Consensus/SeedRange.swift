@preconcurrency import Glibc

/// The seeds of a random test: a few fixed ones, or as many as a script asks for.
package enum SeedRange {
  /// `HYPOTHEC_SEEDS=first-last` in the environment replaces the fixed seeds.
  package static func seeds(_ fixed: ClosedRange<UInt64>) -> [UInt64] {
    guard let text = getenv("HYPOTHEC_SEEDS").map({ String(cString: $0) }) else {
      return Array(fixed)
    }
    let bounds = text.split(separator: "-").compactMap { UInt64($0) }
    guard bounds.count == 2, bounds[0] <= bounds[1] else { return Array(fixed) }
    return Array(bounds[0]...bounds[1])
  }
}
