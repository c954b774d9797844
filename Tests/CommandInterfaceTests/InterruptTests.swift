import CommandInterface
import Glibc
import Testing

@Suite("Interrupt")
struct InterruptTests {
  @Test("the first signal sets the flag and wakes, the second ends with status 130")
  func signals() async {
    await #expect(processExitsWith: .exitCode(130)) {
      var descriptors: [Int32] = [0, 0]
      try #require(pipe(&descriptors) == 0)
      // The test process is started with signals blocked.
      var none = sigset_t()
      sigemptyset(&none)
      pthread_sigmask(SIG_SETMASK, &none, nil)
      Interrupt.arm()
      Interrupt.wake(descriptor: descriptors[1])
      try #require(!Interrupt.isRequested)
      raise(SIGTERM)
      try #require(InterruptFlag.process.isRequested)
      var word: UInt64 = 0
      try #require(read(descriptors[0], &word, 8) == 8 && word == 1)
      raise(SIGINT)
    }
  }
}

@Suite("Command table")
struct CommandTableTests {
  @Test("the sample has no contradiction")
  func sample() async {
    await #expect(processExitsWith: .success) { Sample.table.checkInvariants() }
  }

  @Test("refuses two commands of one name")
  func twice() async {
    await #expect(processExitsWith: .failure) {
      let command = Command("a", both("A.")) { _ in .success }
      _ = CommandTable(name: "x", version: "1", both("X."), commands: [command, command])
    }
  }

  @Test("refuses a default that is not a value")
  func wrongDefault() async {
    await #expect(processExitsWith: .failure) {
      let wrong = Option.defaulted("at", .height, to: "high", both("Height."))
      let command = Command("a", both("A."), options: [wrong]) { _ in .success }
      _ = CommandTable(name: "x", version: "1", both("X."), commands: [command])
    }
  }

  @Test("refuses a command's option that hides a global one")
  func hidden() async {
    await #expect(processExitsWith: .failure) {
      let command = Command("a", both("A."), options: [Flag("json", both("J."))]) { _ in .success }
      _ = CommandTable(name: "x", version: "1", both("X."), commands: [command])
    }
  }
}
