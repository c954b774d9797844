/// What a member is, and so what it may record (CONTRACT section 3). Raw values are part of the
/// format.
package enum Role: UInt64, CaseIterable, Comparable, Sendable {
  case registry = 1
  case lender = 2
  case dealer = 3
  case appraiser = 4
  case telematics = 5
  case disposal = 6
  case court = 7
  case insurer = 8
  case regulator = 9
  case auditor = 10
  case `operator` = 11

  package var name: String {
    switch self {
    case .registry: "registry"
    case .lender: "lender"
    case .dealer: "dealer"
    case .appraiser: "appraiser"
    case .telematics: "telematics"
    case .disposal: "disposal"
    case .court: "court"
    case .insurer: "insurer"
    case .regulator: "regulator"
    case .auditor: "auditor"
    case .operator: "operator"
    }
  }

  package init?(name: String) {
    guard let role = Role.allCases.first(where: { $0.name == name }) else { return nil }
    self = role
  }

  package static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}
