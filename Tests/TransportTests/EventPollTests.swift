@preconcurrency import Glibc
import Testing

@testable import Transport

@Suite("The event poll")
struct EventPollTests {
  @Test("tells which of two pipes can be read")
  func readiness() throws {
    var (first, second): ([Int32], [Int32]) = ([0, 0], [0, 0])
    try #require(pipe(&first) == 0 && pipe(&second) == 0)
    let descriptors = (first + second).map { $0 }
    defer { for number in descriptors { _ = close(number) } }
    let poll = try EventPoll(eventLimit: 8)
    try poll.add(first[0], .read, token: 1)
    try poll.add(second[0], .read, token: 2)
    #expect(try poll.wait(milliseconds: 0).isEmpty)
    var byte: UInt8 = 7
    #expect(write(second[1], &byte, 1) == 1)
    #expect(try poll.wait(milliseconds: 1_000).map(\.token) == [2])
  }
}
