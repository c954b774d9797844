import CommandInterface
import Cryptography
import Documents
import Ledger
import Node
import Testing

@testable import hypothec

/// A node that answers `status`, `policy` and the network file, three seconds after its last block.
private final class PreparedNode: NodeAccess {
  private let file: NetworkFile
  private let running: RunningStatus?

  init(_ file: NetworkFile, _ running: RunningStatus?) {
    self.file = file
    self.running = running
  }

  func ask(_ request: NodeRequest) throws(NodeAccessError) -> NodeResponse {
    let milliseconds = UInt64(CommandRun.now.millisecondsSince1970 - 3_000)
    guard let time = Timestamp(milliseconds: milliseconds) else { throw .closed }
    let head = ChainHead(
      network: file.id, height: Height(48_213), block: BlockHash(.zero), time: time,
      stateRoot: .zero)
    return NodeResponse(head: head, answer: answer(request))
  }

  private func answer(_ request: NodeRequest) -> NodeAnswer {
    switch request {
    case .status:
      .status(
        NodeStatus(
          networkName: file.name, running: running, epoch: Epoch(1), validatorCount: 1, quorum: 1,
          vehicleCount: 12_345, transactionCount: 2_000, operationCount: 20_000))
    case .networkFile: .networkFile(file.encoded)
    case .entries(let ids, _) where ids == [.policy]:
      .entries([EntryAnswer(entry: .policy(PolicySchedule(current: file.policy)), proof: nil)])
    default: .failed(.badRequest("not prepared"))
    }
  }
}

@Suite("Status, policy and doctor")
struct StatusTests {
  private let made: MadeNetwork
  private let file: NetworkFile

  init() throws {
    made = try MadeNetwork()
    file = try NetworkDocument.load(.path(made.path))
  }

  private func table(_ running: RunningStatus?) -> CommandTable {
    let file = file
    let source = AccessSource { _, _ in
      OpenedAccess(access: PreparedNode(file, running), source: .runningNode)
    }
    return CommandTable(
      name: "hypothec", version: "0", LocalizedText(verbatim: "Test."),
      globalOptions: GlobalOptions.all, commands: OperatorCommands.commands(source))
  }

  private func running(
    waitsFor: String = "", weakness: String = "", role: NodeRole = .validator,
    peers: [PeerSummary] = []
  ) throws -> RunningStatus {
    RunningStatus(
      member: try MemberID("registry"), role: role, view: View(7), uptimeMilliseconds: 7_260_000,
      waitingTransactions: 3, waitsFor: waitsFor, weakness: weakness, peers: peers)
  }

