import CommandInterface
import Documents
import Ledger

/// The vehicle that an operation is about.
let vehicleField = Field.argument(
  "vin", .vin, LocalizedText(english: "The vehicle.", chinese: "车辆识别代号。"))

extension OperationForm {
  private enum Fields {
    static let checkDigitUnused = Field.flag(
      "check-digit-unused", json: "checkDigitUnused",
      LocalizedText(
        english: "Attest that the maker did not use the VIN's check digit.",
        chinese: "声明厂商未使用 VIN 校验位。"))
    static let owners = Field.repeated(
      "owner", json: "owners", .party,
      LocalizedText(
        english: "An owner, 1 to 8 times: uscc:, lei: or commitment:; none means unstated.",
        chinese: "所有人，1 至 8 次：uscc:、lei: 或 commitment:；不给即未说明。"))
    static let plate = Field.optional(
      "plate", .commitmentDigest,
      LocalizedText(
        english: "The licence plate, as commitment:HEX only.", chinese: "号牌，仅以 commitment:十六进制 形式。")
    )
    static let use = Field.optional(
      "use", .word(of: UseNature.self, "use"),
      LocalizedText(english: "What it is used for.", chinese: "使用性质。"))
    static let energy = Field.optional(
      "energy", .word(of: Energy.self, "energy"),
      LocalizedText(english: "What drives it.", chinese: "能源类型。"))
    static let make = Field.required(
      "make", .descriptive("make"), LocalizedText(english: "The make.", chinese: "品牌。"))
    static let model = Field.required(
      "model", .descriptive("model"), LocalizedText(english: "The model.", chinese: "型号。"))
    static let modelYear = Field.required(
      "model-year", json: "modelYear", ValueType<Int>.integer(1900...2200).named("year"),
      LocalizedText(english: "The model year.", chinese: "年款。"))
    static let odometer = Field.optional(
      "odometer", .kilometres,
      LocalizedText(english: "What the odometer shows, in km.", chinese: "里程，公里。"))
    static let firstRegistered = Field.optional(
      "first-registered", json: "firstRegistered", .calendarDate,
      LocalizedText(english: "The day of first registration.", chinese: "初次登记日期。"))
    static let region = Field.optional(
      "region", .region,
      LocalizedText(
        english: "Where it is at home: GB/T 2260 or ISO 3166-2.",
        chinese: "所在地：GB/T 2260 或 ISO 3166-2。"))
    static let certificate = Field.optional(
      "certificate", .document,
      LocalizedText(
        english: "The registration certificate: a file, sha256: or commitment:.",
        chinese: "登记证书：文件、sha256: 或 commitment:。"))
    static let evidence = Field.repeated(
      "evidence", json: "evidence", .document,
      LocalizedText(english: "More documents, at most 16.", chinese: "其他文件，最多 16 个。"))
  }

  static let registerVehicle = OperationForm(
    kind: .registerVehicle,
    fields: [
      vehicleField, Fields.make, Fields.model, Fields.modelYear, Fields.owners, Fields.use,
      Fields.energy, Fields.region, Fields.certificate, Fields.firstRegistered, Fields.odometer,
      Fields.plate, Fields.evidence, Fields.checkDigitUnused,
    ]
  ) { values, _ throws(Problem) in
    let vin = values[vehicleField]
    let rule: CheckDigitRule = values[Fields.checkDigitUnused] ? .attestedUnused : .applies
    if rule == .applies {
      do throws(RefusalCode) { try vin.requireCheckDigit() } catch { throw .refusal(error) }
    }
    let owners = values[Fields.owners]
    let evidence = values[Fields.evidence]
    guard owners.count <= VehicleRegistration.ownerLimit,
      evidence.count <= VehicleRegistration.evidenceLimit
    else { throw .tooMany }
    return .registerVehicle(
      VehicleRegistration(
        vin: vin, checkDigitRule: rule, owners: owners.isEmpty ? nil : owners,
        plate: values[Fields.plate], use: values[Fields.use], energy: values[Fields.energy],
        make: values[Fields.make], model: values[Fields.model],
        modelYear: UInt16(values[Fields.modelYear]), odometer: values[Fields.odometer],
        firstRegistered: values[Fields.firstRegistered], region: values[Fields.region],
        certificate: try values[Fields.certificate].document(),
        evidence: try evidence.documents()))
  }
}

extension Problem {
  fileprivate static var tooMany: Problem {
    Problem(
      .fieldMissing, .usage,
      what: LocalizedText(
        english: "a vehicle has at most \(VehicleRegistration.ownerLimit) owners and "
          + "\(VehicleRegistration.evidenceLimit) more documents.",
        chinese: "一辆车最多 \(VehicleRegistration.ownerLimit) 个所有人和 "
          + "\(VehicleRegistration.evidenceLimit) 个其他文件。"))
  }
}

extension DocumentSource? {
  func document() throws(Problem) -> Document? {
    guard let self else { return nil }
    return try self.document()
  }
}

extension [DocumentSource] {
  func documents() throws(Problem) -> [Document] {
    var documents: [Document] = []
    for source in self { documents.append(try source.document()) }
    return documents
  }
}
