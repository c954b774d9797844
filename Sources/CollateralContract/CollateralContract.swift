import Ledger

// The collateral contract: what members may record of a vehicle, and what is refused.
//
// The rules are a pure function of (state, block context, transaction): no clock, no randomness, no
// I/O, no order of a dictionary. Every node computes the same outcome and the same changes.
//
// - A transaction is applied whole or not at all. Its operations run in order, each on what the
//   earlier ones did; the first that breaks a rule is the outcome.
// - An operation's checks run in the order role, vehicle, slot, ids, owner, search, valuation,
//   amounts, terms; the folder Rules has one file an operation, which is that list from top to
//   bottom.
// - A change of the network is its governors' to make: the folder Rules/Governance. Its checks run in
//   the order quorum, sequence, members, keys, and what the change itself asks.
// - A refused transaction changes three things only: its submitter's count of refusals, the history
//   of the vehicle whose operation failed, and that vehicle's count of attempted double pledges.
// - What the submitter alone decides (form, signatures, validity, reference) is no outcome:
//   `BlockTransition` leaves such a transaction out, and a block that holds it is invalid.
//
// What the rules rely on and do not check: every signature was verified against the keys in the
// parent block's state, and a `Transaction` is well-formed.

package enum CollateralContract {
  /// What became of a transaction.
  package enum Execution: Hashable, Sendable {
    case done(ExecutedTransaction)
    /// The transaction has no place in this block, and nothing changed: a signer is no member, or
    /// it was refused and its submitter has had its number of recorded refusals in this hour.
    case leftOut(RefusalCode)
  }

  /// Applies a transaction whole, or records its refusal.
  ///
  /// Whether the transaction is valid now and its reference unused is `BlockTransition`'s question.
  ///
  /// - Parameters:
  ///   - index: the transaction's index in its block.
  ///   - overlay: no transaction is running on it.
  package static func execute(
    _ transaction: Transaction, at index: Int, context: BlockContext, on overlay: StateOverlay
  ) throws(StateFault) -> Execution {
    guard let signers = try members(transaction.payload.signers, in: overlay) else {
      return .leftOut(.memberUnknown)
    }
    var run = TransactionRun(
      transaction, at: TransactionPlace(height: context.height, transactionIndex: index),
      rules: Rules(context: context, overlay: overlay, signers: signers))
    return try run.execute()
  }

  /// Why each of `operations` would be refused, each judged after the earlier ones that would not
  /// be: what an import asks about a file's rows. Changes nothing.
  ///
  /// Any number of operations. Earlier rows count as earlier operations of the same transaction, so
  /// that a search before the import stays current.
  package static func check(
    _ operations: [Operation], signers: [MemberID], context: BlockContext, on overlay: StateOverlay
  ) throws(StateFault) -> OperationsCheck {
    guard let members = try members(signers, in: overlay) else { return .leftOut(.memberUnknown) }
    guard operations.allSatisfy({ signers.contains($0.by) }) else {
      return .leftOut(.signerMissing)
    }
    if let code = try doorCode(of: operations, signers: signers, in: overlay) {
      return .leftOut(code)
    }
    overlay.beginTransaction()
    defer { overlay.undoTransaction() }
    var rules = Rules(context: context, overlay: overlay, signers: members)
    var refusals: [Refusal?] = []
    for (index, operation) in operations.enumerated() {
      do throws(Failure) {
        overlay.set(try rules.effect(of: operation))
        refusals.append(nil)
      } catch {
        refusals.append(try error.refusal(of: index))
      }
    }
    return .judged(refusals)
  }

  /// The members' states, in order; `nil` if one is no member.
  private static func members(
    _ ids: [MemberID], in overlay: StateOverlay
  ) throws(StateFault) -> [MemberState]? {
    var members: [MemberState] = []
    for id in ids {
      guard let member = try overlay.member(id) else { return nil }
      members.append(member)
    }
    return members
  }

  /// Why no transaction could hold these operations, signed by these members.
  private static func doorCode(
    of operations: [Operation], signers: [MemberID], in overlay: StateOverlay
  ) throws(StateFault) -> RefusalCode? {
    guard !operations.isEmpty else { return nil }
    do throws(RefusalCode) { try operations.checkTogether() } catch { return error }
    for signer in signers {
      let keys = try overlay.signingKeys(of: signer, for: operations.authority)
      guard let keys, !keys.isEmpty else { return .keyUnknown }
    }
    return nil
  }
}

extension StateOverlay {
  func set(_ effect: Rules.Effect) {
    switch effect {
    case .vehicle(let vehicle): set(.vehicle(vehicle.vin), to: .vehicle(vehicle))
    case .model(let model): set(.model(model.registration.model), to: .model(model))
    case .network(let edit): for entry in edit.entries { set(entry.id, to: entry.entry) }
    }
  }
}
