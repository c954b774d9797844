import CommandInterface
import Documents
import Ledger
import Node

/// `vehicle check --file`: one line a vehicle, in the file's order.
struct VehicleCheckList {
  /// Vehicles in one question: their proofs fit into one answer, however large their records are.
  private static let partCount = 200

  private let inquiry: Inquiry
  private var context: CommandContext { inquiry.context }

  init(_ inquiry: Inquiry) { self.inquiry = inquiry }

  func run(_ path: FilePath) throws(Problem) -> ExitCode {
    let vehicles = try VehicleListFile.read(path)
    var counts: [VehicleStanding: Int] = [:]
    var last: (proven: ProvenEntries, asOf: AsOf)?
    var start = 0
    while start < vehicles.count {
      let part = Array(vehicles[start..<min(vehicles.count, start + Self.partCount)])
      let proven = try inquiry.provenEntries(part.map { StateID.vehicle($0) })
      let asOf = try inquiry.asOf(proven.head)
      for (index, vin) in part.enumerated() {
        let result = VehicleCheckResult(vin: vin, vehicle: try proven.vehicle(at: index))
        counts[result.standing, default: 0] += 1
        try show(result, proven, asOf)
      }
      last = (proven, asOf)
      start += part.count
    }
    if let last { summarise(counts, last.proven, last.asOf) }
    return exitCode(counts)
  }

  private func show(
    _ result: VehicleCheckResult, _ proven: ProvenEntries, _ asOf: AsOf
  ) throws(Problem) {
    switch context.format {
    case .json:
      try context.output.document(
        JSONDocument(
          JSONSchema("vehicle-check"),
          result.members(proven.head) + [proven.sureness.json, asOf.json]))
    case .text:
      let standing = DisplayWidth.pad(
        result.standing.spoken[context.language], to: Self.standingWidth)
      let pledge = result.vehicle?.pledge.map { "\($0.id) \($0.pledgee)" } ?? ""
      let flags = result.vehicle.map { $0.flags.isEmpty ? "" : $0.flags.text(context.language) }
      let line = "\(result.vin)  \(standing)  \(pledge)\(flags.map { "  \($0)" } ?? "")"
      try context.output.line(DisplayWidth.visible(line).trimmedRight)
    }
  }

  private static let standingWidth = 23

  private func summarise(
    _ counts: [VehicleStanding: Int], _ proven: ProvenEntries, _ asOf: AsOf
  ) {
    let order: [VehicleStanding] = [.free, .pledged, .blocked, .unknown]
    func list(_ language: Language) -> String {
      order.compactMap { standing in
        counts[standing].map { "\(NumberText.grouped($0)) \(standing.spoken[language])" }
      }.joined(separator: language == .english ? "; " : "；")
    }
    context.note(
      LocalizedText(
        english: "\(asOf.text.english): \(list(.english)). "
          + "Proven, \(proven.sureness.quorumText.english).",
        chinese: "\(asOf.text.chinese)：\(list(.chinese))。"
          + "已证明，\(proven.sureness.quorumText.chinese)。"))
  }

  private func exitCode(_ counts: [VehicleStanding: Int]) -> ExitCode {
    if counts[.pledged] != nil || counts[.blocked] != nil { return .encumbered }
    return counts[.unknown] != nil ? .notFound : .success
  }
}

/// A file of VINs: one a line; blank lines and what follows `#` are passed over.
enum VehicleListFile {
  static func read(_ path: FilePath) throws(Problem) -> [VehicleIdentificationNumber] {
    let text = String(decoding: try LocalFile.read(path), as: UTF8.self)
    var vehicles: [VehicleIdentificationNumber] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let typed = line.prefix { $0 != "#" }.trimmed
      if typed.isEmpty { continue }
      do throws(InvalidValue) {
        vehicles.append(try ValueType<VehicleIdentificationNumber>.vin.parse(typed))
      } catch {
        throw Problem(
          .listInvalid, .dataError,
          what: LocalizedText(
            english: "line \(index + 1): \(error.message.english)",
            chinese: "第 \(index + 1) 行：\(error.message.chinese)"),
          details: ["line": .integer(index + 1)])
      }
    }
    return vehicles
  }
}

extension ProblemCode {
  static let listInvalid = ProblemCode("LIST_INVALID")
}

extension StringProtocol {
  /// Without white space at both ends.
  var trimmed: String {
    let start = drop(while: \.isWhitespace)
    return String(String(start.reversed().drop(while: \.isWhitespace)).reversed())
  }

  /// Without white space at the end.
  var trimmedRight: String {
    String(reversed().drop(while: \.isWhitespace).reversed())
  }
}
