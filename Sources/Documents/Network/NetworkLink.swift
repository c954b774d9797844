import CommandInterface
import Ledger

/// Two nodes that keep a connection, in a network where not everybody has one with everybody.
package struct NetworkLink: Hashable, Sendable {
  static let limit = 4_096

  let first: MemberID
  let second: MemberID

  /// `["bank-a", "bank-b"]`.
  init?(_ field: JSONField) {
    guard let ends = field.list(2...2, { $0.value(.member) }) else { return nil }
    first = ends[0]
    second = ends[1]
  }

  /// The other end, if `member` is one.
  func peer(of member: MemberID) -> MemberID? {
    if member == first { return second }
    return member == second ? first : nil
  }
}

extension NetworkLink {
  /// Notes links that cannot be, and nodes that no chain of links reaches: the network would never
  /// agree. Returns whether all is well.
  static func check(
    _ links: [NetworkLink], among nodes: [MemberID], _ field: JSONField
  ) -> Bool {
    let known = Set(nodes)
    var seen: Set<Set<MemberID>> = []
    var isRight = true
    func wrong(_ english: String, _ chinese: String) {
      isRight = false
      field.wrong(english, chinese)
    }
    for link in links {
      for end in [link.first, link.second] where !known.contains(end) {
        wrong("\(end) has no node to link", "\(end) 没有可连接的节点")
      }
      let ends: Set = [link.first, link.second]
      if ends.count == 1 {
        wrong("\(link.first) is linked with itself", "\(link.first) 与自身相连")
      } else if !seen.insert(ends).inserted {
        wrong(
          "\(link.first) and \(link.second) are linked twice",
          "\(link.first) 与 \(link.second) 重复相连")
      }
    }
    let apart = unreached(links, nodes)
    if isRight, !apart.isEmpty {
      let list = apart.map(\.text).joined(separator: ", ")
      wrong("no chain of links reaches \(list)", "没有连接可到达 \(list)")
    }
    return isRight
  }

  /// The nodes that the first one cannot reach, in their order.
  private static func unreached(_ links: [NetworkLink], _ nodes: [MemberID]) -> [MemberID] {
    guard let first = nodes.first else { return [] }
    var reached: Set = [first]
    var waiting = [first]
    while let member = waiting.popLast() {
      for link in links {
        guard let peer = link.peer(of: member), reached.insert(peer).inserted else { continue }
        waiting.append(peer)
      }
    }
    return nodes.filter { !reached.contains($0) }
  }
}

extension NetworkTemplate {
  /// Whom a member's node is to keep a connection with; `nil` for everybody.
  package func peers(of member: MemberID) -> [MemberID]? {
    links.map { links in links.compactMap { $0.peer(of: member) } }
  }
}
