import CBOR
import Cryptography

extension NetworkFile {
  /// The canonical network file: the bytes whose hash is the network's id.
  package var encoded: [UInt8] {
    var encoder = CBOREncoder(reservingCapacity: 4_096)
    encoder.array(9)
    encoder.unsigned(NetworkFile.version)
    encoder.memberID(name)
    encoder.timestamp(genesisTime)
    encoder.array(members.count)
    for member in members { member.encode(into: &encoder) }
    encoder.array(validators.count)
    for validator in validators { validator.encode(into: &encoder) }
    encoder.array(followers.count)
    for follower in followers { follower.encode(into: &encoder) }
    encoder.array(governors.count)
    for governor in governors { governor.encode(into: &encoder) }
    encoder.unsigned(UInt64(governorThreshold))
    policy.encode(into: &encoder)
    return encoder.bytes
  }

  /// Reads a canonical network file and checks that the network can run.
  package init(_ bytes: [UInt8]) throws(NetworkFileError) {
    do {
      var reader = LedgerReader(bytes)
      try self.init(from: &reader)
      try reader.finish()
    } catch {
      throw .malformed(error)
    }
    // The parts are sorted when they are put together, so a file in another order shows here.
    guard encoded == bytes else { throw .malformed(.malformed(.notDeterministic(offset: 0))) }
    try check()
  }

  private init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 9)
    let start = reader.offset
    guard try reader.unsigned() == NetworkFile.version else { throw reader.invalidValue(at: start) }
    let name = try reader.memberID()
    let genesisTime = try reader.timestamp()
    let members = try reader.list(1...NetworkFile.memberLimit) {
      reader throws(LedgerError) in try GenesisMember(from: &reader)
    }
    let validators = try reader.list(1...ValidatorSet.limit) {
      reader throws(LedgerError) in try NodeIdentity(from: &reader)
    }
    let followers = try reader.list(0...NetworkFile.memberLimit) {
      reader throws(LedgerError) in try NodeIdentity(from: &reader)
    }
    let governors = try reader.list(1...NetworkFile.memberLimit) {
      reader throws(LedgerError) in try Governor(from: &reader)
    }
    let threshold = try reader.number(1...UInt64(NetworkFile.memberLimit))
    self.init(
      name: name, genesisTime: genesisTime, members: members, validators: validators,
      followers: followers, governors: governors, governorThreshold: Int(threshold),
      policy: try Policy(from: &reader))
  }
}

extension GenesisMember {
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(5)
    encoder.memberID(id)
    encoder.descriptiveText(name)
    encoder.array(roles.count)
    for role in roles { encoder.unsigned(role.rawValue) }
    encoder.array(keys.count)
    for key in keys { encoder.byteString(key.coseKey) }
    encoder.array(entities.count)
    for entity in entities { encoder.legalEntity(entity) }
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    let start = reader.offset
    try reader.array(count: 5)
    let id = try reader.memberID()
    let name = try reader.descriptiveText()
    let roles = try reader.list(1...Role.allCases.count) {
      reader throws(LedgerError) in try reader.enumeration(Role.self)
    }
    let keys = try reader.list(1...GenesisMember.keyLimit) {
      reader throws(LedgerError) in try reader.publicKey()
    }
    let entities = try reader.list(0...GenesisMember.entityLimit) {
      reader throws(LedgerError) in try reader.legalEntity()
    }
    // A list in another order, or one that says a thing twice, would be a second encoding.
    guard roles.isStrictlyAscending, keys.map(\.keyID).isStrictlyAscending,
      entities.isStrictlyAscending
    else { throw .malformed(.notDeterministic(offset: start)) }
    self.init(id: id, name: name, roles: roles, keys: keys, entities: entities)
  }
}

extension NodeIdentity {
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(6)
    encoder.memberID(member)
    consensusKey.encode(into: &encoder)
    transportKey.encode(into: &encoder)
    encoder.array(addresses.count)
    for address in addresses { encoder.text(address.text) }
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 6)
    let member = try reader.memberID()
    let consensusKey = try ProvenKey(from: &reader)
    let transportKey = try ProvenKey(from: &reader)
    let addresses = try reader.list(0...NodeIdentity.addressLimit) {
      reader throws(LedgerError) in try reader.nodeAddress()
    }
    self.init(
      member: member, consensusKey: consensusKey, transportKey: transportKey, addresses: addresses)
  }
}

extension Governor {
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(2)
    encoder.memberID(member)
    encoder.byteString(key.coseKey)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 2)
    member = try reader.memberID()
    key = try reader.publicKey()
  }
}
