import Ledger
import Node
import SimulatedMachine

extension World {
  /// How long clients go on wanting things.
  private var workEnd: UInt64 { plan.seconds * 1_000_000 }

  func work() {
    guard now < workEnd else { return }
    let numbers = clients.next(outlook)
    for number in numbers { ask(number) }
    push(
      .work, after: 10_000 + UInt64(random.below(random.chance(percent: 10) ? 3_000_000 : 400_000)))
  }

  private var outlook: Clients.Outlook {
    // Whoever asks learns what one node knows.
    let replica = askable().flatMap { nodes[$0].replica }
    return Clients.Outlook(
      time: time, height: replica?.chainHead.height ?? .genesis,
      validators: replica?.validators ?? membership.genesis.validators,
      changesEpochs: plan.faults.contains(.epochs))
  }

  /// A node that runs, does not stand still, and is not known to lie.
  private func askable() -> Int? {
    let candidates = nodes.filter { node in
      node.life != nil && node.pausedUntil <= now && schedule.liars[node.original] == nil
    }
    return candidates.isEmpty ? nil : candidates[random.below(candidates.count)].index
  }

  /// Gives a request to a node; again later in any case, until it is settled.
  private func ask(_ number: Int) {
    push(.retry(number), after: Clients.retryMicroseconds)
    guard let index = askable() else { return }
    let node = nodes[index]
    let asked = node.nextRequest()
    clients.ask(number, node: index, asked, at: now)
    let request = clients.requests[number]
    note("client asks node \(index) for \(request.summary)")
    observe(.submitted(request))
    do {
      let body = NumberedRequest.encode(asked, request.request)
      turn(node, [.request(ClientID(1), try NumberedRequest(body))])
    } catch {
      preconditionFailure("a request is read as it was written: \(error)")
    }
  }

  /// What a clock shows that is right.
  var time: Timestamp {
    SimulatedMembership.genesisTime.advanced(byMilliseconds: 60_000 + now / 1_000)
  }

  func retry(_ number: Int) {
    if clients.requests[number].answer == nil { ask(number) }
  }

  func clientHears(_ answer: ReplicaAnswer, from node: SimulatedNode) {
    guard let request = clients.request(answer.number, at: node.index) else { return }
    note("node \(node.index) answers \(request.number): \(answer.response.answer)")
    let isSettled = ClientRequest.isSettled(by: answer.response, request.wish)
    observe(.answered(node, request, answer.response, isSettled: isSettled))
    if isSettled { clients.settle(request.number, answer.response.answer, at: now) }
  }
}

extension ClientRequest {
  fileprivate var summary: String {
    switch wish {
    case .submit(let transaction):
      "\(number): \(transaction.operations.map(\.body.kind.name).joined(separator: ", "))"
    case .prove(let ids): "\(number): proof of \(ids)"
    }
  }
}