  @Test("status shows node, chain and freshness")
  func status() throws {
    let run = CommandRun(["status"], table: table(try running()))
    #expect(
      run.output == """
        Network       single-net, height 48,213, 3 s ago
        Newest block  2026-11-20 23:59:57 +00:00
        Node          registry, validator, running for 2 h
        Waits for     nothing
        Waiting       3
        Validators    1 (quorum 1, epoch 1)
        Vehicles      12,345
        Transactions  2,000
        Operations    20,000

        """)
  }

  @Test("status and doctor say when few failures may part the validators")
  func weakness() throws {
    let weak = try running(weakness: "without bank-a some of them have no way to the others")
    let status = CommandRun(["status"], table: table(weak))
    #expect(status.output.contains("Weak links    without bank-a some of them"))
    #expect(doctor(weak).output.contains("linked too weakly: without bank-a"))
  }

  @Test("status is one document under --json")
  func json() throws {
    let run = CommandRun(["status", "--json"], table: table(try running()))
    #expect(
      run.output == """
        {"schema":"hypothec/status/1","asOf":{"network":"single-net","networkId":"\(file.id)",\
        "height":48213,"time":"2026-11-20T23:59:57.000Z","ageSeconds":3,"source":"node"},\
        "node":{"member":"registry","role":"validator","view":7,"uptimeSeconds":7260,\
        "waitingTransactions":3,"waitsFor":null,"weakness":null,"peers":[]},"epoch":1,"validators":1,"quorum":1,\
        "vehicles":12345,"transactions":2000,"operations":20000,"recovery":null}

        """)
  }

  @Test("status lists the peers, how far they are and why one is not reached")
  func peers() throws {
    let said = LinkSummary.Said(
      role: .validator, height: Height(48_211), view: View(7), clockMilliseconds: -12)
    let peers = [
      PeerSummary(
        member: try MemberID("bank-a"), address: "127.0.0.1:7101",
        reach: .linked(
          LinkSummary(sinceMilliseconds: 61_000, roundTripMicroseconds: 840, said: said))),
      PeerSummary(
        member: try MemberID("bank-b"), address: "127.0.0.1:7102",
        reach: .unreachable("connection refused")),
    ]
    let run = CommandRun(["status"], table: table(try running(peers: peers)))
    #expect(
      run.output.hasSuffix(
        """
        Peers
          bank-a  127.0.0.1:7101  validator, 2 blocks behind       0.8 ms
          bank-b  127.0.0.1:7102  not reached: connection refused

        """), "\(run.output)")
    let json = CommandRun(["status", "--json"], table: table(try running(peers: peers)))
    #expect(json.output.contains("\"clockAheadMilliseconds\":-12"))
  }

  @Test("status is told in Chinese in aligned columns")
  func chinese() throws {
    let run = CommandRun(["status", "--lang", "zh"], table: table(try running()))
    #expect(run.output.hasPrefix("网络      single-net，高度 48,213，3 秒前\n最新区块  2026-11-20"))
  }

  @Test("policy show writes every rule, the used vehicle's cap first")
  func policy() throws {
    let run = CommandRun(["policy", "show"], table: table(try running()))
    #expect(
      run.output == """
        single-net, height 48,213, 3 s ago
        Loan to value             70%  used
        Loan to value             85%  own new-energy
        Loan to value             75%  commercial new-energy
        Loan to value             80%  own
        Loan to value             70%  commercial
        A vehicle is new for      365 days
        Valuation at pledging     30 days
        Valuation in life         92 days
        Measured against          the value
        Light                     yellow at a fall of 5%, red at 15%
        Refusals recorded         1,000 a member and hour
        Refusals name the pledge  yes
        Calendar days at UTC      +08:00

        """)
  }

  private func doctor(_ running: RunningStatus?, now: WallTime = CommandRun.now) -> CommandRun {
    let data = made.directory["data"]
    _ = CommandRun([
      "node", "init", "--network", made.path, "--as", "registry", "--keys",
      made.directory["keys/registry"], "-d", data,
    ])
    return CommandRun(["doctor", "-d", data], now: now, table: table(running))
  }

  @Test("doctor finds nothing wrong where nothing is")
  func healthy() throws {
    let run = doctor(try running())
    #expect(run.exitCode == .success, "\(run.output)")
    #expect(!run.output.contains("FAULT"))
    #expect(run.output.contains("validator of registry, waits for nothing"))
  }

  @Test("doctor says what a node waits for")
  func waiting() throws {
    let run = doctor(try running(waitsFor: "room on the disk"))
    #expect(run.output.contains("it waits for: room on the disk"))
  }

  @Test("doctor names peers that are not reached and clocks that are off, each with its mend")
  func doctorPeers() throws {
    let said = LinkSummary.Said(
      role: .validator, height: Height(1), view: View(1), clockMilliseconds: -600_000)
    let run = doctor(
      try running(peers: [
        PeerSummary(
          member: try MemberID("bank-a"), address: "127.0.0.1:7101",
          reach: .linked(
            LinkSummary(sinceMilliseconds: 1, roundTripMicroseconds: nil, said: said))),
        PeerSummary(
          member: try MemberID("bank-b"), address: "127.0.0.1:7102",
          reach: .unreachable("connection refused")),
      ]))
    #expect(run.exitCode == .success)
    #expect(run.output.contains("its clock is 10 min behind this machine's"), "\(run.output)")
    #expect(run.output.contains("not reached at 127.0.0.1:7102: connection refused"))
    #expect(run.output.contains("timedatectl"))
  }

  @Test("doctor sees a clock that is behind the chain")
  func clock() throws {
    let early = WallTime(millisecondsSince1970: CommandRun.now.millisecondsSince1970 - 600_000)
    let run = doctor(try running(), now: early)
    #expect(run.output.contains("the newest block is 9 min ahead of this machine"))
  }

  @Test("doctor says where no node runs how to start it")
  func stopped() {
    _ = doctor(nil)
    let run = CommandRun(["doctor", "-d", made.directory["data"]])
    #expect(run.exitCode == .success, "\(run.output)")
    #expect(run.output.contains("no node listens on"))
    #expect(run.output.contains("hypothec node run"))
  }

  @Test("a directory that was never set up is told from a node that does not run")
  func nowhere() throws {
    let missing = CommandRun(["status", "-d", made.directory["none"]])
    #expect(missing.exitCode == .configurationError)
    #expect(missing.diagnostics.contains("DIRECTORY_MISSING"))
    let named = CommandRun(["status", "--node", made.directory["none"]])
    #expect(named.exitCode == .unreachable)
    #expect(named.diagnostics.contains("NODE_NOT_RUNNING"))
  }
}
