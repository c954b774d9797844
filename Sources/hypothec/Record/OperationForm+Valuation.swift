import CommandInterface
import Documents
import Ledger

extension OperationForm {
  private enum Fields {
    static let id = Field.optional(
      "id", .identifier("valuation"),
      LocalizedText(english: "The valuation's id; else a new one.", chinese: "评估编号；默认新编。"))
    static let method = Field.required(
      "method", .word(of: ValuationMethod.self, "method"),
      LocalizedText(english: "How it was valued.", chinese: "评估方法。"))
    static let basis = Field.required(
      "basis", .word(of: ValuationBasis.self, "basis"),
      LocalizedText(english: "For which market.", chinese: "价值基础。"))
    static let value = Field.required(
      "value", .amount, LocalizedText(english: "What it is worth.", chinese: "评估价值。"))
    static let low = Field.optional(
      "low", .amount, LocalizedText(english: "The band's low end.", chinese: "区间下限。"))
    static let high = Field.optional(
      "high", .amount, LocalizedText(english: "The band's high end.", chinese: "区间上限。"))
    static let asOf = Field.optional(
      "as-of", json: "asOf", .timestamp,
      LocalizedText(english: "When it was worth that; else now.", chinese: "基准时间；默认为现在。"))
    static let odometer = Field.optional(
      "odometer", .kilometres,
      LocalizedText(english: "What the odometer shows, in km.", chinese: "里程，公里。"))
    static let condition = Field.optional(
      "condition", ValueType<Int>.integer(1...50).named("grade"),
      LocalizedText(english: "1 (worst) to 50 (best).", chinese: "车况，1（最差）至 50（最好）。"))
    static let region = Field.optional(
      "region", .region, LocalizedText(english: "The market's region.", chinese: "市场地区。"))
    static let modelID = Field.optional(
      "model-id", json: "modelId", .identifier("model"),
      LocalizedText(english: "With method model: its id.", chinese: "模型法：模型编号。"))
    static let modelVersion = Field.optional(
      "model-version", json: "modelVersion", .identifier("version"),
      LocalizedText(english: "With method model: its version.", chinese: "模型法：模型版本。"))
    static let input = Field.optional(
      "input", .document,
      LocalizedText(english: "What the valuation rests on.", chinese: "评估输入资料。"))
    static let report = Field.optional(
      "report", .document, LocalizedText(english: "The valuation report.", chinese: "评估报告。"))
  }

  static let recordValuation = OperationForm(
    kind: .recordValuation,
    fields: [
      vehicleField, Fields.value, Fields.method, Fields.basis, Fields.id, Fields.asOf, Fields.low,
      Fields.high, Fields.odometer, Fields.condition, Fields.region, Fields.modelID,
      Fields.modelVersion, Fields.input, Fields.report,
    ]
  ) { values, surroundings throws(Problem) in
    let recorded: ValuationRecording? =
      if case .recordValuation(let valuation)? = surroundings.recorded { valuation } else { nil }
    let id =
      if let id = values[Fields.id] ?? recorded?.id { id } else {
        try FormSurroundings.newIdentifier("V")
      }
    return .recordValuation(
      ValuationRecording(
        vin: values[vehicleField], id: id, method: values[Fields.method],
        basis: values[Fields.basis], value: values[Fields.value], low: values[Fields.low],
        high: values[Fields.high],
        asOf: values[Fields.asOf] ?? recorded?.asOf ?? surroundings.now,
        odometer: values[Fields.odometer], condition: values[Fields.condition].map { UInt8($0) },
        region: values[Fields.region], model: try model(values),
        input: try values[Fields.input].document(), report: try values[Fields.report].document()))
  }

  /// The method `model` names a model, and no other does.
  private static func model(_ values: FieldValues) throws(Problem) -> ModelReference? {
    switch (values[Fields.method], values[Fields.modelID], values[Fields.modelVersion]) {
    case (.model, let id?, let version?): return ModelReference(id: id, version: version)
    case (.model, _, _):
      throw Problem(
        .fieldMissing, .usage,
        what: LocalizedText(
          english: "--method model needs --model-id and --model-version.",
          chinese: "--method model 需要 --model-id 和 --model-version。"))
    case (_, nil, nil): return nil
    default:
      throw Problem(
        .fieldMissing, .usage,
        what: LocalizedText(
          english: "--model-id and --model-version go with --method model alone.",
          chinese: "--model-id 和 --model-version 仅用于 --method model。"))
    }
  }

  // MARK: model.register

  private enum ModelFields {
    static let id = Field.argument(
      "id", .identifier("id"), LocalizedText(english: "The model's id.", chinese: "模型编号。"))
    static let version = Field.argument(
      "version", .identifier("version"), LocalizedText(english: "Its version.", chinese: "模型版本。"))
    static let artefact = Field.required(
      "artefact", .document, LocalizedText(english: "The model itself.", chinese: "模型文件。"))
    static let calibratedOn = Field.required(
      "calibrated-on", json: "calibratedOn", .calendarDate,
      LocalizedText(english: "The day of calibration.", chinese: "校准日期。"))
    static let errorBound = Field.required(
      "error-bound", json: "errorBound", .percent,
      LocalizedText(english: "Its error at most, such as 8%.", chinese: "误差上限，如 8%。"))
    static let nextCalibration = Field.required(
      "next-calibration", json: "nextCalibration", .calendarDate,
      LocalizedText(
        english: "The next calibration, at most 92 days later.", chinese: "下次校准日期，最多 92 天后。"))
  }

  static let registerModel = OperationForm(
    kind: .registerModel,
    fields: [
      ModelFields.id, ModelFields.version, ModelFields.artefact, ModelFields.calibratedOn,
      ModelFields.errorBound, ModelFields.nextCalibration,
    ]
  ) { values, _ throws(Problem) in
    .registerModel(
      ModelRegistration(
        model: ModelReference(id: values[ModelFields.id], version: values[ModelFields.version]),
        artefact: try values[ModelFields.artefact].document(),
        calibratedOn: values[ModelFields.calibratedOn], errorBound: values[ModelFields.errorBound],
        nextCalibration: values[ModelFields.nextCalibration]))
  }
}
