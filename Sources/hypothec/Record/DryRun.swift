import CommandInterface
import Documents
import Ledger
import Node

/// What would become of operations now, and why: nothing is sent.
struct DryRun {
  private let inquiry: Inquiry
  private var context: CommandContext { inquiry.context }

  init(_ inquiry: Inquiry) { self.inquiry = inquiry }

  /// Throws the refusal that the operations would meet.
  func run(_ operations: [Operation], _ signers: [MemberID]) throws(Problem) -> ExitCode {
    let response = try inquiry.ask(.check(signers: signers, operations))
    guard case .check(let verdicts) = response.answer, verdicts.count == operations.count else {
      throw .unexpectedAnswer
    }
    let loans = try operations.map { operation throws(Problem) in
      try LoanArithmetic(operation, inquiry)
    }
    if let refusal = verdicts.compactMap({ $0 }).first {
      for loan in loans.compactMap({ $0 }) { context.note(loan.text) }
      throw try RefusalReport(refusal: refusal, operations: operations, recorded: .none)
        .problem(inquiry)
    }
    let asOf = try inquiry.asOf(response.head)
    let network = try inquiry.network()
    try context.answer {
      JSONDocument(
        JSONSchema("dry-run"),
        [
          JSONMember("wouldBe", "accepted"),
          JSONMember("signers", .array(signers.map(JSONValue.member))),
          JSONMember("operations", .array(operations.map(\.json))),
          JSONMember("loanToValue", .array(loans.compactMap { $0?.json })), asOf.json,
        ])
    } text: {
      text(operations, signers, loans.compactMap { $0 }, network, asOf)
    }
    return .success
  }

  private func text(
    _ operations: [Operation], _ signers: [MemberID], _ loans: [LoanArithmetic],
    _ network: KnownNetwork, _ asOf: AsOf
  ) -> String {
    let title = context.say("Would be accepted now", "现在提交将被接受")
    let texts = OperationText(language: context.language, network: network)
    var facts = FactList()
    for (index, operation) in operations.prefix(TransactionShow.shownLimit).enumerated() {
      facts.append(index == 0 ? context.say("Records", "登记") : "", texts.line(operation))
      if operations.count == 1 { appendFields(of: operation, to: &facts) }
    }
    facts.append(
      context.say("Signed by", "签署"), signers.map(network.name).joined(separator: ", "))
    for loan in loans {
      facts.append(context.say("Loan to value", "贷款价值比"), loan.text[context.language])
    }
    return
      ([Headline.text(title, asOf, context)] + facts.lines(context)
      + [context.say("Nothing was sent.", "未发送任何内容。")]).joined(separator: "\n")
  }

  /// Every field under its name in JSON, so that what was filled in is seen.
  private func appendFields(of operation: Operation, to facts: inout FactList) {
    guard case .object(let members) = operation.json else { return }
    let known = ["operation", "by"]
    for member in members where !known.contains(member.name) {
      facts.append("", "\(member.name): \(Self.plain(member.value))")
    }
  }

  /// `sha256:3dd7131bf1c9…`: a person compares the beginning; the rest is in the document.
  private static func shortened(_ text: String) -> String {
    for scheme in ["sha256:", "commitment:"] where text.hasPrefix(scheme) {
      return "\(text.prefix(scheme.count + 12))…"
    }
    return text
  }

  private static func plain(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): shortened(text)
    case .array(let elements): elements.map(plain).joined(separator: ", ")
    case .null, .boolean, .signed, .unsigned, .object: value.text
    }
  }
}

/// The loan-to-value arithmetic of a pledge: `principal x 10,000 <= value x cap`.
struct LoanArithmetic {
  private let principal: Money
  private let value: Money
  private let cap: BasisPoints?
  /// Of the value, in basis points, rounded up: what looks like the cap is not above it.
  private let share: UInt64
  private let isAllowed: Bool

  /// `nil` for other operations, and where valuation, currency or vehicle leave nothing to compute.
  init?(_ operation: Operation, _ inquiry: Inquiry) throws(Problem) {
    guard case .createPledge(let pledge) = operation.body,
      case .search(let valuationID, _) = pledge.basis
    else { return nil }
    let response = try inquiry.ask(.entries([.vehicle(pledge.vin), .policy], .none))
    guard case .entries(let answers) = response.answer, answers.count == 2,
      case .vehicle(let vehicle)? = answers[0].entry,
      case .policy(let schedule)? = answers[1].entry,
      let valuation = vehicle.valuations.first(where: { $0.id == valuationID }),
      valuation.value.currency == pledge.principal.currency
    else { return nil }
    let policy = schedule.policy(at: response.head.height.next)
    principal = pledge.principal
    value = policy.valuationEnd == .low ? valuation.low ?? valuation.value : valuation.value
    cap = Self.cap(of: vehicle.registration, policy, response.head.time)
    let (product, base) = (Int128(principal.minorUnits) * 10_000, Int128(value.minorUnits))
    share = UInt64(clamping: (product + base - 1) / base)
    isAllowed = cap.map { product <= base * Int128($0.rawValue) } ?? true
  }

  private static func cap(
    of registration: VehicleRegistration, _ policy: Policy, _ now: Timestamp
  ) -> BasisPoints? {
    guard let use = registration.use, let energy = registration.energy else { return nil }
    let today = CalendarDate(of: now, offsetMinutes: Int(policy.utcOffsetMinutes))
    let days = registration.firstRegistered?.days(until: today)
    let age: VehicleAge = days.map { $0 <= Int(policy.newVehicleDays) ? .new : .used } ?? .used
    return policy.loanToValueCaps.first {
      $0.fits(use: use, energy: EnergyClass(energy), age: age)
    }?.cap
  }

  /// The most that may be lent; `nil` where there is no cap.
  private var mostMinorUnits: Int64? {
    cap.map { Int64(clamping: Int128(value.minorUnits) * Int128($0.rawValue) / 10_000) }
  }

  private var shareText: String {
    let fraction = share % 100
    return "\(share / 100).\(fraction < 10 ? "0" : "")\(fraction)%"
  }

  private var most: Money? {
    guard let units = mostMinorUnits else { return nil }
    do throws(RefusalCode) {
      return try Money(minorUnits: units, currency: value.currency)
    } catch {
      return nil
    }
  }

  /// `100,000.00 of 128,000.00 CNY is 78.13%, cap 80%: at most 102,400.00 CNY`.
  var text: LocalizedText {
    let ratio = "\(principal.groupedText) / \(value.groupedText) = \(shareText)"
    guard let cap else {
      return LocalizedText(english: "\(ratio), no cap", chinese: "\(ratio)，无上限")
    }
    let verdict = isAllowed ? "≤" : ">"
    let limit = most?.groupedText ?? "0"
    return LocalizedText(
      english: "\(ratio) \(verdict) cap \(cap.percentText); at most \(limit)",
      chinese: "\(ratio) \(verdict) 上限 \(cap.percentText)；最多 \(limit)")
  }

  var json: JSONValue {
    [
      "principal": .money(principal), "value": .money(value),
      "shareBasisPoints": .integer(share),
      "capBasisPoints": .optional(cap) { .integer($0.rawValue) },
      "most": .optional(most, JSONValue.money), "allowed": .boolean(isAllowed),
    ]
  }
}
