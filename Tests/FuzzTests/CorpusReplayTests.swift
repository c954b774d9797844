import FuzzTargets
import Testing

@Suite("Readers of bytes from outside")
struct CorpusReplayTests {
  @Test("come back from all that was ever a problem", arguments: FuzzTarget.allCases)
  func kept(target: FuzzTarget) throws {
    for input in try Corpus.inputs(of: target) { target.run(input) }
  }

  @Test("come back from short inputs of every kind", arguments: FuzzTarget.allCases)
  func short(target: FuzzTarget) {
    target.run([])
    for first in UInt8.min...UInt8.max {
      target.run([first])
      for second in stride(from: UInt8.min, to: 240, by: 7) {
        target.run([first, second, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, first])
      }
    }
  }
}
