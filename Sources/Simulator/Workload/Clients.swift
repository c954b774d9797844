import Cryptography
import Ledger
import Node
import SimulatedMachine

/// Who uses the network: registries, appraisers, banks, each submitting at whichever node, again at
/// another when no answer comes, and now and then two of them the same thing at the same moment.
///
/// Few vehicles, so that what they do meets: two banks that pledge one vehicle, a pledge after its
/// release, a registration of what is registered.
struct Clients {
  private static let vehicleLimit = 8
  static let retryMicroseconds: UInt64 = 3_000_000

  private let membership: SimulatedMembership
  private var random: SimulatedRandom
  private var referenceCount = 0
  private var bulkCount = 0
  private(set) var requests: [ClientRequest] = []
  /// Vehicles that were submitted for registration, and their last valuation.
  private var valuations: [Int: Identifier] = [:]
  private var vehicleCount = 0
  /// Pledges that were accepted and not released, as far as clients have heard.
  private var pledges: [(vehicle: Int, id: Identifier, bank: MemberID)] = []
  private(set) var acceptedChangeCount: UInt64 = 0

  init(_ membership: SimulatedMembership, seed: UInt64) {
    self.membership = membership
    random = SimulatedRandom(seed: seed ^ 0xC11E_4775)
  }

  /// Where the network is, as somebody who asks a node learns it.
  struct Outlook {
    let time: Timestamp
    let height: Height
    let validators: ValidatorSet
    let changesEpochs: Bool
  }

  /// Requests without an answer that can still have one.
  func openRequests(at time: Timestamp) -> [ClientRequest] {
    requests.filter { request in
      request.answer == nil && (request.transaction?.payload.validUntil ?? time) >= time
    }
  }

  // MARK: What they want

  /// What is wanted now: one request, or several of the same moment.
  mutating func next(_ outlook: Outlook) -> [Int] {
    let operations: [[Operation]]
    switch random.below(outlook.changesEpochs ? 100 : 96) {
    case ..<20: operations = [[register()]]
    case ..<40: operations = [[value(outlook)]]
    case ..<62: operations = race(outlook)
    case ..<76: operations = [[release()]]
    case ..<80: operations = [bulk()]
    case ..<84:
      let again = [register()]
      let transaction = transaction(again, outlook)
      return [add(.submit(transaction), isNew: true), add(.submit(transaction), isNew: false)]
    case ..<88:
      let soon = transaction(
        [value(outlook)], outlook, validFor: 50 + UInt64(random.below(2_000)))
      return [add(.submit(soon), isNew: true)]
    case ..<96:
      return [add(.prove([.vehicle(vin(random.below(Clients.vehicleLimit)))]), isNew: true)]
    default: operations = [[changeEpoch(outlook)]]
    }
    return operations.map { add(.submit(transaction($0, outlook)), isNew: true) }
  }

  private mutating func add(_ wish: ClientRequest.Wish, isNew: Bool) -> Int {
    let number = requests.count
    requests.append(ClientRequest(number: number, wish: wish, isNew: isNew))
    return number
  }

  // MARK: What they hear

  mutating func ask(_ number: Int, node: Int, _ asked: RequestNumber, at time: UInt64) {
    requests[number].askedAt = requests[number].askedAt ?? time
    requests[number].node = node
    requests[number].asked = asked
  }

  /// The request that a node answers, if somebody still waits for it.
  func request(_ asked: RequestNumber, at node: Int) -> ClientRequest? {
    requests.last { $0.node == node && $0.asked == asked }
  }

  /// Takes what settles a request.
  mutating func settle(_ number: Int, _ answer: NodeAnswer, at time: UInt64) {
    requests[number].answeredAt = time
    requests[number].answer = answer
    guard case .submitted(.final(_, _, _, .accepted)) = answer,
      let transaction = requests[number].transaction
    else { return }
    for operation in transaction.operations { learn(operation) }
  }

  private mutating func learn(_ operation: Operation) {
    switch operation.body {
    case .createPledge(let pledge):
      if let vehicle = (0..<Clients.vehicleLimit).first(where: { vin($0) == pledge.vin }) {
        pledges.append((vehicle, pledge.id, operation.by))
      }
    case .releasePledge(let release): pledges.removeAll { $0.id == release.id }
    case .governance: acceptedChangeCount += 1
    default: break
    }
  }

  // MARK: Operations

  private mutating func vehicle() -> Int {
    random.below(max(1, min(vehicleCount, Clients.vehicleLimit)))
  }

  private mutating func register() -> Operation {
    if vehicleCount < Clients.vehicleLimit, random.chance(percent: 80) { vehicleCount += 1 }
    return registration(of: vin(vehicleCount == 0 ? 0 : random.below(vehicleCount)))
  }

  private mutating func bulk() -> [Operation] {
    (0..<5 + random.below(30)).map { _ in
      bulkCount += 1
      return registration(of: vin(1_000 + bulkCount))
    }
  }

