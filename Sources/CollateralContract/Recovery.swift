import Cryptography
import Ledger

/// What a recovery record does to the state after its last block (docs/formats/recovery.md): it
/// registers nodes as `node.set` does, and sets the validators. Who signed and which block it names is
/// asked beside this.
package enum Recovery {
  /// Why a record cannot be followed from `chain`'s end, whose state is `state`; `nil` if it can.
  package static func fault(
    of record: RecoveryRecord, after chain: HeaderChain, state: any StateReader
  ) throws(StateFault) -> RecoveryFault? {
    let header = chain.header
    guard record.network == header.network else { return .network(record.network) }
    guard record.height == header.height, record.block == chain.hash else {
      return .block(height: record.height, record.block)
    }
    let least = chain.unrecoveredEpoch.next
    guard record.epoch >= least else { return .epoch(least: least, found: record.epoch) }
    guard record.time > header.time else { return .time(record.time) }
    if let fault = record.signatureFault(try state.governance()) { return fault }
    return try contentFault(of: record, on: state)
  }

  /// What is wrong with the record's validators and nodes; whoever drafts one asks this alone.
  package static func contentFault(
    of record: RecoveryRecord, on state: any StateReader
  ) throws(StateFault) -> RecoveryFault? {
    let overlay = StateOverlay(over: state)
    do throws(RecoveryFailure) {
      try apply(record, to: overlay)
      return nil
    } catch {
      switch error {
      case .record(let fault): return fault
      case .state(let fault): throw fault
      }
    }
  }

  /// Sets what a record changes.
  ///
  /// - Throws: a fault of the state if the record was not found to be right before.
  package static func begin(
    _ record: RecoveryRecord, on overlay: StateOverlay
  ) throws(StateFault) {
    do throws(RecoveryFailure) {
      try apply(record, to: overlay)
    } catch {
      switch error {
      case .record(let fault): throw StateFault(reason: "the recovery record is wrong: \(fault)")
      case .state(let fault): throw fault
      }
    }
  }

  private enum RecoveryFailure: Error {
    case record(RecoveryFault)
    case state(StateFault)
  }

  private static func apply(
    _ record: RecoveryRecord, to overlay: StateOverlay
  ) throws(RecoveryFailure) {
    let before: ValidatorSet
    var edit: NetworkEdit
    let rules: Rules
    do throws(StateFault) {
      before = try overlay.validatorSet()
      edit = NetworkEdit(try overlay.governance())
      rules = Rules(
        context: try BlockContext(
          network: record.network, height: record.height.next, time: record.time, state: overlay),
        overlay: overlay, signers: [])
    } catch {
      throw .state(error)
    }
    for node in record.nodes {
      do throws(Failure) {
        try makeRoom(for: node, rules)
        try rules.setNode(node, &edit)
      } catch {
        switch error {
        case .refused(let code, _): throw .record(.node(node.member, code))
        case .fault(let fault): throw .state(fault)
        }
      }
    }
    for (id, entry) in edit.entries { overlay.set(id, to: entry) }
    for validator in record.validators.validators {
      guard try isFit(validator, among: before, overlay) else {
        throw .record(.validator(validator.member))
      }
    }
    overlay.set(.validators, to: .validators(record.validators))
  }
  /// Retires the older of two transport keys before a third: no change of the network could.
  private static func makeRoom(for identity: NodeIdentity, _ rules: Rules) throws(Failure) {
    let before = try rules.reading { () throws(StateFault) in
      try rules.overlay.node(of: identity.member)
    }
    guard var node = before, node.transportKeys.count == NodeState.transportKeyLimit,
      !node.transportKeys.contains(identity.transportKey.key)
    else { return }
    node.transportKeys.removeLast()
    rules.overlay.set(.node(identity.member), to: .node(node))
  }

  /// Who is suspended does not come in, but may stay.
  private static func isFit(
    _ validator: Validator, among before: ValidatorSet, _ overlay: StateOverlay
  ) throws(RecoveryFailure) -> Bool {
    do throws(StateFault) {
      guard let member = try overlay.member(validator.member),
        member.standing == .active || before.index(of: validator.member) != nil
      else { return false }
      return try overlay.node(of: validator.member)?.consensusKey == validator.consensusKey
    } catch {
      throw .state(error)
    }
  }
}
