import CommandInterface
import Testing

@Suite("Problem")
struct ProblemTests {
  @Test("says what happened, why, what to do next, and its code")
  func english() {
    let run = SampleRun(["refuse"])
    #expect(run.exitCode == .refused)
    #expect(run.output == "before\n")
    #expect(
      run.diagnostics == """
        Error: vehicle LHYPC2D34TD004217 is already pledged; your pledge was refused.
          Why:  a vehicle has one live pledge.
          Next: ask its holder to release it.
          Code: PLEDGE_ALREADY_ACTIVE   (hypothec explain PLEDGE_ALREADY_ACTIVE)

        """)
  }

  @Test("says it in Chinese, with texts aligned by width")
  func chinese() {
    let colon = "\u{FF1A}"
    #expect(
      SampleRun(["refuse", "--lang=zh"]).diagnostics == """
        错误\(colon)\(Sample.pledged.what.chinese)
          原因\(colon)   一辆车只能有一项有效抵押。
          下一步\(colon) 请联系抵押权人解除。
          代码\(colon)   PLEDGE_ALREADY_ACTIVE   (hypothec explain PLEDGE_ALREADY_ACTIVE)

        """)
  }

  @Test("is one RFC 9457 object, never translated, under --json")
  func json() {
    #expect(
      SampleRun(["refuse", "--json", "--lang=zh"]).diagnostics == """
        {"schema":"hypothec/problem/1","type":"urn:hypothec:problem:PLEDGE_ALREADY_ACTIVE",\
        "title":"Pledge already active","detail":"vehicle LHYPC2D34TD004217 is already pledged; \
        your pledge was refused.","code":"PLEDGE_ALREADY_ACTIVE","exitCode":12,\
        "why":"a vehicle has one live pledge.","next":"ask its holder to release it.",\
        "pledge":"P-9c21"}

        """)
  }

  @Test("is coloured only on a terminal, and cannot steer it")
  func steering() {
    let terminal = Terminal(kind: .terminal, colours: .sixteenColours)
    let problem = Problem(.usage, .failure, what: LocalizedText(verbatim: "no \u{1B}[2J\nsecond"))
    #expect(
      problem.lines(.english, terminal).first
        == "\u{1B}[1;31mError:\u{1B}[0m no \\u{1b}[2J\n       second")
    #expect(problem.lines(.english, .file).first == "Error: no \\u{1b}[2J\n       second")
  }

  @Test("is explained at length")
  func explained() {
    #expect(
      SampleRun(["explain", "pledge_already_active"]).output
        == "PLEDGE_ALREADY_ACTIVE\n\nA vehicle has one live pledge.\n")
    #expect(SampleRun(["explain"]).output.split(separator: "\n").contains("USAGE"))
    #expect(SampleRun(["explain", "PLEDGE_ALREADY_ACTIV"]).exitCode == .notFound)
  }

  @Test("names the command that resumes interrupted work")
  func interrupted() {
    let flag = InterruptFlag { true }
    let problem = #expect(throws: Problem.self) {
      try flag.throwIfRequested(resume: "hypothec import list.csv")
    }
    #expect(problem?.exitCode == .interrupted)
    #expect(problem?.next?.english == "to resume, run: hypothec import list.csv")
    #expect(throws: Never.self) { try InterruptFlag.never.throwIfRequested(resume: nil) }
  }

  @Test("has the exit codes of the interface")
  func exitCodes() {
    #expect(
      ExitCode.allCases.map(\.rawValue) == [
        0, 1, 10, 11, 12, 13, 20, 21, 23, 30, 31, 32, 40, 41, 64, 65, 70, 73, 74, 77, 78, 130,
      ])
  }

  @Test("refuses a code that is not capital letters, digits and underscores")
  func codeSyntax() async {
    await #expect(processExitsWith: .failure) { _ = ProblemCode("pledge") }
  }
}
