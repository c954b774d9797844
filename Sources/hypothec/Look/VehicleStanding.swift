import CommandInterface
import Documents
import Ledger

/// What a lender asks of a vehicle: may it be taken as security, as far as this network knows?
///
/// *Unknown to this network* and *registered, no live pledge* are different answers.
enum VehicleStanding: Hashable {
  case unknown
  case free
  /// A live pledge holds the slot.
  case pledged
  /// No live pledge, but a flag keeps the vehicle from being pledged.
  case blocked

  init(_ vehicle: VehicleState?) {
    guard let vehicle else {
      self = .unknown
      return
    }
    let hindrances: VehicleFlags = [.blockingPledge, .deregistered, .onWatchList]
    if vehicle.pledge != nil {
      self = .pledged
    } else {
      self = vehicle.flags.isDisjoint(with: hindrances) ? .free : .blocked
    }
  }

  /// Never translated.
  var word: String {
    switch self {
    case .unknown: "unknown"
    case .free: "free"
    case .pledged: "pledged"
    case .blocked: "blocked"
    }
  }

  var spoken: LocalizedText {
    switch self {
    case .unknown: LocalizedText(english: "unknown to this network", chinese: "本网络未登记")
    case .free: LocalizedText(english: "free: no live pledge", chinese: "无有效抵押")
    case .pledged: LocalizedText(english: "encumbered: pledged", chinese: "已抵押")
    case .blocked: LocalizedText(english: "blocked", chinese: "已锁定")
    }
  }

  var style: TextStyle {
    switch self {
    case .unknown: .yellow
    case .free: .green
    case .pledged, .blocked: .red
    }
  }

  var exitCode: ExitCode {
    switch self {
    case .unknown: .notFound
    case .free: .success
    case .pledged, .blocked: .encumbered
    }
  }
}

extension VehicleState {
  /// The fields of the title that are unstated, without which the vehicle cannot be pledged.
  var unstatedTitleFields: [LocalizedText] {
    let fields: [(Bool, LocalizedText)] = [
      (registration.owners == nil, LocalizedText(english: "owners", chinese: "所有人")),
      (registration.use == nil, LocalizedText(english: "use", chinese: "使用性质")),
      (registration.energy == nil, LocalizedText(english: "energy", chinese: "能源类型")),
      (registration.region == nil, LocalizedText(english: "region", chinese: "地区")),
      (registration.certificate == nil, LocalizedText(english: "certificate", chinese: "登记证书")),
    ]
    return fields.filter(\.0).map(\.1)
  }
}

extension LivePledge {
  /// Since when it exists by the vehicle office's register, if it was copied from there.
  var transcribedSince: Timestamp? {
    guard case .transcribed(let since, _) = creation.basis else { return nil }
    return since
  }

  /// What the slot shows to everybody: no amount and no person.
  var slotJSON: JSONValue {
    [
      "id": .identifier(id), "pledgee": .member(pledgee), "security": creation.security.json,
      "height": .height(acceptedAt.height), "acceptedAt": .time(acceptedAt.time),
      "transcribedSince": .optional(transcribedSince, JSONValue.time),
    ]
  }
}
