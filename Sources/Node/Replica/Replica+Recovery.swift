import Consensus
import Ledger

// Recovery records among peers (docs/decisions/0013). Nothing here accepts one: that is the operator's
// act. A node that has one shows it to those who may not; who has not accepted it stops.

extension Chain {
  /// The head with its certificate, as the consensus machine knows it.
  var tip: FinalizedTip {
    FinalizedTip(
      header: head.header, finalization: headFinalization, recoveredEpoch: head.recoveredEpoch)
  }
}

extension Replica {
  /// The last block of an accepted record is final here: the machine goes on in the record's epoch.
  func beginRecovered() throws(ReplicaFault) {
    let tip = headTip
    let context = try faulting { () throws(ChainError) in try Replica.epochContext(chain, tip) }
    gossip.validatorsChanged(to: context.validators)
    machineInputs.append(.synchronised(tip, context))
    log(
      LogEvent(
        .notice, "recovered", "The network goes on by a recovery record",
        [LogField("height", head), LogField("epoch", context.validators.epoch.rawValue)]))
  }

  /// Shows a peer that is in an epoch before it the record that ended that, once a link.
  func showRecovery(to peer: Peer, in epoch: Epoch) {
    guard !peer.knowsRecovery, let record = chain.recoveries.all.last,
      epoch < record.epoch, record.epoch <= machine.epoch
    else { return }
    peers.update(peer.link) { $0.knowsRecovery = true }
    send(.recovery(record.encoded), to: [peer.link])
  }

  /// Who asks for the blocks behind a record's last one has come as far as it can without the record.
  func showRecovery(to link: Link, askingFrom height: Height) {
    guard let last = height.previous, let record = chain.recoveries[last] else { return }
    send(.recovery(record.encoded), to: [link])
  }

  /// A peer shows a record by which its network goes on.
  func take(recovery bytes: [UInt8], from link: Link) throws(ReplicaFault) {
    guard isFollowing else { return }
    let record: RecoveryRecord
    do throws(LedgerError) {
      record = try RecoveryRecord(bytes)
    } catch {
      cut(link, .malformed("\(error)"))
      return
    }
    let contradiction = try faulting { () throws(ChainError) in
      try chain.contradiction(with: record)
    }
    if let contradiction { halt(contradiction) }
  }
}
