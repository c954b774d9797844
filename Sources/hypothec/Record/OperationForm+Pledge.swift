import CommandInterface
import Documents
import Ledger
import Node

extension OperationForm {
  private enum Fields {
    static let id = Field.optional(
      "id", .identifier("pledge"),
      LocalizedText(english: "The pledge's id; else a new one.", chinese: "抵押编号；默认新编。"))
    static let security = Field.optional(
      "security", .word(of: SecurityKind.self, "security"),
      LocalizedText(english: "The kind of security; else mortgage.", chinese: "担保方式；默认抵押。"))
    static let pledgor = Field.optional(
      "pledgor", .party,
      LocalizedText(
        english: "Who pledges; else the vehicle's owner, if it has one.", chinese: "抵押人；默认为唯一所有人。"))
    static let debtor = Field.optional(
      "debtor", .party,
      LocalizedText(english: "Who owes; else the pledgor.", chinese: "债务人；默认为抵押人。"))
    static let principal = Field.required(
      "principal", .amount,
      LocalizedText(english: "What is lent, such as 120000.00CNY.", chinese: "本金，如 120000.00CNY。"))
    static let maximumSecured = Field.optional(
      "maximum-secured", json: "maximumSecured", .amount,
      LocalizedText(english: "The most that is secured.", chinese: "最高担保额。"))
    static let contract = Field.required(
      "contract", .document,
      LocalizedText(
        english: "The loan contract: a file, sha256: or commitment:.",
        chinese: "贷款合同：文件、sha256: 或 commitment:。"))
    static let start = Field.optional(
      "start", .calendarDate,
      LocalizedText(english: "The first day; else today.", chinese: "起始日；默认今天。"))
    static let maturity = Field.optional(
      "maturity", .calendarDate, LocalizedText(english: "The last day.", chinese: "到期日。"))
    static let months = Field.optional(
      "months", ValueType<Int>.integer(1...360).named("number"),
      LocalizedText(
        english: "The term instead of the last day.", chinese: "以月数代替到期日。"))
    static let valuation = Field.optional(
      "valuation", .identifier("valuation"),
      LocalizedText(
        english: "The valuation; else the newest one that counts for the pledgee.",
        chinese: "所依据的评估；默认为对抵押权人有效的最新评估。"))
    static let searchHeight = Field.optional(
      "search-height", json: "searchHeight", .height,
      LocalizedText(
        english: "The height of your search; else the vehicle is searched now.",
        chinese: "查询高度；默认现在查询。"))
    static let noTransfer = Field.flag(
      "no-transfer", json: "noTransfer",
      LocalizedText(
        english: "The parties agreed that the vehicle is not sold meanwhile.",
        chinese: "约定抵押期间不得转让。"))
    static let ownerConsent = Field.optional(
      "owner-consent", json: "ownerConsent", .document,
      LocalizedText(english: "The owner's consent.", chinese: "所有人同意书。"))
    static let since = Field.optional(
      "since", .timestamp,
      LocalizedText(
        english: "Transcribe an existing pledge: since when it exists.", chinese: "转录既有抵押：设立时间。"))
    static let annotation = Field.optional(
      "annotation", .document,
      LocalizedText(
        english: "Transcribe an existing pledge: the vehicle office's annotation.",
        chinese: "转录既有抵押：登记机关的记载。"))
  }

