import CollateralContract
import Cryptography
import Ledger
import Merkle

/// Executes blocks that others made, and says what is wrong with them: rules 1 to 5 of
/// docs/formats/blocks.md. That the header covers the body was checked when the block was read.
struct BlockJudge {
  let state: LedgerState
  let network: NetworkID

  /// The order of the checks is that of `BlockFault`'s cases, so that all nodes name the same one.
  func execute(
    _ waiting: WaitingBlock, hash: BlockHash, on parent: ExecutionParent,
    signatures: SignatureTrust, verifiers: inout VerifierCache
  ) throws(ChainError) -> Result<ExecutedBlock, BlockFault> {
    let block = waiting.block
    do throws(JudgeError) {
      try checkHeader(block, on: parent)
      try checkLimits(block)
      var work = try JudgeError.reading { () throws(StateFault) in
        try BlockWork(on: parent, time: block.header.time)
      }
      try checkSignatures(block, work, signatures, &verifiers)
      try execute(block, &work)
      let update = try checkRoots(block, work)
      return .success(
        ExecutedBlock(
          block, encoded: waiting.encoded, chain: parent.chain.appending(block.header, hash: hash),
          parentState: parent.state, work: work, update: update))
    } catch {
      switch error {
      case .invalid(let fault): return .failure(fault)
      case .fault(let error): throw error
      }
    }
  }

  private func checkHeader(_ block: Block, on parent: ExecutionParent) throws(JudgeError) {
    let validators = try JudgeError.reading { () throws(StateFault) in
      try parent.validators()
    }
    do {
      try parent.chain.check(block.header, validators: validators)
    } catch {
      throw .invalid(.header(error))
    }
  }

  private func checkLimits(_ block: Block) throws(JudgeError) {
    let signatureCount = block.transactions.reduce(0) { $0 + $1.signatures.count }
    guard signatureCount <= Block.signatureLimit else {
      throw .invalid(.tooManySignatures(signatureCount))
    }
    guard block.bodyByteCount <= Block.bodyByteLimit else {
      throw .invalid(.bodyTooLarge(byteCount: block.bodyByteCount))
    }
  }

  private func checkSignatures(
    _ block: Block, _ work: BlockWork, _ signatures: SignatureTrust,
    _ verifiers: inout VerifierCache
  ) throws(JudgeError) {
    var unverified: [UnverifiedTransaction] = []
    for (index, transaction) in block.transactions.enumerated() {
      let signers = try JudgeError.reading { () throws(StateFault) in
        try work.signers(of: transaction)
      }
      switch signers {
      case .failure(let code):
        throw .invalid(.signer(transactionIndex: index, code))
      case .success(let keys):
        guard case .verify = signatures else { continue }
        unverified.append(
          UnverifiedTransaction(
            index: index, transaction: transaction,
            verifiers: keys.map { verifiers.verifier(for: $0) }, network: network))
      }
    }
    guard case .verify(let firstInvalid) = signatures else { return }
    if let index = firstInvalid(unverified) {
      throw .invalid(.signature(transactionIndex: index))
    }
  }

  private func execute(_ block: Block, _ work: inout BlockWork) throws(JudgeError) {
    for (index, transaction) in block.transactions.enumerated() {
      let attempt: Attempt
      do { attempt = try work.attempt(transaction) } catch { throw .fault(.state(error)) }
      switch attempt {
      case .leftOut(let code):
        throw .invalid(.notAdmitted(transactionIndex: index, code))
      case .included(let outcome):
        guard outcome == block.outcomes[index] else {
          throw .invalid(
            .outcome(transactionIndex: index, expected: outcome, found: block.outcomes[index]))
        }
      }
    }
    do { try work.finish() } catch { throw .fault(.state(error)) }
  }

  private func checkRoots(_ block: Block, _ work: BlockWork) throws(JudgeError) -> MapUpdate {
    let update: MapUpdate
    do {
      update = try state.update(work.effects, after: work.parent.unfinal)
    } catch {
      throw .fault(error)
    }
    guard update.root == block.header.stateRoot else {
      throw .invalid(.stateRoot(expected: update.root, found: block.header.stateRoot))
    }
    guard work.nextValidators == block.header.nextValidators else {
      throw .invalid(
        .nextValidators(expected: work.nextValidators, found: block.header.nextValidators))
    }
    return update
  }
}

/// What ends the judging of a block: the block's fault, or the judge's.
private enum JudgeError: Error {
  case invalid(BlockFault)
  case fault(ChainError)

  static func reading<Value>(
    _ body: () throws(StateFault) -> Value
  ) throws(JudgeError) -> Value {
    do { return try body() } catch { throw .fault(.state(error)) }
  }
}
