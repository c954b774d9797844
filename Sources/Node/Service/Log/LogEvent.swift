import Ledger

/// Something worth telling whoever runs the node.
package struct LogEvent: Hashable, Sendable {
  package let level: LogLevel
  /// Stable, for programs that read logs: `block-final`, `disk-full`.
  package let key: String
  /// For people, in English, without a full stop.
  package let message: String
  package let fields: [LogField]

  package init(_ level: LogLevel, _ key: String, _ message: String, _ fields: [LogField] = []) {
    self.level = level
    self.key = key
    self.message = message
    self.fields = fields
  }
}

/// Raw values are those of syslog (RFC 5424 section 6.2.1).
package enum LogLevel: Int, CaseIterable, Comparable, Sendable {
  case critical = 2
  case error = 3
  case warning = 4
  case notice = 5
  case information = 6
  case debug = 7

  package var name: String {
    switch self {
    case .critical: "critical"
    case .error: "error"
    case .warning: "warning"
    case .notice: "notice"
    case .information: "info"
    case .debug: "debug"
    }
  }

  /// Ascending from debug to critical.
  package static func < (left: LogLevel, right: LogLevel) -> Bool {
    left.rawValue > right.rawValue
  }
}

package struct LogField: Hashable, Sendable {
  package let name: String
  package let value: LogValue

  package init(_ name: String, _ value: LogValue) {
    self.name = name
    self.value = value
  }

  package init(_ name: String, _ text: String) { self.init(name, .text(text)) }
  package init(_ name: String, _ number: some BinaryInteger) {
    self.init(name, .number(Int64(clamping: number)))
  }
  package init(_ name: String, _ height: Height) { self.init(name, height.rawValue) }
}

package enum LogValue: Hashable, Sendable {
  case text(String)
  case number(Int64)
}

/// Where the node's events go: everything at `threshold` or above, to `write`.
package struct Log: Sendable {
  package let threshold: LogLevel
  private let write: @Sendable (LogEvent) -> Void

  package init(threshold: LogLevel = .information, write: @escaping @Sendable (LogEvent) -> Void) {
    self.threshold = threshold
    self.write = write
  }

  /// The event is put together only if it is wanted.
  package func callAsFunction(_ level: LogLevel, _ event: () -> LogEvent) {
    if level >= threshold { write(event()) }
  }

  package func callAsFunction(_ event: LogEvent) {
    if event.level >= threshold { write(event) }
  }

  package static let silent = Log(threshold: .critical) { _ in }
}
