import Ledger
import Node
import Testing

@Suite("A log line")
struct LogTests {
  let time = Timestamp(milliseconds: 1_772_443_245_007)!
  let event = LogEvent(
    .warning, "disk-full", "The disk is \"full\"",
    [LogField("height", Height(12)), LogField("reason", "no space\n<3>forged"), LogField("n", -1)])

  @Test("is logfmt with the time where nobody adds it")
  func logfmt() {
    #expect(
      LogFormat.logfmt.line(event, at: time)
        == "ts=2026-03-02T09:20:45.007Z level=warning key=disk-full msg=\"The disk is \\\"full\\\"\" "
        + "height=12 reason=\"no space\\n<3>forged\" n=-1\n")
  }

  @Test("has syslog's priority in front for journald")
  func journal() {
    #expect(
      LogFormat.journal.line(event, at: time)
        == "<4>level=warning key=disk-full msg=\"The disk is \\\"full\\\"\" "
        + "height=12 reason=\"no space\\n<3>forged\" n=-1\n")
  }

  @Test("is one JSON object on request")
  func json() {
    #expect(
      LogFormat.json.line(event, at: time)
        == "{\"time\":\"2026-03-02T09:20:45.007Z\",\"level\":\"warning\",\"key\":\"disk-full\","
        + "\"message\":\"The disk is \\\"full\\\"\",\"height\":12,"
        + "\"reason\":\"no space\\n<3>forged\",\"n\":-1}\n")
  }

  @Test("is in the form that fits the process", arguments: [true, false])
  func fits(isTerminal: Bool) {
    let none: (String) -> String? = { _ in nil }
    let systemd: (String) -> String? = { $0 == "JOURNAL_STREAM" ? "8:1" : nil }
    #expect(
      LogFormat.fitting(environment: none, isTerminal: isTerminal)
        == (isTerminal ? .text : .logfmt))
    #expect(
      LogFormat.fitting(environment: systemd, isTerminal: isTerminal)
        == (isTerminal ? .text : .journal))
  }

  @Test("is not made below the threshold")
  func threshold() {
    let log = Log(threshold: .notice) { _ in Issue.record("written") }
    log(.debug) {
      Issue.record("made")
      return event
    }
    log(LogEvent(.information, "x", "x"))
  }
}
