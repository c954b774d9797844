import CommandInterface
import Cryptography
import Documents
import Ledger

extension FieldReader {
  /// The operation that the row gives, acted by `member`.
  mutating func operation(by member: MemberID) throws(RowFinding) -> Operation {
    let body = try body()
    return Operation(by: member, occurredAt: try time("occurredAt"), body: body)
  }

  private mutating func body() throws(RowFinding) -> OperationBody {
    switch kind {
    case .registerVehicle: .registerVehicle(try registration())
    case .recordValuation: .recordValuation(try valuation())
    case .createPledge: .createPledge(try pledge())
    case .releasePledge, .releasePledgeByOrder, .registerModel, .governance:
      preconditionFailure("a map has only kinds that can be imported")
    }
  }

  private mutating func registration() throws(RowFinding) -> VehicleRegistration {
    let vin = try vin()
    let isUnused = try isSet("checkDigit", to: "unused", ratherThan: "applies")
    if !isUnused, vin.checkDigit == .invalid {
      throw .rejected(.vinCheckDigit, column: column(of: "vin"), typed: vin.text)
    }
    let owners = try values("owners", .party)
    let year = try needed("modelYear", try integer("modelYear", 1900...2200))
    return VehicleRegistration(
      vin: vin, checkDigitRule: isUnused ? .attestedUnused : .applies,
      owners: owners.isEmpty ? nil : owners,
      plate: try value("plate", .plateCommitment), use: try word("use"), energy: try word("energy"),
      make: try descriptiveText("make"), model: try descriptiveText("model"),
      modelYear: UInt16(year), odometer: try odometer(),
      firstRegistered: try date("firstRegistered"), region: try region(),
      certificate: try value("certificate", .statedDocument),
      evidence: try values("evidence", .statedDocument))
  }

  private mutating func valuation() throws(RowFinding) -> ValuationRecording {
    let vin = try vin()
    var model: ModelReference?
    if let id = try identifier("modelId"), let version = try identifier("modelVersion") {
      model = ModelReference(id: id, version: version)
    }
    let condition = try integer("condition", 1...50).map { UInt8($0) }
    let recording = ValuationRecording(
      vin: vin, id: try needed("id", try identifier("id")),
      method: try needed("method", try word("method")),
      basis: try needed("basis", try word("basis")),
      value: try needed("value", try money("value")), low: try money("low"),
      high: try money("high"), asOf: try needed("asOf", try time("asOf")),
      odometer: try odometer(), condition: condition, region: try region(), model: model,
      input: try value("input", .statedDocument), report: try value("report", .statedDocument))
    guard (recording.method == .model) == (model != nil) else {
      throw .rejected(
        ProblemCode(.modelNotRegistered), column: column(of: "modelId"),
        "a valuation by the method model names its model and version, and no other does",
        "方法为 model 的评估须给出模型和版本，其他方法不得给出")
    }
    return recording
  }

  private mutating func pledge() throws(RowFinding) -> PledgeCreation {
    let vin = try vin()
    return PledgeCreation(
      vin: vin, id: try needed("id", try identifier("id")),
      security: try needed("security", try word("security")),
      pledgor: try needed("pledgor", try value("pledgor", .party)),
      debtor: try needed("debtor", try value("debtor", .party)),
      principal: try needed("principal", try money("principal")),
      maximumSecured: try money("maximumSecured"),
      contract: try needed("contract", try value("contract", .statedDocument)),
      start: try needed("start", try date("start")),
      maturity: try needed("maturity", try date("maturity")), basis: try basis(),
      transferClause: try isSet("transferClause", to: "no-transfer", ratherThan: "none")
        ? .noTransfer : .none,
      ownerConsent: try value("ownerConsent", .statedDocument))
  }

  /// An existing pledge, or one on a valuation; the height of the search is put in when the row is
  /// checked.
  private func basis() throws(RowFinding) -> PledgeBasis {
    let since = try time("existingSince")
    let annotation = try value("existingAnnotation", .statedDocument)
    if let since, let annotation { return .transcribed(since: since, annotation: annotation) }
    guard since == nil, annotation == nil else {
      throw .rejected(
        .cellEmpty, column: column(of: since == nil ? "existingSince" : "existingAnnotation"),
        "an existing pledge has both the time since when and the office's annotation",
        "已有抵押须同时给出起始时间和登记机关的批注")
    }
    return .search(
      valuation: try needed("valuation", try identifier("valuation")), height: .genesis)
  }
}

extension ValueType where Value == Document {
  /// `sha256:HEX`, `commitment:HEX`, or 64 hexadecimal digits. Never a path: a row must not make the
  /// import read a file.
  static var statedDocument: ValueType {
    ValueType("document") { text throws(InvalidValue) in
      if let digest = Digest(hexadecimal: text) { return .disclosed(DocumentHash(digest)) }
      if text.contains(":"),
        case .stated(let document) = try ValueType<DocumentSource>.document
          .parse(text)
      {
        return document
      }
      throw InvalidValue(
        english: "'\(text)' is no document: give sha256:HEX or commitment:HEX",
        chinese: "'\(text)' 不是文件：请给出 sha256:十六进制 或 commitment:十六进制")
    }
  }
}

extension ValueType where Value == Commitment {
  /// `commitment:HEX` or 64 hexadecimal digits.
  static var plateCommitment: ValueType {
    ValueType("commitment") { text throws(InvalidValue) in
      let prefix = "commitment:"
      let digits = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
      if let digest = Digest(hexadecimal: digits) { return Commitment(digest: digest) }
      throw InvalidValue(
        english: "'\(text)' is no commitment: a plate never goes on the ledger in the clear",
        chinese: "'\(text)' 不是承诺值：车牌不得以明文上链")
    }
  }
}
