import CommandInterface
import Cryptography
import Documents
import Ledger
import Node
import SimulatedMachine
import Storage
import TestSupport

@testable import hypothec

/// A node of a network of one: a chain on a simulated disk, that puts every transaction into a block
/// of its own at the time of `clock`.
///
/// Safety: a test runs its commands one after the other on one thread.
final class RecordTestLedger: NodeAccess, @unchecked Sendable {
  /// What becomes of a submission besides being recorded.
  enum Loss {
    /// The answer is lost after the block is final.
    case ofAnswer
    /// The transaction is lost on its way.
    case ofTransaction
  }

  let network: RecordTestNetwork
  private let chain: Chain
  private var view = View.genesis
  var clock: Timestamp
  /// Applies to the next submission.
  var loss: Loss?
  /// How many submissions came.
  private(set) var submissionCount = 0
  /// Changes an answer on its way: a node that lies.
  var forgery: ((NodeAnswer) -> NodeAnswer)?

  init(
    _ network: RecordTestNetwork = RecordTestNetwork(), on disk: any Disk = SimulatedDisk()
  ) throws {
    self.network = network
    clock = RecordTestNetwork.genesisTime
    let configuration = BlockLog.Configuration(network: network.genesis.network.digest)
    _ = try DataDirectory.create(on: disk, configuration)
    let store = MemoryStateStore()
    chain = try Chain.open(
      network.genesis, on: disk, configuration,
      index: IndexLocation(
        open: { () throws(StorageError) in store }, destroy: { () throws(StorageError) in }),
      journaled: .none)
  }

  func ask(_ request: NodeRequest) throws(NodeAccessError) -> NodeResponse {
    guard case .submit(let bytes) = request else {
      let response = chain.answer(request, running: nil, at: clock)
      guard let forgery else { return response }
      return NodeResponse(head: response.head, answer: forgery(response.answer))
    }
    submissionCount += 1
    let lost = loss
    loss = nil
    if case .ofTransaction = lost { throw .timedOut }
    let result = submit(bytes)
    if case .ofAnswer = lost { throw .closed }
    return NodeResponse(head: chain.chainHead, answer: .submitted(result))
  }

  /// What a node does when it is idle, and when it stops.
  func writeLog() throws { try chain.writeLog() }

  // MARK: The door and the block

  private func submit(_ bytes: [UInt8]) -> SubmissionResult {
    let transaction: Transaction
    do {
      transaction = try Transaction(bytes, network: network.genesis.network)
    } catch LedgerError.refused(let code) {
      return .turnedAway(code)
    } catch {
      return .malformed("\(error)")
    }
    if let final = try! chain.transaction(transaction.id) { return result(transaction.id, final) }
    let keys = transaction.signingKeys { try! self.chain.signingKeys(of: $0, for: $1) }
    switch keys {
    case .failure(let code): return .turnedAway(code)
    case .success(let keys):
      let checks = transaction.signatureChecks(
        network: network.genesis.network, verifiers: keys.map { Verifier($0) })
      guard checks.allSatisfy(\.isValid) else { return .turnedAway(.signatureInvalid) }
    }
    return record(transaction)
  }

  private func record(_ transaction: Transaction) -> SubmissionResult {
    view = view.next
    let parent = chain.head
    let earliest = parent.header.time.advanced(byMilliseconds: 1)
    let built = try! chain.build(
      BlockProposal(
        epoch: parent.nextEpoch, view: view, parentView: parent.nextParentView,
        parent: parent.hash, time: max(clock, earliest),
        proposer: network.file.validators[0].member),
      from: [transaction])
    if let left = built.leftOut.first {
      chain.drop(built.hash)
      guard case .turnedAway(let code) = left.reason else { return .turnedAway(.queueFull) }
      return .turnedAway(code)
    }
    _ = try! chain.commit([built.hash], finalization: certificate(of: built.block.header))
    return result(transaction.id, try! chain.transaction(transaction.id)!)
  }

  private func result(_ id: TransactionID, _ final: FinalTransaction) -> SubmissionResult {
    .final(id, final.place, final.time, final.outcome)
  }

  private func certificate(of header: BlockHeader) -> Certificate {
    let ballot = Ballot(
      epoch: header.epoch, view: header.view,
      subject: .finalize(BlockReference(parentView: header.parentView, hash: header.hash)))
    let message = ballot.toBeSigned(network: network.genesis.network)
    return Certificate(
      ballot: ballot,
      signatures: [
        CertificateSignature(
          signer: ValidatorIndex(0), signature: try! network.consensusKey.sign(message))
      ])
  }
}