  static let createPledge = OperationForm(
    kind: .createPledge,
    fields: [
      vehicleField, Fields.principal, Fields.contract, Fields.maturity, Fields.months, Fields.id,
      Fields.security, Fields.pledgor, Fields.debtor, Fields.maximumSecured, Fields.start,
      Fields.valuation, Fields.searchHeight, Fields.noTransfer, Fields.ownerConsent, Fields.since,
      Fields.annotation,
    ]
  ) { values, surroundings throws(Problem) in
    let vin = values[vehicleField]
    let recorded: PledgeCreation? =
      if case .createPledge(let pledge)? = surroundings.recorded { pledge } else { nil }
    let id =
      if let id = values[Fields.id] ?? recorded?.id { id } else {
        try FormSurroundings.newIdentifier("P")
      }
    let search = try PledgeSearch(vin, surroundings, isRepeated: recorded != nil)
    let pledgor =
      if let pledgor = values[Fields.pledgor] ?? recorded?.pledgor { pledgor } else {
        try search.soleOwner()
      }
    let start =
      if let start = values[Fields.start] ?? recorded?.start { start } else {
        try surroundings.today()
      }
    return .createPledge(
      PledgeCreation(
        vin: vin, id: id, security: values[Fields.security] ?? .mortgage, pledgor: pledgor,
        debtor: values[Fields.debtor] ?? pledgor, principal: values[Fields.principal],
        maximumSecured: values[Fields.maximumSecured],
        contract: try values[Fields.contract].document(), start: start,
        maturity: try maturity(values, start), basis: try basis(values, search, recorded),
        transferClause: values[Fields.noTransfer] ? .noTransfer : .none,
        ownerConsent: try values[Fields.ownerConsent].document()))
  }

  private static func maturity(
    _ values: FieldValues, _ start: CalendarDate
  ) throws(Problem) -> CalendarDate {
    switch (values[Fields.maturity], values[Fields.months]) {
    case (let maturity?, nil): return maturity
    case (nil, let months?): return start.addingMonths(months)
    case (nil, nil), (.some, .some):
      throw Problem(
        .fieldMissing, .usage,
        what: LocalizedText(
          english: "give either --maturity DATE or --months NUMBER.",
          chinese: "请给出 --maturity 日期 或 --months 月数 之一。"))
    }
  }

  private static func basis(
    _ values: FieldValues, _ search: PledgeSearch, _ recorded: PledgeCreation?
  ) throws(Problem) -> PledgeBasis {
    switch (values[Fields.since], values[Fields.annotation]) {
    case (let since?, let annotation?):
      return .transcribed(since: since, annotation: try annotation.document())
    case (nil, nil): break
    case (nil, .some), (.some, nil):
      throw Problem(
        .fieldMissing, .usage,
        what: LocalizedText(
          english: "--since and --annotation go together: they transcribe an existing pledge.",
          chinese: "--since 与 --annotation 须同时给出，用于转录既有抵押。"))
    }
    var earlier: (valuation: Identifier, height: Height)?
    if case .search(let valuation, let height)? = recorded?.basis { earlier = (valuation, height) }
    let valuation =
      if let id = values[Fields.valuation] ?? earlier?.valuation { id } else {
        try search.newestValuation()
      }
    let height =
      if let height = values[Fields.searchHeight] ?? earlier?.height { height } else {
        try search.height()
      }
    return .search(valuation: valuation, height: height)
  }

  // MARK: Releases

  private enum ReleaseFields {
    static let id = Field.optional(
      "id", .identifier("pledge"),
      LocalizedText(english: "The pledge; else the live one.", chinese: "抵押编号；默认为当前有效抵押。"))
    static let reason = Field.required(
      "reason", .word(of: ReleaseReason.self, "reason"),
      LocalizedText(english: "Why it ends.", chinese: "解除原因。"))
    static let paidOn = Field.optional(
      "paid-on", json: "paidOn", .calendarDate,
      LocalizedText(english: "The day of the last payment.", chinese: "清偿日期。"))
    static let caseNumber = Field.required(
      "case-number", json: "caseNumber", .caseNumber,
      LocalizedText(english: "The case, or commitment:HEX.", chinese: "案号，或 commitment:十六进制。"))
    static let judgment = Field.required(
      "judgment", .document,
      LocalizedText(
        english: "The judgment: a file, sha256: or commitment:.",
        chinese: "裁判文书：文件、sha256: 或 commitment:。"))
  }

  static let releasePledge = OperationForm(
    kind: .releasePledge,
    fields: [vehicleField, ReleaseFields.reason, ReleaseFields.id, ReleaseFields.paidOn]
  ) { values, surroundings throws(Problem) in
    let vin = values[vehicleField]
    var recorded: Identifier?
    if case .releasePledge(let release)? = surroundings.recorded { recorded = release.id }
    return .releasePledge(
      PledgeRelease(
        vin: vin, id: try livePledge(values[ReleaseFields.id] ?? recorded, vin, surroundings),
        reason: values[ReleaseFields.reason], paidOn: values[ReleaseFields.paidOn]))
  }

