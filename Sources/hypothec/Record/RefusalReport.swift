import CommandInterface
import Documents
import Ledger
import Node

/// A refusal as the person who meets it is told: what was refused, who stands in the way since when,
/// what to do.
struct RefusalReport {
  /// Where the refusal stands.
  enum Record {
    case transaction(TransactionID, TransactionPlace, Timestamp)
    /// A dry run: nothing was recorded.
    case none
  }

  let refusal: Refusal
  let operations: [Operation]
  let recorded: Record

  func problem(_ inquiry: Inquiry) throws(Problem) -> Problem {
    let operation =
      operations.indices.contains(refusal.operationIndex)
      ? operations[refusal.operationIndex] : operations.first
    let vin = operation?.body.vehicle
    let since = try vin.map { vin throws(Problem) in try conflictTime(inquiry, vin) } ?? nil
    let general = refusal.code.text
    return Problem(
      ProblemCode(refusal.code), .refused, what: what(operation, vin),
      why: why(inquiry.context, since),
      next: general.next.asSentenceAfterColon.naming(vin) + evidence,
      details: details(vin, since))
  }

  // MARK: Texts

  private func what(
    _ operation: Operation?, _ vin: VehicleIdentificationNumber?
  ) -> LocalizedText {
    let fate: LocalizedText =
      switch recorded {
      case .transaction: LocalizedText(english: "was refused", chinese: "被拒绝")
      case .none: LocalizedText(english: "would be refused", chinese: "将被拒绝")
      }
    if refusal.code == .pledgeAlreadyActive, let vin {
      return LocalizedText(
        english: "vehicle \(vin) is already pledged; your pledge \(fate.english).",
        chinese: "车辆 \(vin) 已有有效抵押，本次抵押登记\(fate.chinese)。")
    }
    let place =
      operations.count > 1
      ? LocalizedText(
        english: " (operation \(refusal.operationIndex + 1) of \(operations.count))",
        chinese: "（第 \(refusal.operationIndex + 1)/\(operations.count) 项操作）")
      : LocalizedText(verbatim: "")
    let name = operation?.body.kind.name ?? ""
    let subject = vin.map { LocalizedText(english: " on \($0)", chinese: " \($0)") }
    let lead =
      LocalizedText(english: "\(name)", chinese: "\(name)")
      + (subject ?? LocalizedText(verbatim: ""))
      + place + LocalizedText(english: " \(fate.english): ", chinese: " \(fate.chinese)：")
    return lead + refusal.code.text.what.asSentenceAfterColon
  }

  private func why(_ context: CommandContext, _ since: Timestamp?) -> LocalizedText {
    let general = refusal.code.text.why.asSentenceAfterColon
    guard let conflict = refusal.conflict else { return general }
    let height = NumberText.grouped(conflict.height.rawValue)
    let day = since.map { context.local($0) }
    return general
      + LocalizedText(
        english: " \(conflict.id) has stood since "
          + (day.map { "\($0) (height \(height))." } ?? "height \(height)."),
        chinese: "\(conflict.id) 自 " + (day.map { "\($0)（高度 \(height)）" } ?? "高度 \(height) ")
          + "起有效。")
  }

  private var evidence: LocalizedText {
    guard case .transaction(let id, _, _) = recorded else {
      return LocalizedText(english: " Nothing was recorded.", chinese: "未作任何登记。")
    }
    return LocalizedText(
      english: "\nEvidence: hypothec transaction show \(id)",
      chinese: "\n凭据：hypothec transaction show \(id)")
  }

  private func details(
    _ vin: VehicleIdentificationNumber?, _ since: Timestamp?
  ) -> KeyValuePairs<String, JSONValue> {
    let conflict: JSONValue = .optional(refusal.conflict) {
      [
        "id": .identifier($0.id), "height": .height($0.height),
        "time": .optional(since, JSONValue.time),
      ]
    }
    let operation = JSONValue.integer(refusal.operationIndex)
    switch recorded {
    case .none:
      return [
        "vin": .optional(vin, JSONValue.vin), "operation": operation, "conflict": conflict,
        "recorded": false,
      ]
    case .transaction(let id, let place, let time):
      return [
        "vin": .optional(vin, JSONValue.vin), "operation": operation, "conflict": conflict,
        "recorded": true, "transaction": .transactionID(id), "place": .place(place),
        "time": .time(time),
      ]
    }
  }

  // MARK: The conflict's time

  /// When what stands in the way entered the ledger; `nil` where the vehicle does not say.
  private func conflictTime(
    _ inquiry: Inquiry, _ vin: VehicleIdentificationNumber
  ) throws(Problem) -> Timestamp? {
    guard let conflict = refusal.conflict else { return nil }
    let response = try inquiry.ask(.entries([.vehicle(vin)], .none))
    guard case .entries(let answers) = response.answer,
      case .vehicle(let vehicle)? = answers.first?.entry
    else { return nil }
    if let pledge = vehicle.pledge, pledge.acceptedAt.height == conflict.height {
      return pledge.acceptedAt.time
    }
    return vehicle.registeredAt.height == conflict.height ? vehicle.registeredAt.time : nil
  }
}

extension LocalizedText {
  /// The commands that a refusal's text suggests, with the vehicle in place of `VIN`.
  func naming(_ vin: VehicleIdentificationNumber?) -> LocalizedText {
    guard let vin else { return self }
    return LocalizedText(
      english: english.replacing(" VIN.", with: " \(vin)").replacing(" VIN", with: " \(vin)"),
      chinese: chinese.replacing(" VIN。", with: " \(vin)").replacing(" VIN", with: " \(vin)"))
  }
}
