import Documents
@preconcurrency import Glibc
import LocalProcesses
import Testing

@testable import hypothec

/// Each process has its own order of sets and dictionaries.
@Suite("The simulator as a process", .serialized)
struct SimulatorProcessTests {
  private static let program = BuiltBinary.path(of: "hypothec-simulator")

  @Test(
    "goes the same way in another process",
    .enabled(if: program != nil, "the binary hypothec-simulator is not beside the tests"),
    .timeLimit(.minutes(2)))
  func isRepeated() throws {
    let program = try #require(Self.program)
    let directory = try TemporaryDirectory()
    let words = ["run", "--seed", "29", "--nodes", "4", "--duration", "5s", "--repeat"]
    let run = try LocalProcess.start(program, words, output: directory["log"], .detached)
    let status = try run.wait(within: .seconds(90))
    let said = String(decoding: try LocalFile.read(directory["log"]), as: UTF8.self)
    #expect(status == 0, "\(said)")
    #expect(said.contains("seed 29: passed"), "\(said)")
    #expect(said.contains("the same in another process"), "\(said)")
  }
}