/// A machine with a data directory and members' keys, on which commands ask one ledger.
struct RecordTestMachine {
  let ledger: RecordTestLedger
  let directory: TemporaryDirectory

  /// - Parameter members: whose keys lie here, as `<member>.pem`.
  init(
    _ ledger: RecordTestLedger,
    _ members: [String] = ["registry-north", "bank-a", "bank-b", "appraiser-a", "court-a"]
  ) throws {
    self.ledger = ledger
    directory = try TemporaryDirectory()
    for member in members {
      let pem = try ledger.network.key(of: member).pem(passphrase: nil)
      try LocalFile.write(pem, to: directory["\(member).pem"], .owner, .kept)
    }
    try LocalFile.write(Array("the contract".utf8), to: directory["contract.pdf"], .owner, .kept)
  }

  /// Runs a command line whose words are parted by spaces; `@name` is a file of this machine, `_`
  /// within a word a space.
  @discardableResult
  func run(_ line: String, _ language: Language = .english) -> CommandRun {
    let words = line.split(separator: " ").map { word in
      word.hasPrefix("@")
        ? directory[String(word.dropFirst())]
        : String(word).replacing("_", with: " ")
    }
    let source = AccessSource { [ledger] _, _ in
      OpenedAccess(access: ledger, source: .runningNode)
    }
    let table = CommandTable(
      name: "hypothec", version: "0.1.0", LocalizedText(verbatim: "Test."),
      globalOptions: GlobalOptions.all,
      commands: Noun.gathered(
        LookCommands.commands(source) + RecordCommands.commands(source)
          + GovernCommands.commands(source)
          + [PolicyCommands.noun(source), Noun.node([NodeCheck.command(source)])]))
    let now = ledger.clock.advanced(byMilliseconds: 3_000).wallTime
    return CommandRun(
      words + ["--directory", directory.path, "--lang", language.rawValue], now: now, table: table)
  }

  /// `run` of `member`'s own command.
  @discardableResult
  func run(as member: String, _ line: String, _ language: Language = .english) -> CommandRun {
    run("\(line) --as \(member) --key @\(member).pem", language)
  }

  static let vin = "LHYPC2D34TD004217"

  /// The life of CLI.md's sample: registered, pledged, an attempt refused, released, pledged.
  func liveSampleLife() throws {
    ledger.clock = RecordTestNetwork.time("2026-03-02T01:14:00Z")
    register()
    ledger.clock = RecordTestNetwork.time("2026-03-17T02:00:00Z")
    value("V-1", "168000.00CNY")
    ledger.clock = RecordTestNetwork.time("2026-03-18T02:02:00Z")
    pledge("bank-a", "P-51b0")
    ledger.clock = RecordTestNetwork.time("2026-06-11T07:40:00Z")
    pledge("bank-b", "P-77aa")
    ledger.clock = RecordTestNetwork.time("2026-08-30T03:25:00Z")
    run(as: "bank-a", "pledge release \(Self.vin) --reason paid --paid-on 2026-08-29")
    ledger.clock = RecordTestNetwork.time("2026-09-19T02:00:00Z")
    value("V-2", "151000.00CNY")
    ledger.clock = RecordTestNetwork.time("2026-09-20T01:31:00Z")
    pledge("bank-b", "P-9c21")
  }

  @discardableResult
  func register(_ vin: String = RecordTestMachine.vin) -> CommandRun {
    run(
      as: "registry-north",
      "vehicle register \(vin) --make BYD --model Han_EV --model-year 2026 "
        + "--owner commitment:\(String(repeating: "ab", count: 32)) --use own --energy bev "
        + "--region 110105 --certificate sha256:\(String(repeating: "01", count: 32)) "
        + "--first-registered 2026-03-01 --odometer 12")
  }

  @discardableResult
  func value(_ id: String, _ amount: String) -> CommandRun {
    run(
      as: "appraiser-a",
      "valuation record \(Self.vin) --id \(id) --value \(amount) --method market --basis retail")
  }

  @discardableResult
  func pledge(_ bank: String, _ id: String, _ more: String = "") -> CommandRun {
    run(as: bank, pledgeLine(id) + more)
  }

  func pledgeLine(_ id: String) -> String {
    "pledge create \(Self.vin) --id \(id) --principal 100000.00CNY --months 36 "
      + "--contract @contract.pdf "
  }
}

extension RecordTestMachine {
  static let otherPrincipal = try! ValueType<Money>.amount.parse("1.00CNY")
}
