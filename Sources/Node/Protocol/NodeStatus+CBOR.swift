import CBOR
import Cryptography
import Ledger

extension NodeStatus {
  /// `[network name, running / null, epoch, validators, quorum, vehicles, transactions,
  /// operations]`.
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(8)
    encoder.memberID(networkName)
    encoder.optional(running) { $1.encode(into: &$0) }
    encoder.epoch(epoch)
    encoder.unsigned(UInt64(validatorCount))
    encoder.unsigned(UInt64(quorum))
    encoder.unsigned(vehicleCount)
    encoder.unsigned(transactionCount)
    encoder.unsigned(operationCount)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 8)
    let networkName = try reader.memberID()
    let running = try reader.optional { reader throws(LedgerError) in
      try RunningStatus(from: &reader)
    }
    let epoch = try reader.epoch()
    let validatorCount = try reader.integer(in: 1...ValidatorSet.limit)
    let quorum = try reader.integer(in: 1...ValidatorSet.limit)
    let vehicleCount = try reader.unsigned()
    let transactionCount = try reader.unsigned()
    self.init(
      networkName: networkName, running: running, epoch: epoch, validatorCount: validatorCount,
      quorum: quorum, vehicleCount: vehicleCount, transactionCount: transactionCount,
      operationCount: try reader.unsigned())
  }
}

extension RunningStatus {
  private static let textLimit = 1_024

  /// `[member, role, view, uptime in milliseconds, waiting transactions, what it waits for]`.
  fileprivate func encode(into encoder: inout CBOREncoder) {
    encoder.array(6)
    encoder.memberID(member)
    encoder.unsigned(role.rawValue)
    encoder.view(view)
    encoder.unsigned(uptimeMilliseconds)
    encoder.unsigned(UInt64(waitingTransactions))
    encoder.text(waitsFor.prefix(byteCount: RunningStatus.textLimit))
  }

  fileprivate init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 6)
    let member = try reader.memberID()
    let role = try reader.choice(NodeRole.self)
    let view = try reader.view()
    let uptimeMilliseconds = try reader.unsigned()
    let waitingTransactions = try reader.integer(in: 0...NodeLimits.transactionLimit)
    self.init(
      member: member, role: role, view: view, uptimeMilliseconds: uptimeMilliseconds,
      waitingTransactions: waitingTransactions,
      waitsFor: try reader.text(limit: RunningStatus.textLimit))
  }
}
