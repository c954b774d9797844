import CommandInterface
import Ledger

/// The cases of the ledger's enums as people read them.
protocol Spoken {
  var spoken: LocalizedText { get }
}

extension SecurityKind: Spoken {
  var spoken: LocalizedText {
    switch self {
    case .mortgage: LocalizedText(english: "mortgage", chinese: "抵押")
    case .possessory: LocalizedText(english: "possessory pledge", chinese: "质押")
    case .retentionOfTitle: LocalizedText(english: "retention of title", chinese: "所有权保留")
    case .financeLease: LocalizedText(english: "finance lease", chinese: "融资租赁")
    }
  }
}

extension UseNature: Spoken {
  var spoken: LocalizedText {
    switch self {
    case .own: LocalizedText(english: "own use", chinese: "非营运")
    case .commercial: LocalizedText(english: "commercial use", chinese: "营运")
    }
  }
}

extension Energy: Spoken {
  var spoken: LocalizedText {
    switch self {
    case .internalCombustion: LocalizedText(english: "combustion", chinese: "燃油")
    case .batteryElectric: LocalizedText(english: "battery electric", chinese: "纯电动")
    case .plugInHybrid: LocalizedText(english: "plug-in hybrid", chinese: "插电混动")
    case .fuelCell: LocalizedText(english: "fuel cell", chinese: "燃料电池")
    }
  }
}

extension ReleaseReason: Spoken {
  var spoken: LocalizedText {
    switch self {
    case .paid: LocalizedText(english: "paid", chinese: "已清偿")
    case .waived: LocalizedText(english: "waived", chinese: "放弃")
    case .refinanced: LocalizedText(english: "refinanced", chinese: "转贷")
    case .disposed: LocalizedText(english: "disposed", chinese: "已处置")
    }
  }
}

extension ValuationMethod: Spoken {
  var spoken: LocalizedText {
    switch self {
    case .market: LocalizedText(english: "market", chinese: "市场法")
    case .cost: LocalizedText(english: "cost", chinese: "成本法")
    case .income: LocalizedText(english: "income", chinese: "收益法")
    case .model: LocalizedText(english: "model", chinese: "模型")
    case .inspection: LocalizedText(english: "inspection", chinese: "实车检验")
    case .auction: LocalizedText(english: "auction", chinese: "拍卖")
    }
  }
}

extension ValuationBasis: Spoken {
  var spoken: LocalizedText {
    switch self {
    case .retail: LocalizedText(english: "retail", chinese: "零售")
    case .wholesale: LocalizedText(english: "wholesale", chinese: "批发")
    case .forcedSale: LocalizedText(english: "forced sale", chinese: "快速变现")
    }
  }
}

extension OperationKind: Spoken {
  /// What was done, as the word of a history's row.
  var spoken: LocalizedText {
    switch self {
    case .registerVehicle: LocalizedText(english: "registered", chinese: "登记")
    case .recordValuation: LocalizedText(english: "valued", chinese: "评估")
    case .createPledge: LocalizedText(english: "pledged", chinese: "抵押")
    case .releasePledge: LocalizedText(english: "released", chinese: "解除")
    case .releasePledgeByOrder: LocalizedText(english: "released", chinese: "裁定解除")
    case .registerModel: LocalizedText(english: "model", chinese: "模型")
    case .governance: LocalizedText(english: "network changed", chinese: "变更网络")
    }
  }
}

extension VehicleFlags {
  /// Every flag with its word in JSON and its name for people, in the order of the bits.
  static let named: [(flag: VehicleFlags, word: String, spoken: LocalizedText)] = [
    (.deregistered, "deregistered", LocalizedText(english: "deregistered", chinese: "已注销")),
    (.stolen, "stolen", LocalizedText(english: "stolen", chinese: "被盗抢")),
    (.customs, "customs", LocalizedText(english: "under customs", chinese: "海关监管")),
    (
      .seizedByPolice, "seized-by-police",
      LocalizedText(english: "seized by the police", chinese: "公安查封")
    ),
    (.scrapped, "scrapped", LocalizedText(english: "scrapped", chinese: "报废")),
    (.totalLoss, "total-loss", LocalizedText(english: "total loss", chinese: "全损")),
    (
      .seizedByCourt, "seized-by-court",
      LocalizedText(english: "seized by a court", chinese: "法院查封")
    ),
    (.onWatchList, "on-watch-list", LocalizedText(english: "on the watch list", chinese: "关注名单")),
    (
      .underDisposal, "under-disposal", LocalizedText(english: "under disposal", chinese: "处置中")
    ),
  ]

  static let seizures: VehicleFlags = [.seizedByPolice, .seizedByCourt]

  var words: [String] { Self.named.filter { contains($0.flag) }.map(\.word) }

  /// `stolen, seized by a court`, or `none`.
  func text(_ language: Language) -> String {
    let set = Self.named.filter { contains($0.flag) }.map { $0.spoken[language] }
    if set.isEmpty { return LocalizedText(english: "none", chinese: "无")[language] }
    return set.joined(separator: language == .english ? ", " : "、")
  }
}
