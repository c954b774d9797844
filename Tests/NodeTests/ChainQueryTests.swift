import CollateralContract
import Cryptography
import Ledger
import Merkle
import Storage
import TestSupport
import Testing

@testable import Node

/// Compares answers with what reading all blocks one after the other gives.
@Suite("Questions to a chain")
struct ChainQueryTests {
  let driver: ChainDriver

  init() throws {
    driver = try ChainDriver(seed: 40)
    try driver.growLogged(30)
    // Some blocks are not in the log yet, and are found as well.
    for _ in 0..<5 { try driver.grow() }
  }

  private func ask(_ request: NodeRequest) -> NodeAnswer {
    let response = driver.chain.answer(request, running: nil, at: driver.time)
    #expect(response.head == driver.chain.chainHead)
    return response.answer
  }

  @Test("about entries are answered with proofs of presence and of absence")
  func entries() throws {
    let known = driver.naive.entries.keys.sorted { $0.key < $1.key }
    let absent = (0..<20).map { StateID.reference(submitter: ContractNetwork.bankA.id, "no-\($0)") }
    guard case .entries(let answers) = ask(.entries(known + absent, .proof)) else {
      Issue.record("no entries")
      return
    }
    let root = driver.chain.head.header.stateRoot
    #expect(answers.count == known.count + absent.count)
    for (id, answer) in zip(known + absent, answers) {
      #expect(answer.entry == driver.naive.entries[id])
      let proof = try #require(answer.proof)
      if let entry = answer.entry {
        try proof.verifyInclusion(root: root, key: id.key, valueHash: entry.valueHash)
      } else {
        try proof.verifyAbsence(root: root, key: id.key)
      }
    }
  }

  @Test("about a vehicle's history give every entry, chained to the head in its leaf")
  func history() throws {
    for vehicle in driver.naive.vehicles {
      var head = HistoryHead(of: vehicle.vin)
      var from: UInt64 = 0
      while true {
        guard case .history(let items) = ask(.history(vehicle.vin, from: from)) else { break }
        for item in items {
          #expect(item.number == head.count)
          head = head.appending(item.entry)
          let block = driver.blocks[Int(item.entry.place.height.rawValue) - 1]
          let transaction = block.transactions[item.entry.place.transactionIndex]
          #expect(item.operation == transaction.operations[item.entry.operationIndex])
          #expect(item.signers == transaction.payload.signers)
          #expect(item.time == block.header.time)
        }
        guard let last = items.last else { break }
        from = last.number + 1
      }
      #expect(head == vehicle.history)
      #expect(head.count > 3)
    }
  }

  @Test("about vehicles by prefix and by likeness give those and no others")
  func search() throws {
    let all = driver.naive.vehicles.map(\.vin)
    for prefix in ["", "L", "LF", "LFV2A21K0G4053021", "lfv2", "X", "LZPTCAP2561500278Z"] {
      let text = VehicleIdentificationNumber.canonical(from: prefix)
      guard case .vehicles(let found) = ask(.search(.prefix(prefix), limit: 100)) else {
        Issue.record("no vehicles")
        return
      }
      #expect(found == all.filter { $0.text.hasPrefix(text) }, "\(prefix)")
    }
    guard case .vehicles(let two) = ask(.search(.prefix("L"), limit: 2)) else { return }
    #expect(two == Array(all.prefix(2)))
    for vin in all {
      let like = "ABC" + vin.text.suffix(6).replacing("0", with: "O")
      guard case .vehicles(let found) = ask(.search(.similar(like), limit: 100)) else { return }
      #expect(found == all.filter { $0.similarityKey == vin.similarityKey })
    }
    guard case .failed(.badRequest) = ask(.search(.similar("?"), limit: 1)) else {
      Issue.record("no key")
      return
    }
  }

  @Test("about pledges give the live ones of a pledgee, and all that ever had an id")
  func pledges() throws {
    var seen = 0
    for member in ContractNetwork.members {
      let expected = driver.naive.vehicles.compactMap { vehicle in
        vehicle.pledge.flatMap {
          $0.pledgee == member.id ? PledgeItem(id: $0.id, vin: vehicle.vin) : nil
        }
      }
      guard
        case .pledges(let all) = ask(
          .pledges(.livePledges(of: member.id), after: nil, limit: 100))
      else { return }
      #expect(all == expected)
      guard let first = expected.first else { continue }
      seen += 1
      guard
        case .pledges(let rest) = ask(
          .pledges(.livePledges(of: member.id), after: PledgeCursor(vin: first.vin), limit: 100))
      else { return }
      #expect(rest == Array(expected.dropFirst()))
    }
    #expect(seen > 0)
    var ids: [Identifier: Set<VehicleIdentificationNumber>] = [:]
    for vehicle in driver.naive.vehicles {
      for id in vehicle.endedPledges.map(\.id) + [vehicle.pledge?.id].compactMap(\.self) {
        ids[id, default: []].insert(vehicle.vin)
      }
    }
    #expect(ids.count > 3)
    for (id, vins) in ids {
      guard case .pledges(let found) = ask(.pledges(.id(id), after: nil, limit: 100)) else {
        return
      }
      #expect(found == vins.sorted().map { PledgeItem(id: id, vin: $0) })
    }
  }

