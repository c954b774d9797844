import CommandInterface
import Ledger

extension Timestamp {
  /// For people and JSON. Lossless: every ledger time lies in the range of a wall time.
  package var wallTime: WallTime { WallTime(millisecondsSince1970: Int64(milliseconds)) }

  /// `nil` before 1970.
  package init?(_ time: WallTime) {
    guard let milliseconds = UInt64(exactly: time.millisecondsSince1970) else { return nil }
    self.init(milliseconds: milliseconds)
  }
}

extension JSONValue {
  /// RFC 3339 in UTC.
  package static func time(_ time: Timestamp) -> JSONValue { .time(time.wallTime) }
  package static func height(_ height: Height) -> JSONValue { .integer(height.rawValue) }
  package static func date(_ date: CalendarDate) -> JSONValue { .string(date.text) }
  package static func member(_ member: MemberID) -> JSONValue { .string(member.text) }
  package static func vin(_ vin: VehicleIdentificationNumber) -> JSONValue { .string(vin.text) }
  package static func identifier(_ identifier: Identifier) -> JSONValue { .string(identifier.text) }

  /// `{"amount": "120000.00", "currency": "CNY"}`.
  package static func money(_ money: Money) -> JSONValue {
    ["amount": .decimal(money.decimal), "currency": .string(money.currency.text)]
  }
}

extension CommandContext {
  /// `2026-09-20 09:31 +08:00` in the user's zone.
  package func local(_ time: Timestamp, _ style: WallTime.LocalStyle = .minutesWithOffset) -> String
  {
    local(time.wallTime, style)
  }

  /// `height 48,213`.
  package func text(_ height: Height) -> String {
    let number = NumberText.grouped(height.rawValue)
    return LocalizedText(english: "height \(number)", chinese: "高度 \(number)")[language]
  }
}
