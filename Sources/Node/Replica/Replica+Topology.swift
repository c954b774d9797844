import Consensus
import Cryptography
import Ledger

// Who has links to whom: reports of all nodes, and whether the validators are connected well enough.

extension Replica {
  /// Reports this node's links when they have changed or it is time, and looks at everybody's.
  func tendTopology() throws(ReplicaFault) {
    guard !peers.isEmpty else { return }
    try report()
    guard nextAssessment <= now.instant else { return }
    nextAssessment = now.instant.advanced(byMicroseconds: GossipLimits.assessmentInterval)
    assess()
    for link in peers.links { reconsider(link) }
  }

  private func report() throws(ReplicaFault) {
    guard let key = configuration.transportKey,
      let content = topology.due(neighbours: peers.members, at: now)
    else { return }
    let report: TopologyReport
    do throws(CryptographyError) {
      report = TopologyReport(
        content: content,
        signature: try key.sign(content.toBeSigned(network: configuration.network)))
    } catch {
      throw .signing("\(error)")
    }
    topology.take(Verified(byVerifier: report), at: now.instant)
    send(.topology([report]), to: peers.links)
  }

  /// Takes reports that are new, and passes them on to those who do not get them from the reporting
  /// node itself.
  func take(_ reports: [TopologyReport], from link: Link) {
    for report in reports {
      let content = report.content
      guard topology.isNews(content, at: now.wallClock), let keys = transportKeys[content.member]
      else { continue }
      guard report.isValid(network: configuration.network, keys: keys) else {
        if mayKnowMore(link) { continue }
        return cut(link, .signatureInvalid("report of links"))
      }
      topology.take(Verified(byVerifier: report), at: now.instant)
      let others = gossip.neighbourhood.relayPeers(of: content.member, from: link)
      send(.topology([report]), to: others.map(\.link))
    }
  }

  /// Whether a peer may know keys that are registered above this node's head: those of nodes that took
  /// the place of lost ones, above all.
  private func mayKnowMore(_ link: Link) -> Bool {
    guard let status = peers[link]?.status?.consensus else { return true }
    return (status.epoch, status.finalizedHeight) > (machine.epoch, head)
  }

  /// Shows a new peer what is known.
  func sendReports(to link: Link) {
    for reports in topology.reports.chunks(of: GossipLimits.reportsPerMessage) {
      send(.topology(reports), to: [link])
    }
  }

  private func assess() {
    let assessment = topology.assessment(of: machine.validators, at: now.instant)
    let wasWeak = isWeaklyConnected
    weakAssessmentCount = assessment.isWeak ? weakAssessmentCount + 1 : 0
    connectivity = assessment
    guard isWeaklyConnected != wasWeak else { return }
    if isWeaklyConnected {
      log(
        LogEvent(
          .warning, "weak-topology", "The validators are connected too weakly",
          [LogField("reason", assessment.description)]))
    } else {
      log(LogEvent(.notice, "topology-sound", "The validators are connected well enough"))
    }
  }
}

extension Replica {
  /// Whether the validators have been connected too weakly for a while: after a start or a change of
  /// validators links and reports come one after the other, and that is nobody's concern.
  private var isWeaklyConnected: Bool { weakAssessmentCount > 1 }

  /// For operators, how the validators are connected too weakly; empty if they are not.
  var weakness: String { isWeaklyConnected ? connectivity.map { "\($0)" } ?? "" : "" }
}

extension Topology.Assessment: CustomStringConvertible {
  /// In words, for operators.
  package var description: String {
    let silence =
      silent.isEmpty ? "" : "; not heard of: \(silent.map(\.text).joined(separator: ", "))"
    guard let connectivity, isWeak else { return "connected well enough\(silence)" }
    if connectivity == 0 { return "some of them have no way to the others\(silence)" }
    return "without \(cut.map(\.text).joined(separator: ", ")) some of them have no way to the"
      + " others, and \(faultCount) may fail\(silence)"
  }
}