  private func registration(of vin: VehicleIdentificationNumber) -> Operation {
    Operation(
      by: membership.registry,
      body: .registerVehicle(
        VehicleRegistration(
          vin: vin, owners: [Words.person], use: .own, energy: .batteryElectric, make: Words.make,
          model: Words.model, modelYear: 2025, region: Words.region,
          certificate: Words.document("certificate"))))
  }

  private mutating func value(_ outlook: Outlook) -> Operation {
    let vehicle = vehicle()
    let id = Words.identifier("v-\(referenceCount)")
    valuations[vehicle] = id
    return Operation(
      by: membership.appraiser,
      body: .recordValuation(
        ValuationRecording(
          vin: vin(vehicle), id: id, method: .market, basis: .retail,
          value: Words.money(200_000_00), asOf: outlook.time)))
  }

  /// One or two banks pledge one vehicle at the same moment.
  private mutating func race(_ outlook: Outlook) -> [[Operation]] {
    let vehicle = vehicle()
    let first = random.below(membership.banks.count)
    let count = random.chance(percent: 60) ? 2 : 1
    return (0..<count).map { offset in
      let bank = membership.banks[(first + offset) % membership.banks.count]
      return [pledge(vehicle, by: bank, "p-\(referenceCount)-\(offset)", outlook)]
    }
  }

  private func pledge(
    _ vehicle: Int, by bank: MemberID, _ id: String, _ outlook: Outlook
  ) -> Operation {
    Operation(
      by: bank,
      body: .createPledge(
        PledgeCreation(
          vin: vin(vehicle), id: Words.identifier(id), security: .mortgage, pledgor: Words.person,
          debtor: Words.person, principal: Words.money(100_000_00),
          contract: Words.document("contract \(id)"), start: Words.start,
          maturity: Words.maturity,
          basis: .search(
            valuation: valuations[vehicle] ?? Words.identifier("none"), height: outlook.height))))
  }

  private mutating func release() -> Operation {
    guard !pledges.isEmpty, random.chance(percent: 90) else {
      return Operation(
        by: membership.banks[0],
        body: .releasePledge(
          PledgeRelease(vin: vin(vehicle()), id: Words.identifier("nothing"), reason: .paid)))
    }
    let pledge = pledges[random.below(pledges.count)]
    return Operation(
      by: pledge.bank,
      body: .releasePledge(
        PledgeRelease(vin: vin(pledge.vehicle), id: pledge.id, reason: .paid)))
  }

  /// The next epoch, with a follower more among its validators, with one less if there was one more,
  /// or with the same.
  private mutating func changeEpoch(_ outlook: Outlook) -> Operation {
    var members = outlook.validators.validators.map(\.member)
    let others = membership.nodes.filter { !members.contains($0) }
    var action = GovernanceAction.advanceEpoch
    if random.chance(percent: 60) {
      if members.count > membership.validatorCount {
        members.remove(at: random.below(members.count))
      } else if !others.isEmpty, members.count < ValidatorSet.limit {
        members.append(others[random.below(others.count)])
      }
      if members.count != outlook.validators.count {
        action = .setValidators(change(to: members.sorted(), in: outlook.validators.epoch.next))
      }
    }
    return Operation(
      by: membership.governor,
      body: .governance(GovernanceChange(sequence: acceptedChangeCount + 1, action: action)))
  }

  private func change(to members: [MemberID], in epoch: Epoch) -> ValidatorChange {
    let validators = members.map {
      Validator(member: $0, consensusKey: membership.key(of: $0, .consensus).publicKey)
    }
    guard let set = ValidatorSet(epoch: epoch, validators: validators) else {
      preconditionFailure("members that differ are a set of validators")
    }
    let message = ReadyAttestation.toBeSigned(network: membership.network, set: set)
    return ValidatorChange(
      members: members,
      attestations: members.map { member in
        ReadyAttestation(
          member: member,
          signature: SimulatedMembership.sign(message, with: membership.key(of: member, .consensus))
        )
      })
  }

  // MARK: Transactions

  private mutating func transaction(
    _ operations: [Operation], _ outlook: Outlook, validFor milliseconds: UInt64 = 3_600_000
  ) -> Transaction {
    referenceCount += 1
    let by = operations[0].by
    let reference = Words.identifier("ref-\(referenceCount)")
    var draft = TransactionDraft(
      network: membership.network, signers: [by], reference: reference,
      validUntil: outlook.time.advanced(byMilliseconds: milliseconds),
      salt: SHA256.hash(Array(reference.text.utf8)), operations: operations)
    do {
      let purpose: KeyPurpose = operations.authority == .governors ? .governor : .member
      try draft.sign(as: by, with: membership.key(of: by, purpose))
      return try draft.transaction()
    } catch {
      preconditionFailure("a client's transaction is well-formed: \(error)")
    }
  }

  /// European numbers have no check character.
  private func vin(_ number: Int) -> VehicleIdentificationNumber {
    let digits = String(number)
    return Words.vin("WBA1A1" + String(repeating: "0", count: 11 - digits.count) + digits)
  }
}
