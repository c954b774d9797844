import CommandInterface
import Documents
import Ledger
import Node

extension ProblemCode {
  static let answerUnexpected = ProblemCode("ANSWER_UNEXPECTED")
  static let requestRefused = ProblemCode("REQUEST_REFUSED")
  static let dataUnavailable = ProblemCode("DATA_UNAVAILABLE")
  static let dataDamaged = ProblemCode("DATA_DAMAGED")
  static let proofInvalid = ProblemCode("PROOF_INVALID")
  static let vehicleNotFound = ProblemCode("VEHICLE_NOT_FOUND")
  static let pledgeNotFound = ProblemCode("PLEDGE_NOT_FOUND")
  static let valuationNotFound = ProblemCode("VALUATION_NOT_FOUND")
  static let transactionNotFound = ProblemCode("TRANSACTION_NOT_FOUND")
  static let outcomeUnknown = ProblemCode("OUTCOME_UNKNOWN")
}

extension Problem {
  /// The node answers, but not this.
  init(_ failure: NodeFailure) {
    switch failure {
    case .badRequest(let reason):
      self.init(
        .requestRefused, .dataError,
        what: LocalizedText(
          english: "the node does not take this question: \(reason).",
          chinese: "节点不接受该请求：\(reason)。"))
    case .unavailable(let reason):
      self.init(
        .dataUnavailable, .unreachable,
        what: LocalizedText(
          english: "the node cannot answer now: \(reason).", chinese: "节点暂时无法回答：\(reason)。"),
        next: LocalizedText(
          english: "see how it is: hypothec status", chinese: "查看节点状态：hypothec status"))
    case .damaged(let reason):
      self.init(
        .dataDamaged, .cannotTell,
        what: LocalizedText(
          english: "this node's data are damaged there: \(reason).",
          chinese: "该节点的这部分数据已损坏：\(reason)。"),
        next: LocalizedText(
          english: "see whether it is being repaired: hypothec status; or ask another node.",
          chinese: "查看是否正在修复：hypothec status；或询问其他节点。"))
    }
  }

  static var unexpectedAnswer: Problem {
    Problem(
      .answerUnexpected, .softwareError,
      what: LocalizedText(
        english: "the answer is not one to the question.", chinese: "回答与问题不符。"),
      next: LocalizedText(
        english: "check that node and command line have the same version: hypothec --version",
        chinese: "请确认节点与命令行版本一致：hypothec --version"))
  }

  /// What was answered contradicts its proof: exit status 20.
  static func proofInvalid(_ what: LocalizedText) -> Problem {
    Problem(
      .proofInvalid, .provenFalse, what: what,
      why: LocalizedText(
        english: "the command line checks every proof itself; this one does not hold.",
        chinese: "命令行自行核验每个证明；此证明不成立。"),
      next: LocalizedText(
        english: "do not rely on this answer. Ask another node, and report this one.",
        chinese: "请勿采信此回答。请询问其他节点，并报告该节点。"))
  }

  static func vehicleNotFound(_ vin: VehicleIdentificationNumber) -> Problem {
    let hint = vin.checkDigitHint
    return Problem(
      .vehicleNotFound, .notFound,
      what: LocalizedText(
        english: "vehicle \(vin) is unknown to this network.", chinese: "本网络没有车辆 \(vin)。"),
      why: hint
        ?? LocalizedText(
          english: "no registry has registered it here; that is proven, and says nothing about "
            + "other registers.",
          chinese: "没有登记机关在此登记过该车；这一点已证明，但不涉及其他登记系统。"),
      next: LocalizedText(
        english: "look for similar ones: hypothec vehicle search --similar \(vin)",
        chinese: "查找相近代号：hypothec vehicle search --similar \(vin)"),
      details: ["vin": .vin(vin)])
  }
}
