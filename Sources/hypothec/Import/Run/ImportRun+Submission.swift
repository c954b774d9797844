import CommandInterface
import Ledger
import Node

extension ImportRun {
  /// A node that is busy or away is asked so often before the run ends.
  static let setbackLimit = 20

  var isUnderWay: Bool { !ready.isEmpty || !underWay.isEmpty }

  func isUnderWay(any vehicles: Set<VehicleIdentificationNumber>) -> Bool {
    ready.contains { !$0.vehicles.isDisjoint(with: vehicles) }
      || underWay.values.contains { !$0.vehicles.isDisjoint(with: vehicles) }
  }

  /// Sends and receives while `condition` holds.
  func work(while condition: () -> Bool) throws(Problem) {
    while condition() {
      try stopIfAsked()
      try send()
      if !underWay.isEmpty { try receive() }
    }
  }

  /// Sends what is ready, in order, as far as the window and the vehicles let it.
  private func send() throws(Problem) {
    while let next = ready.first, underWay.count < settings.window {
      guard !underWay.values.contains(where: { !$0.vehicles.isDisjoint(with: next.vehicles) })
      else { return }
      if next.mayHaveBeenSent {
        try lookUp(ready.removeFirst())
        continue
      }
      do throws(NodeAccessError) {
        let number = try connected().submit(next.stored.transaction)
        underWay[number] = next
        ready.removeFirst()
        summary.submittedCount += next.transaction.operations.count
      } catch {
        // Bytes may have left; the node may have taken them.
        ready[0].mayHaveBeenSent = true
        try reconnect(after: error)
      }
    }
  }

  /// Settles an attempt that a block has; any other is ready to be sent. Asking may find the
  /// connection broken and put others before it, with which it has no vehicle in common.
  private func lookUp(_ attempt: ImportAttempt) throws(Problem) {
    var attempt = attempt
    if let final = try finalTransaction(attempt.transaction.id) {
      return try settle(attempt, final.outcome, final.place.height)
    }
    attempt.mayHaveBeenSent = false
    ready.insert(attempt, at: 0)
  }

  private func receive() throws(Problem) {
    let number: UInt64
    let response: NodeResponse
    do throws(NodeAccessError) {
      (number, response) = try connected().receive()
    } catch {
      return try reconnect(after: error)
    }
    guard let attempt = underWay.removeValue(forKey: number) else {
      preconditionFailure("a connection answers what was submitted through it")
    }
    try take(response, of: attempt)
  }

  /// Asks a question, again on a new connection if the old one broke.
  func ask(_ request: NodeRequest) throws(Problem) -> NodeResponse {
    while true {
      do throws(NodeAccessError) {
        return try connected().ask(request)
      } catch {
        try reconnect(after: error)
      }
    }
  }

  /// The transaction, if a block has it.
  func finalTransaction(_ id: TransactionID) throws(Problem) -> FinalTransaction? {
    let response = try ask(.transaction(id))
    guard case .transaction(let answer) = response.answer else {
      throw .unexpectedAnswer(response.answer)
    }
    if case .final(let final) = answer { return final }
    return nil
  }

  // MARK: Connections

  private func connected() throws(NodeAccessError) -> any ImportConnection {
    if let connection { return connection }
    let opened = try surroundings.open()
    connection = opened
    wasConnected = true
    return opened
  }

  /// Whatever was under way is looked up, and sent again if no block has it.
  private func reconnect(after error: NodeAccessError) throws(Problem) {
    connection = nil
    // In the order in which they were made, which is the order of the rows.
    let lost = underWay.values.sorted { $0.stored.number < $1.stored.number }
    underWay = [:]
    ready.insert(
      contentsOf: lost.map { attempt in
        var attempt = attempt
        attempt.mayHaveBeenSent = true
        return attempt
      }, at: 0)
    try endure(error)
  }

  /// Waits a moment after a setback; gives up after too many of them in a row.
  private func endure(_ error: NodeAccessError) throws(Problem) {
    setbackCount += 1
    guard setbackCount < Self.setbackLimit, wasConnected, error.mayPass else {
      throw .importStopped(error, isOpen: isUnderWay, resume: settings.resumeCommand)
    }
    surroundings.pause()
  }

  /// Sends an attempt once more when the node had no room for it.
  func sendLater(_ attempt: ImportAttempt, _ code: RefusalCode) throws(Problem) {
    ready.insert(attempt, at: 0)
    setbackCount += 1
    guard setbackCount < Self.setbackLimit * 10 else {
      throw .refusal(code, next: Problem.resumeText(settings.resumeCommand))
    }
    if underWay.isEmpty { surroundings.pause() }
  }

  // MARK: Interruption

  /// At Ctrl-C: waits for the answers that are due, then ends the run.
  func stopIfAsked() throws(Problem) {
    guard surroundings.interrupt.isRequested else { return }
    while !underWay.isEmpty, let (number, response) = lastAnswer() {
      guard let attempt = underWay.removeValue(forKey: number) else { continue }
      // Anything but an acceptance is looked up by the run that goes on.
      if case .submitted(.final(_, let place, _, .accepted)) = response.answer {
        try keepAccepted(attempt, place.height)
      }
    }
    throw .interrupted(resume: settings.resumeCommand)
  }

  /// `nil` if the connection is broken: then the next run asks what became of the rest.
  private func lastAnswer() -> (UInt64, NodeResponse)? {
    do throws(NodeAccessError) {
      return try connected().receive()
    } catch {
      return nil
    }
  }
}

extension NodeAccessError {
  /// Whether the same may go well a moment later.
  fileprivate var mayPass: Bool {
    switch self {
    case .timedOut, .closed, .notRunning, .refused, .system: true
    case .accessDenied, .pathTooLong, .anotherNetwork, .otherProtocol, .protocolViolation,
      .requestTooLarge:
      false
    }
  }
}

extension Problem {
  static func resumeText(_ command: String) -> LocalizedText {
    LocalizedText(
      english: "to go on, nothing is recorded twice: \(command)",
      chinese: "继续导入（不会重复登记）：\(command)")
  }

  static func importStopped(
    _ error: NodeAccessError, isOpen: Bool, resume: String
  ) -> Problem {
    Problem(
      isOpen ? .importOutcomeUnknown : .importNodeUnavailable,
      isOpen ? .outcomeUnknown : .unreachable,
      what: LocalizedText(
        english: isOpen
          ? "the node went away while transactions were under way; what became of them is not known "
            + "yet." : "the node cannot be reached.",
        chinese: isOpen ? "有交易在途时节点断开，结果尚未确定。" : "无法连接节点。"),
      why: LocalizedText(english: "\(error).", chinese: "\(error)。"),
      next: resumeText(resume))
  }
}