  private var allItems: [TransactionItem] {
    driver.blocks.flatMap { block in
      block.transactions.enumerated().map { index, transaction in
        TransactionItem(
          id: transaction.id,
          place: TransactionPlace(height: block.header.height, transactionIndex: index),
          time: block.header.time, submitter: transaction.payload.submitter,
          reference: transaction.payload.reference,
          operationCount: transaction.operations.count, outcome: block.outcomes[index])
      }
    }.reversed()
  }

  @Test("about transactions give the newest first, by submitter and outcome, page by page")
  func transactions() throws {
    let all = allItems
    #expect(all.count > 60)
    let submitters = [nil] + ContractNetwork.members.map { Optional($0.id) }
    for submitter in submitters {
      for outcome in [OutcomeFilter.any, .refusedOnly] {
        let expected = all.filter {
          (submitter == nil || $0.submitter == submitter)
            && (outcome == .any || $0.outcome != .accepted)
        }
        var found: [TransactionItem] = []
        while true {
          let filter = TransactionFilter(submitter: submitter, outcome: outcome)
          guard
            case .transactions(let page) = ask(
              .transactions(filter, before: found.last?.place, limit: 7))
          else { break }
          found += page
          if page.isEmpty { break }
        }
        #expect(found == expected)
      }
    }
  }

  @Test("about one transaction give its bytes, place and outcome")
  func transaction() throws {
    for item in allItems {
      guard case .transaction(.final(let found)) = ask(.transaction(item.id)) else {
        Issue.record("\(item.id) is not found")
        return
      }
      let block = driver.blocks[Int(item.place.height.rawValue) - 1]
      #expect(found.place == item.place)
      #expect(found.outcome == item.outcome)
      #expect(found.block == block.header.hash)
      #expect(found.bytes == block.transactions[item.place.transactionIndex].bytes)
    }
    guard case .transaction(.unknown) = ask(.transaction(TransactionID(.zero))) else {
      Issue.record("there is no such transaction")
      return
    }
  }

  @Test("about blocks give them with certificates that cover them")
  func blocks() throws {
    guard case .blocks(let items) = ask(.blocks(from: Height(3), waitMilliseconds: 0)) else {
      return
    }
    #expect(items.count == 33)
    let keys = ValidatorKeys(driver.network.genesis.validators)
    for (offset, item) in items.enumerated() {
      let block = try Block(item.block)
      #expect(block.header.hash == driver.blocks[offset + 2].header.hash)
      let certificate = try Certificate(item.certificate)
      #expect(certificate.ballot.subject.block?.hash == block.header.hash)
      #expect(
        certificate.isValid(
          network: driver.network.id, validators: driver.network.genesis.validators, keys: keys))
    }
    guard case .blocks(let none) = ask(.blocks(from: Height(99), waitMilliseconds: 0)) else {
      return
    }
    #expect(none.isEmpty)
  }

  @Test("about operations are judged as the contract judges them, and change nothing")
  func check() throws {
    let vin = ContractNetwork.vehicles[0]
    let operations: [Operation] = [.register(vin), .registerModel("fresh")]
    let signers = [ContractNetwork.registry.id, ContractNetwork.appraiser.id]
    let head = driver.chain.head
    guard case .check(let refusals) = ask(.check(signers: signers, operations)) else {
      Issue.record("not judged")
      return
    }
    #expect(refusals.count == 2)
    #expect(refusals[0]?.code == .vehicleAlreadyRegistered)
    #expect(driver.chain.head == head)
    guard case .failed(.unavailable) = ask(.submit(transaction: [])) else {
      Issue.record("nobody takes a transaction here")
      return
    }
  }

  @Test("about the status count vehicles, transactions and operations")
  func status() throws {
    guard case .status(let status) = ask(.status) else { return }
    #expect(status.vehicleCount == UInt64(driver.naive.vehicles.count))
    #expect(status.transactionCount == UInt64(allItems.count))
    #expect(
      status.operationCount
        == driver.blocks.reduce(0) { $0 + Block.operationCount(of: $1.transactions) })
    #expect(status.epoch == Epoch(1))
    #expect((status.validatorCount, status.quorum) == (1, 1))
  }
}
