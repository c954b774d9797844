import CommandInterface
import Cryptography
import Documents
import Ledger

extension Operation {
  /// The operation as `transaction draft` reads it: every stated field, under the names of
  /// docs/json.md.
  var json: JSONValue {
    var members = [
      JSONMember("operation", .string(body.kind.name)), JSONMember("by", .member(by)),
    ]
    members.add("occurredAt", occurredAt, JSONValue.time)
    members += body.jsonMembers
    return .object(members)
  }
}

extension OperationBody {
  fileprivate var jsonMembers: [JSONMember] {
    switch self {
    case .registerVehicle(let registration): registration.jsonMembers
    case .recordValuation(let valuation): valuation.jsonMembers
    case .createPledge(let pledge): pledge.jsonMembers
    case .releasePledge(let release): release.jsonMembers
    case .releasePledgeByOrder(let release): release.jsonMembers
    case .registerModel(let registration): registration.jsonMembers
    case .governance(let change): change.jsonMembers
    }
  }
}

extension [JSONMember] {
  /// Adds the member if there is a value: what is unstated is left out.
  mutating func add<Value>(_ name: String, _ value: Value?, _ json: (Value) -> JSONValue) {
    if let value { append(JSONMember(name, json(value))) }
  }
}

extension JSONValue {
  static func party(_ party: Party) -> JSONValue { .string(party.typedText) }
  static func document(_ document: Document) -> JSONValue { .string(document.typedText) }
  /// `120000.00 CNY`: amounts within an operation are written as they are typed.
  static func amount(_ money: Money) -> JSONValue { .string(money.description) }
  static func word(_ value: some Worded) -> JSONValue { value.json }
}

extension VehicleRegistration {
  var jsonMembers: [JSONMember] {
    var members = [JSONMember("vin", .vin(vin))]
    if checkDigitRule == .attestedUnused { members.append(JSONMember("checkDigitUnused", true)) }
    members.add("owners", owners) { .array($0.map(JSONValue.party)) }
    members.add("plate", plate) { .string("commitment:\($0.digest)") }
    members.add("use", use) { .word($0) }
    members.add("energy", energy) { .word($0) }
    members.append(JSONMember("make", .string(make.text)))
    members.append(JSONMember("model", .string(model.text)))
    members.append(JSONMember("modelYear", .integer(modelYear)))
    members.add("odometer", odometer) { .integer($0.rawValue) }
    members.add("firstRegistered", firstRegistered, JSONValue.date)
    members.add("region", region) { .string($0.text) }
    members.add("certificate", certificate, JSONValue.document)
    if !evidence.isEmpty {
      members.append(JSONMember("evidence", .array(evidence.map(JSONValue.document))))
    }
    return members
  }
}

extension ValuationRecording {
  fileprivate var jsonMembers: [JSONMember] {
    var members = [
      JSONMember("vin", .vin(vin)), JSONMember("id", .identifier(id)),
      JSONMember("method", method.json), JSONMember("basis", basis.json),
      JSONMember("value", .amount(value)),
    ]
    members.add("low", low, JSONValue.amount)
    members.add("high", high, JSONValue.amount)
    members.append(JSONMember("asOf", .time(asOf)))
    members.add("odometer", odometer) { .integer($0.rawValue) }
    members.add("condition", condition) { .integer($0) }
    members.add("region", region) { .string($0.text) }
    members.add("modelId", model) { .identifier($0.id) }
    members.add("modelVersion", model) { .identifier($0.version) }
    members.add("input", input, JSONValue.document)
    members.add("report", report, JSONValue.document)
    return members
  }
}

extension PledgeCreation {
  fileprivate var jsonMembers: [JSONMember] {
    var members = [
      JSONMember("vin", .vin(vin)), JSONMember("id", .identifier(id)),
      JSONMember("security", security.json), JSONMember("pledgor", .party(pledgor)),
      JSONMember("debtor", .party(debtor)), JSONMember("principal", .amount(principal)),
    ]
    members.add("maximumSecured", maximumSecured, JSONValue.amount)
    members.append(JSONMember("contract", .document(contract)))
    members.append(JSONMember("start", .date(start)))
    members.append(JSONMember("maturity", .date(maturity)))
    switch basis {
    case .search(let valuation, let height):
      members.append(JSONMember("valuation", .identifier(valuation)))
      members.append(JSONMember("searchHeight", .height(height)))
    case .transcribed(let since, let annotation):
      members.append(JSONMember("since", .time(since)))
      members.append(JSONMember("annotation", .document(annotation)))
    }
    if transferClause == .noTransfer { members.append(JSONMember("noTransfer", true)) }
    members.add("ownerConsent", ownerConsent, JSONValue.document)
    return members
  }
}

extension PledgeRelease {
  fileprivate var jsonMembers: [JSONMember] {
    var members = [
      JSONMember("vin", .vin(vin)), JSONMember("id", .identifier(id)),
      JSONMember("reason", reason.json),
    ]
    members.add("paidOn", paidOn, JSONValue.date)
    return members
  }
}

extension PledgeReleaseByOrder {
  fileprivate var jsonMembers: [JSONMember] {
    [
      JSONMember("vin", .vin(vin)), JSONMember("id", .identifier(id)),
      JSONMember("caseNumber", .string(caseNumber.typedText)),
      JSONMember("judgment", .document(judgment)),
    ]
  }
}

extension ModelRegistration {
  fileprivate var jsonMembers: [JSONMember] {
    [
      JSONMember("id", .identifier(model.id)), JSONMember("version", .identifier(model.version)),
      JSONMember("artefact", .document(artefact)),
      JSONMember("calibratedOn", .date(calibratedOn)),
      JSONMember("errorBound", .string(errorBound.percentText)),
      JSONMember("nextCalibration", .date(nextCalibration)),
    ]
  }
}

extension JSONValue {
  /// `{"outcome": "accepted"}` or `{"outcome": "refused", "code": ..., "operation": ...}`.
  static func outcome(_ outcome: Outcome) -> JSONValue {
    switch outcome {
    case .accepted: return ["outcome": "accepted"]
    case .refused(let refusal):
      var members = [
        JSONMember("outcome", "refused"), JSONMember("code", .string(refusal.code.name)),
        JSONMember("operation", .integer(refusal.operationIndex)),
      ]
      members.add("conflict", refusal.conflict) {
        ["id": .identifier($0.id), "height": .height($0.height)]
      }
      return .object(members)
    }
  }

  static func place(_ place: TransactionPlace) -> JSONValue {
    ["height": .height(place.height), "transaction": .integer(place.transactionIndex)]
  }

  static func transactionID(_ id: TransactionID) -> JSONValue { .string(id.description) }
}
