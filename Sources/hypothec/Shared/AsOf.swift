import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// How fresh an answer is and where it comes from: every answer says so.
struct AsOf {
  /// Who answered.
  enum Source: String, Sendable {
    case runningNode = "node"
    case dataDirectory = "directory"
  }

  let networkName: NetworkName
  let head: ChainHead
  let source: Source
  /// When the answer came, by this machine's clock.
  let now: WallTime

  /// Since the head's block; zero if this machine's clock is behind.
  var age: Duration {
    let milliseconds = now.millisecondsSince1970 - head.time.wallTime.millisecondsSince1970
    return .milliseconds(max(0, milliseconds))
  }

  /// `demo-net, height 48,213, 3 s ago`.
  var text: LocalizedText {
    let height = NumberText.grouped(head.height.rawValue)
    return LocalizedText(
      english: "\(networkName), height \(height), \(DurationText.age(age, .english))",
      chinese: "\(networkName)，高度 \(height)，\(DurationText.age(age, .chinese))")
  }

  /// The member `asOf` of every answer.
  var json: JSONMember {
    JSONMember(
      "asOf",
      [
        "network": .string(networkName.text), "networkId": .string(head.network.description),
        "height": .height(head.height), "time": .time(head.time),
        "ageSeconds": .integer(age.components.seconds), "source": .string(source.rawValue),
      ])
  }
}
