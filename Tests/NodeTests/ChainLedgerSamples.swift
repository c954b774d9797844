import CBOR
import Cryptography
import Ledger
import TestSupport

/// One value of every format, all parts of it fixed: what golden vectors are made of.
enum LedgerSamples {
  static let network = ChainNetwork(validatorCount: 4, name: "golden")
  static let time = Timestamp.inChina("2026-03-01")
  static let vin = ContractNetwork.vehicles[0]

  /// An operation of each kind, with and without its optional fields.
  static let operations: [(name: String, operation: Operation)] = [
    ("register", .register(vin, occurredAt: time)),
    (
      "register, little stated",
      .register(vin) {
        $0.owners = nil
        $0.use = nil
        $0.energy = nil
        $0.firstRegistered = nil
        $0.region = nil
        $0.certificate = nil
      }
    ),
    ("value", .value(vin, "v-1", asOf: time)),
    (
      "value by a model",
      .value(vin, "v-2", asOf: time) {
        $0.method = .model
        $0.model = ModelReference(id: "model", version: "1")
        ($0.low, $0.high) = (.yuan(90_000), .yuan(110_000))
      }
    ),
    ("pledge", .pledge(vin, "p-1", basis: .search(valuation: "v-1", height: Height(7)))),
    (
      "pledge, transcribed",
      .pledge(
        vin, "p-2",
        basis: .transcribed(since: time, annotation: ContractNetwork.document("annotation")))
    ),
    ("release", .release(vin, "p-1", paidOn: "2026-03-02")),
    ("release by order", .releaseByOrder(vin, "p-1")),
    ("register model", .registerModel("1")),
  ]

  /// One of each change of the network, the last one closing the epoch.
  static let changes: [(name: String, operation: Operation)] = {
    let member = ContractNetwork.bankA.id
    let actions: [GovernanceAction] = [
      .admitMember(
        ChainNetwork.newcomer(
          "bank-new", roles: [.appraiser, .lender], entities: ["911100001000054748"],
          keys: [1, 2])),
      .setStanding(member, .suspended),
      .addKey(member, .transport, network.provenKey(of: member, .transport, number: 2)),
      .retireKey(
        member, .governor, keyID: ChainNetwork.key(of: member, .governor).publicKey.keyID),
      .setNode(
        NodeIdentity(
          member: member, consensusKey: network.provenKey(of: member, .consensus),
          transportKey: network.provenKey(of: member, .transport),
          addresses: [try! NodeAddress("bank-a.example:7100")])),
      .setPolicy(PolicySchedule.Change(policy: ContractNetwork.policy, height: Height(70))),
      .setThreshold(2),
      .setValidators(
        network.validatorChange(to: [member, ContractNetwork.bankB.id], in: Epoch(2))),
    ]
    return actions.enumerated().map { index, action in
      (action.kind.name, .govern(UInt64(index + 1), action))
    } + [("epoch.advance", .govern(9, .advanceEpoch))]
  }()

  /// All changes but the last in one transaction.
  static let governance = network.transaction(
    changes.dropLast().map(\.operation), reference: "golden/2", validUntil: time)

  static let transaction = network.transaction(
    [operations[0].operation, operations[2].operation], reference: "golden/1",
    validUntil: time, salt: SHA256.hash(Array("golden salt".utf8)))

  static let refused = Outcome.refused(
    Refusal(
      code: .pledgeAlreadyActive, operationIndex: 3,
      conflict: Conflict(id: "p-0", height: Height(300))))

  static let header = BlockHeader(
    network: network.id, epoch: Epoch(1), view: View(9), parentView: View(8), height: Height(5),
    time: time, proposer: network.proposer, parent: network.genesis.hash,
    transactionsRoot: Block.transactionsRoot(of: [transaction]),
    outcomesRoot: Block.outcomesRoot(of: [refused], transactions: [transaction]),
    transactionCount: 1, operationCount: 2, stateRoot: SHA256.hash([1]),
    historyRoot: SHA256.hash([2]), nextValidators: nil)

  static let block = Block(header: header, transactions: [transaction], outcomes: [refused])
  static let certificate = network.finalization(of: header)
  static let ballot = certificate.ballot
  static let vote = Vote(
    ballot: Ballot(epoch: Epoch(1), view: View(9), subject: .nullify), signer: ValidatorIndex(2),
    signature: [UInt8](repeating: 5, count: 64))

  /// A vehicle with something in every field.
  static let vehicle: VehicleState = {
    guard case .registerVehicle(let registration) = operations[0].operation.body,
      case .createPledge(let creation) = operations[4].operation.body
    else { preconditionFailure("the samples are in this order") }
    let moment = LedgerMoment(height: Height(4), time: time)
    var vehicle = VehicleState(
      registration: registration, registeredBy: ContractNetwork.registry.id, registeredAt: moment,
      blinding: SHA256.hash([3]))
    vehicle.flags = [.stolen]
    vehicle.pledge = LivePledge(
      id: "p-1", pledgee: ContractNetwork.bankA.id, acceptedAt: moment, creation: creation)
    vehicle.endedPledges = [
      EndedPledge(id: "p-0", pledgee: ContractNetwork.bankB.id, endedAt: Height(3))
    ]
    vehicle.valuations = [
      ValuationHead(
        author: ContractNetwork.appraiser.id, authority: .appraiser, id: "v-1", asOf: time,
        value: .yuan(100_000), low: .yuan(95_000), order: 0)
    ]
    vehicle.valuationIDs = ["v-1"]
    vehicle.attemptedDoublePledges = 2
    vehicle.history = HistoryHead(of: vin).appending(entry)
    return vehicle
  }()

  static let entry = HistoryEntry(
    place: TransactionPlace(height: Height(5), transactionIndex: 1), operationIndex: 2,
    transaction: transaction.id, operationHash: transaction.operationHashes[0], outcome: refused)

  /// An entry of each kind.
  static var entries: [(name: String, id: StateID, entry: StateEntry)] {
    var kinds: Set<StateKind> = []
    var found: [(name: String, id: StateID, entry: StateEntry)] = []
    for change in network.genesis.entries {
      guard let entry = change.entry, kinds.insert(entry.kind).inserted else { continue }
      found.append(("\(entry.kind)", change.id, entry))
    }
    found.append(("vehicle", .vehicle(vin), .vehicle(vehicle)))
    found.append(
      (
        "reference", .reference(submitter: ContractNetwork.bankA.id, "golden/1"),
        .reference(ReferenceState(transaction: transaction.id, validUntil: time))
      ))
    if case .registerModel(let registration) = operations[8].operation.body {
      found.append(
        (
          "model", .model(registration.model),
          .model(
            ModelState(
              registration: registration, registeredBy: ContractNetwork.appraiser.id,
              registeredAt: LedgerMoment(height: Height(2), time: time)))
        ))
    }
    found.append(
      (
        "policy, with the next", .policy,
        .policy(
          PolicySchedule(
            current: ContractNetwork.policy,
            next: .init(policy: ContractNetwork.policy, height: Height(70))))
      ))
    return found.sorted { $0.entry.kind.rawValue < $1.entry.kind.rawValue }
  }

  static func encoded(_ outcome: Outcome) -> [UInt8] {
    var encoder = CBOREncoder()
    outcome.encode(into: &encoder)
    return encoder.bytes
  }

  static func encoded(_ validators: ValidatorSet) -> [UInt8] {
    var encoder = CBOREncoder()
    validators.encode(into: &encoder)
    return encoder.bytes
  }
}
