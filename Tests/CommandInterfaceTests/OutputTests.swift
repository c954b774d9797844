import CommandInterface
import Glibc
import Testing

@Suite("Output")
struct OutputTests {
  @Test("that nobody reads any more ends quietly with the command's own exit code")
  func closedAtEnd() {
    let run = SampleRun(["vehicle", "show", "V"], outputFailure: .closed)
    #expect(run.exitCode == .success)
    #expect(run.diagnostics == "")
    #expect(SampleRun(["refuse"], outputFailure: .closed).exitCode == .refused)
  }

  @Test("that nobody reads any more ends a stream quietly, but not as done")
  func closedInStream() {
    let terminal = Terminal(kind: .terminal)
    let run = SampleRun(["import", "a", "b"], terminal: terminal, outputFailure: .closed)
    #expect(run.exitCode == .inputOutputError)
    #expect(run.diagnostics == "")
  }

  @Test("on a full disk is a problem")
  func full() {
    let run = SampleRun(["vehicle", "show", "V"], outputFailure: .full)
    #expect(run.exitCode == .inputOutputError)
    #expect(run.diagnostics.hasPrefix("Error: the answer could not be written: the disk is full."))
    #expect(run.diagnostics.contains("Code: OUTPUT_FULL "))
    let failed = SampleRun(["refuse"], outputFailure: .failed(errorNumber: EIO))
    #expect(failed.exitCode == .refused)
  }

  @Test("tells the system's reason for any other failure")
  func otherFailure() {
    let run = SampleRun(["vehicle", "show", "V"], outputFailure: .failed(errorNumber: EIO))
    #expect(
      run.diagnostics.hasPrefix(
        "Error: the answer could not be written: Input/output error.\n"))
  }

  @Test("to /dev/full is told as a full disk")
  func deviceFull() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    #expect(throws: OutputFailure.full) { try ByteSink.descriptor(descriptor).write([1, 2, 3]) }
  }

  @Test("to a pipe without reader is told as closed, all bytes arrive before")
  func pipes() throws {
    Interrupt.ignoreBrokenPipes()
    var descriptors: [Int32] = [0, 0]
    try #require(pipe(&descriptors) == 0)
    let sink = ByteSink.descriptor(descriptors[1])
    try sink.write([])
    try sink.write(Array("abc".utf8))
    var buffer = [UInt8](repeating: 0, count: 8)
    #expect(read(descriptors[0], &buffer, 8) == 3)
    close(descriptors[0])
    #expect(throws: OutputFailure.closed) { try sink.write([1]) }
    close(descriptors[1])
  }

  @Test("is buffered, by line on a terminal")
  func buffering() throws {
    let captured = CapturedBytes()
    let file = OutputStream(captured.sink, .file)
    try file.line("one")
    #expect(captured.text == "")
    try file.flush()
    #expect(captured.text == "one\n")
    try file.text(String(repeating: "x", count: 70_000))
    #expect(captured.text.utf8.count == 70_004)
    let terminal = OutputStream(captured.sink, Terminal(kind: .terminal))
    try terminal.line("two")
    #expect(captured.text.hasSuffix("two\n"))
  }
}

@Suite("Terminal")
struct TerminalTests {
  @Test("colours only a terminal that wants it")
  func colours() {
    func decide(_ kind: Terminal.Kind, _ variables: [String: String]) -> Terminal {
      .decide(windowColumnCount: 120, kind, ProcessEnvironment(variables))
    }
    #expect(decide(.terminal, ["TERM": "xterm"]).colours == .sixteenColours)
    #expect(decide(.terminal, ["TERM": "xterm", "NO_COLOR": "1"]).colours == .never)
    #expect(decide(.terminal, ["TERM": "xterm", "NO_COLOR": ""]).colours == .sixteenColours)
    #expect(decide(.terminal, ["TERM": "dumb"]) == Terminal(kind: .dumbTerminal, columnCount: 120))
    #expect(decide(.terminal, [:]).kind == .dumbTerminal)
    #expect(decide(.fileOrPipe, ["TERM": "xterm"]).colours == .never)
  }

  @Test("is as wide as COLUMNS says, else as its window, else 80 columns")
  func width() {
    func width(_ window: Int?, _ columns: String?) -> Int {
      let variables = columns.map { ["COLUMNS": $0] } ?? [:]
      let environment = ProcessEnvironment(variables)
      return Terminal.decide(windowColumnCount: window, .terminal, environment).columnCount
    }
    #expect(width(120, nil) == 120)
    #expect(width(120, "100") == 100)
    #expect(width(120, "x") == 120)
    #expect(width(0, "-4") == 80)
    #expect(width(nil, nil) == 80)
  }

  @Test("a pipe is no terminal")
  func pipeIsNoTerminal() throws {
    var descriptors: [Int32] = [0, 0]
    try #require(pipe(&descriptors) == 0)
    let environment = ProcessEnvironment(["TERM": "xterm"])
    let terminal = Terminal.detect(descriptor: descriptors[1], environment: environment)
    #expect(terminal == .file)
    for descriptor in descriptors { close(descriptor) }
  }

  @Test(
    "the language is that of the first locale variable that is set",
    arguments: [
      ([:], Language.english), (["LANG": "zh_CN.UTF-8"], .chinese), (["LANG": "C"], .english),
      (["LC_ALL": "", "LC_MESSAGES": "zh", "LANG": "en"], .chinese),
      (["LC_ALL": "C", "LANG": "zh_CN"], .english),
    ])
  func language(variables: [String: String], expected: Language) {
    #expect(Language(environment: ProcessEnvironment(variables)) == expected)
  }
}