  static let releasePledgeByOrder = OperationForm(
    kind: .releasePledgeByOrder,
    fields: [
      vehicleField, ReleaseFields.caseNumber, ReleaseFields.judgment, ReleaseFields.id,
    ]
  ) { values, surroundings throws(Problem) in
    let vin = values[vehicleField]
    var recorded: Identifier?
    if case .releasePledgeByOrder(let release)? = surroundings.recorded { recorded = release.id }
    return .releasePledgeByOrder(
      PledgeReleaseByOrder(
        vin: vin, id: try livePledge(values[ReleaseFields.id] ?? recorded, vin, surroundings),
        caseNumber: values[ReleaseFields.caseNumber],
        judgment: try values[ReleaseFields.judgment].document()))
  }

  private static func livePledge(
    _ stated: Identifier?, _ vin: VehicleIdentificationNumber, _ surroundings: FormSurroundings
  ) throws(Problem) -> Identifier {
    if let stated { return stated }
    guard surroundings.inquiry != nil else { throw FormSurroundings.mustBeStated("--id") }
    if let pledge = try surroundings.vehicle(vin).pledge { return pledge.id }
    throw .refusal(
      .pledgeNotActive,
      what: LocalizedText(
        english: "vehicle \(vin) has no live pledge; nothing was sent.",
        chinese: "车辆 \(vin) 没有有效抵押；未发送任何内容。"),
      next: RefusalCode.pledgeNotActive.text.next.asSentenceAfterColon.naming(vin))
  }
}

/// The search of a lender before it takes a pledge: one look at the vehicle, from which all that
/// was left out is taken.
private struct PledgeSearch {
  private let vin: VehicleIdentificationNumber
  private let by: MemberID
  private let known: (vehicle: VehicleState?, head: ChainHead)?

  /// A command that is repeated does not search again: it takes what was recorded.
  init(
    _ vin: VehicleIdentificationNumber, _ surroundings: FormSurroundings, isRepeated: Bool
  ) throws(Problem) {
    self.vin = vin
    by = surroundings.by
    known = isRepeated ? nil : try surroundings.knownVehicle(vin)
  }

  func height() throws(Problem) -> Height {
    guard let known else { throw FormSurroundings.mustBeStated("--search-height") }
    return known.head.height
  }

  func soleOwner() throws(Problem) -> Party {
    guard let owners = try vehicle("--pledgor").registration.owners, owners.count == 1 else {
      throw FormSurroundings.mustBeStated("--pledgor")
    }
    return owners[0]
  }

  /// The newest valuation by an appraiser or by the pledgee itself: the one that the contract asks
  /// for.
  func newestValuation() throws(Problem) -> Identifier {
    let counting = try vehicle("--valuation").valuations.filter {
      $0.authority == .appraiser || $0.author == by
    }
    guard let newest = counting.max(by: { ($0.asOf, $0.order) < ($1.asOf, $1.order) }) else {
      throw .refusal(
        .valuationMissing,
        what: LocalizedText(
          english: "vehicle \(vin) has no valuation that counts for \(by); nothing was sent.",
          chinese: "车辆 \(vin) 没有对 \(by) 有效的评估；未发送任何内容。"),
        next: LocalizedText(
          english: "have it valued: hypothec valuation record \(vin) --value ...",
          chinese: "请先评估：hypothec valuation record \(vin) --value ..."))
    }
    return newest.id
  }

  private func vehicle(_ option: String) throws(Problem) -> VehicleState {
    guard let known else { throw FormSurroundings.mustBeStated(option) }
    guard let vehicle = known.vehicle else {
      throw .refusal(
        .vehicleUnknown,
        what: LocalizedText(
          english: "vehicle \(vin) is not registered on this network; nothing was sent.",
          chinese: "本网络没有登记车辆 \(vin)；未发送任何内容。"),
        next: RefusalCode.vehicleUnknown.text.next.asSentenceAfterColon.naming(vin))
    }
    return vehicle
  }
}
