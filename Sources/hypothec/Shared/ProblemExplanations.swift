import CommandInterface

/// The long texts of the problems that the binary itself reports, besides refusals.
enum ProblemExplanations {
  static let all: [CommandTable.Explanation] = []
}
