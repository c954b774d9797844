import CBOR
import Cryptography
import Ledger

// Shapes that requests and answers share.

extension LedgerReader {
  /// An array of at most `limit` items, read one by one.
  mutating func items<Value>(
    limit: Int, _ item: (inout LedgerReader) throws(LedgerError) -> Value
  ) throws(LedgerError) -> [Value] {
    let count = try array(limit: limit)
    var values: [Value] = []
    // An item may be as small as a byte, so what is not there yet takes no memory.
    values.reserveCapacity(min(count, 1_024))
    for _ in 0..<count { values.append(try item(&self)) }
    return values
  }

  /// `null`, or what `item` reads.
  mutating func optional<Value>(
    _ item: (inout LedgerReader) throws(LedgerError) -> Value
  ) throws(LedgerError) -> Value? {
    acceptNull() ? nil : try item(&self)
  }

  /// One of the raw values of `type`.
  mutating func choice<Value: RawRepresentable>(
    _ type: Value.Type
  ) throws(LedgerError) -> Value where Value.RawValue == UInt64 {
    let start = offset
    guard let value = Value(rawValue: try unsigned()) else { throw invalidValue(at: start) }
    return value
  }

  mutating func integer(in range: ClosedRange<Int>) throws(LedgerError) -> Int {
    let start = offset
    let value = try unsigned(through: UInt64(range.upperBound))
    guard value >= UInt64(range.lowerBound) else { throw invalidValue(at: start) }
    return Int(value)
  }

  mutating func transactionID() throws(LedgerError) -> TransactionID {
    TransactionID(try digest())
  }

  mutating func blockHash() throws(LedgerError) -> BlockHash { BlockHash(try digest()) }

  /// Two items: height, index in the block.
  mutating func transactionPlace() throws(LedgerError) -> TransactionPlace {
    try array(count: 2)
    let height = try height()
    return TransactionPlace(
      height: height, transactionIndex: try integer(in: 0...(Block.transactionLimit - 1)))
  }

  mutating func outcome() throws(LedgerError) -> Outcome { try Outcome(from: &self) }

  /// The state entry's id, as the state tree's keys have it: `[kind, id ...]`.
  mutating func stateID() throws(LedgerError) -> StateID {
    let start = offset
    let count = try array(limit: 3)
    let kind = try choice(StateKind.self)
    guard count == kind.idItemCount + 1 else { throw invalidValue(at: start) }
    switch kind {
    case .vehicle: return .vehicle(try vin())
    case .member: return .member(try memberID())
    case .validators: return .validators
    case .governance: return .governance
    case .policy: return .policy
    case .model:
      let id = try identifier()
      return .model(ModelReference(id: id, version: try identifier()))
    case .entity: return .entity(try legalEntity())
    case .node: return .node(try memberID())
    case .key: return .key(try digest())
    case .members: return .members
    case .reference:
      let submitter = try memberID()
      return .reference(submitter: submitter, try identifier())
    }
  }
}

extension StateKind {
  /// How many items name an entry of this kind.
  fileprivate var idItemCount: Int {
    switch self {
    case .validators, .governance, .policy, .members: 0
    case .vehicle, .member, .entity, .node, .key: 1
    case .model, .reference: 2
    }
  }
}

extension CBOREncoder {
  mutating func optional<Value>(
    _ value: Value?, _ encode: (inout CBOREncoder, Value) -> Void
  ) {
    if let value { encode(&self, value) } else { null() }
  }

  mutating func list<Value>(
    _ values: [Value], _ encode: (inout CBOREncoder, Value) -> Void
  ) {
    array(values.count)
    for value in values { encode(&self, value) }
  }

  mutating func transactionPlace(_ place: TransactionPlace) {
    array(2)
    height(place.height)
    unsigned(UInt64(place.transactionIndex))
  }

  mutating func stateID(_ id: StateID) {
    switch id {
    case .vehicle(let vin):
      begin(.vehicle)
      self.vin(vin)
    case .member(let member):
      begin(.member)
      memberID(member)
    case .validators: begin(.validators)
    case .governance: begin(.governance)
    case .policy: begin(.policy)
    case .model(let model):
      begin(.model)
      identifier(model.id)
      identifier(model.version)
    case .reference(let submitter, let reference):
      begin(.reference)
      memberID(submitter)
      identifier(reference)
    case .entity(let entity):
      begin(.entity)
      legalEntity(entity)
    case .node(let member):
      begin(.node)
      memberID(member)
    case .key(let keyID):
      begin(.key)
      digest(keyID)
    case .members: begin(.members)
    }
  }

  private mutating func begin(_ kind: StateKind) {
    array(1 + kind.idItemCount)
    unsigned(kind.rawValue)
  }
}
