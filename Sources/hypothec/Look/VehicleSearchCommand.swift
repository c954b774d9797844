import CommandInterface
import Documents
import Ledger
import Node

/// `vehicle search`: the VINs that begin with a text, or that look like one.
enum VehicleSearchCommand {
  static let text = Argument.required(
    "text", .text,
    LocalizedText(
      english: "The beginning of a VIN; with --similar, its end.",
      chinese: "VIN 的开头；使用 --similar 时为其末尾。"))

  static let similar = Flag(
    "similar",
    LocalizedText(
      english: "VINs whose last six characters are easily taken for those of the text.",
      chinese: "末六位与给出文本易混淆的 VIN。"))

  static let limit = Option.defaulted(
    "limit", .integer(1...NodeRequest.listLimit), to: "50",
    LocalizedText(english: "At most so many.", chinese: "最多显示的数量。"))

  static func command(_ source: AccessSource) -> Command {
    Command(
      "search",
      LocalizedText(english: "Find vehicles by a part of the VIN.", chinese: "按 VIN 的一部分查找车辆。"),
      arguments: [text], options: [similar, limit],
      examples: [
        Command.Example(
          "hypothec vehicle search LHYPC2D3",
          LocalizedText(english: "All that begin so:", chinese: "以此开头的全部车辆：")),
        Command.Example(
          "hypothec vehicle search --similar LHYPC2D34TDOO4Z17",
          LocalizedText(english: "After a typing mistake:", chinese: "可能输错时：")),
      ]
    ) { context throws(Problem) in
      try run(Inquiry(context, try source.open(context, .reading)))
    }
  }

  private static func run(_ inquiry: Inquiry) throws(Problem) -> ExitCode {
    let context = inquiry.context
    let typed = TypedText.compacted(context[text])
    let search: VehicleSearch = context[similar] ? .similar(typed) : .prefix(typed)
    if case .similar = search, VehicleIdentificationNumber.SimilarityKey(of: typed) == nil {
      throw context.misuse(
        LocalizedText(
          english: "--similar compares the last six letters or digits; give at least six",
          chinese: "--similar 比较末六位字母或数字，请至少给出六位"))
    }
    let limit = context[limit]
    let response = try inquiry.ask(.search(search, limit: limit))
    guard case .vehicles(let vehicles) = response.answer else { throw .unexpectedAnswer }
    let asOf = try inquiry.asOf(response.head)
    let isCut = vehicles.count == limit
    try context.answer {
      JSONDocument(
        JSONSchema("vehicle-search"),
        [
          JSONMember("text", .string(typed)), JSONMember("similar", .boolean(context[similar])),
          JSONMember("vehicles", .array(vehicles.map(JSONValue.vin))),
          JSONMember("mayHaveMore", .boolean(isCut)), .unproven, asOf.json,
        ])
    } text: {
      let count = NumberText.grouped(vehicles.count)
      let title = context.say(
        "\(count) vehicle\(vehicles.count == 1 ? "" : "s")", "\(count) 辆")
      let more = isCut ? [context.say(" … --limit shows more", " … 用 --limit 显示更多")] : []
      return
        ([Headline.text(title, asOf, context)] + vehicles.map { " \($0)" } + more
        + [context.unprovenText]).joined(separator: "\n")
    }
    return vehicles.isEmpty ? .notFound : .success
  }
}

extension JSONMember {
  /// A list from the node's index: each item can be proved by itself, that none is missing cannot.
  static let unproven = JSONMember("proof", ["proven": false])
}

extension CommandContext {
  var unprovenText: String {
    say("From the node's index; not proven.", "来自节点索引；未附证明。")
  }
}
