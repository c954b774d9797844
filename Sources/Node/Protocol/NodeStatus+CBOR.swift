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

  /// `[member, role, view, uptime in milliseconds, waiting transactions, what it waits for,
  /// weakness, [* peer]]`.
  fileprivate func encode(into encoder: inout CBOREncoder) {
    encoder.array(8)
    encoder.memberID(member)
    encoder.unsigned(role.rawValue)
    encoder.view(view)
    encoder.unsigned(uptimeMilliseconds)
    encoder.unsigned(UInt64(waitingTransactions))
    encoder.text(waitsFor.prefix(byteCount: RunningStatus.textLimit))
    encoder.text(weakness.prefix(byteCount: RunningStatus.textLimit))
    encoder.list(peers) { $1.encode(into: &$0) }
  }

  fileprivate init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 8)
    let member = try reader.memberID()
    let role = try reader.choice(NodeRole.self)
    let view = try reader.view()
    let uptimeMilliseconds = try reader.unsigned()
    let waitingTransactions = try reader.integer(in: 0...NodeLimits.transactionLimit)
    let waitsFor = try reader.text(limit: RunningStatus.textLimit)
    let weakness = try reader.text(limit: RunningStatus.textLimit)
    self.init(
      member: member, role: role, view: view, uptimeMilliseconds: uptimeMilliseconds,
      waitingTransactions: waitingTransactions, waitsFor: waitsFor,
      weakness: weakness,
      peers: try reader.items(limit: NetworkFile.memberLimit) { reader throws(LedgerError) in
        try PeerSummary(from: &reader)
      })
  }
}

extension PeerSummary {
  private static let textLimit = 256

  /// `[member, address, [since, round trip / null, said / null] / reason]`.
  fileprivate func encode(into encoder: inout CBOREncoder) {
    encoder.array(3)
    encoder.memberID(member)
    encoder.text(address.prefix(byteCount: PeerSummary.textLimit))
    switch reach {
    case .linked(let link): link.encode(into: &encoder)
    case .unreachable(let reason): encoder.text(reason.prefix(byteCount: PeerSummary.textLimit))
    }
  }

  fileprivate init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 3)
    let member = try reader.memberID()
    let address = try reader.text(limit: PeerSummary.textLimit)
    let reach: Reach =
      try reader.nextIsArray()
      ? .linked(try LinkSummary(from: &reader))
      : .unreachable(try reader.text(limit: PeerSummary.textLimit))
    self.init(member: member, address: address, reach: reach)
  }
}

extension LinkSummary {
  fileprivate func encode(into encoder: inout CBOREncoder) {
    encoder.array(3)
    encoder.unsigned(sinceMilliseconds)
    encoder.optional(roundTripMicroseconds) { $0.unsigned($1) }
    encoder.optional(said) { encoder, said in
      encoder.array(4)
      encoder.unsigned(said.role.rawValue)
      encoder.height(said.height)
      encoder.view(said.view)
      encoder.integer(said.clockMilliseconds)
    }
  }

  fileprivate init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 3)
    let since = try reader.unsigned()
    let roundTrip = try reader.optional { reader throws(LedgerError) in try reader.unsigned() }
    let said = try reader.optional { reader throws(LedgerError) in
      try reader.array(count: 4)
      let role = try reader.choice(NodeRole.self)
      let height = try reader.height()
      let view = try reader.view()
      return Said(
        role: role, height: height, view: view, clockMilliseconds: try reader.integer())
    }
    self.init(sinceMilliseconds: since, roundTripMicroseconds: roundTrip, said: said)
  }
}
