import Consensus
import Cryptography
import Ledger
import Node
import SimulatedMachine
import Storage
import Synchronization
import TestSupport
import Testing
import Transport

/// Replicas with links between them, in one thread and without sockets: frames arrive in the order
/// in which they were sent on a link, after a delay, unless the test cuts the link.
///
/// Everything is deterministic but the order in which tests do things: the clock is the test's.
final class ReplicaNetwork {
  let members: [TestMember]
  var consensusKeys: [SigningKey]
  var transportKeys: [SigningKey]
  let governorKey: SigningKey
  let file: NetworkFile
  let genesis: Genesis
  private(set) var nodes: [Node?]
  /// The indices of the nodes that run or ran.
  private var stores: [MemoryStateStore] = []
  private let segmentByteCount: UInt64
  /// One way, in microseconds.
  var delay: UInt64 = 500
  var now = Moment(
    instant: Instant(microseconds: 1_000_000_000), wallClock: TestNetwork.time)
  /// How far the wall clocks of nodes are off, in milliseconds.
  var clockOffsets: [Int: Int64] = [:]
  /// Nodes that stand still: what is sent to them waits.
  var paused: Set<Int> = []
  /// Pairs of nodes without a link, the smaller first.
  private var missing: Set<Pair> = []
  private var inFlight: [Delivery] = []
  private var lastLink: UInt64 = 0
  private(set) var deliveredByteCount = 0
  /// Looks at, and may drop, what is on its way: from, to, message.
  var filter: (Int, Int, PeerMessage) -> Bool = { _, _, _ in true }

  /// What a liar makes of a message on its way: from, to, message.
  var rewrite: (Int, Int, PeerMessage) -> PeerMessage = { _, _, message in message }

  struct Pair: Hashable {
    let low: Int
    let high: Int

    init(_ first: Int, _ second: Int) { (low, high) = (min(first, second), max(first, second)) }
  }

  final class Node {
    let replica: Replica
    let keeper: JournalKeeper
    let disk: SimulatedDisk
    let store: MemoryStateStore
    var links: [Int: Link] = [:]
    var verifications: [VerificationJob] = []
    var writes: [WriteJob] = []
    var wake: Instant?
    var answers: [ReplicaAnswer] = []
    var cuts: [PeerCut] = []
    var lastNumber: UInt64 = 0

    init(_ opened: OpenedReplica, _ disk: SimulatedDisk, _ store: MemoryStateStore) {
      (replica, keeper, self.disk, self.store) = (opened.replica, opened.keeper, disk, store)
    }
  }

  /// What nodes wrote into their logs, but for what is only worth debugging.
  final class LogBook: Sendable {
    private let written = Mutex<[LogEvent]>([])

    var log: Log { Log { event in self.written.withLock { $0.append(event) } } }

    func events(_ key: String) -> [LogEvent] { written.withLock { $0.filter { $0.key == key } } }
  }

  private struct Delivery {
    let at: Instant
    let from: Int
    let to: Int
    let channel: Channel
    let body: [UInt8]
  }

  private let reportsLinks: Bool
  private let logBooks: [LogBook]

  /// - Parameters:
  ///   - followers: how many of the last nodes do not vote.
  ///   - roles: what members may do who are no registries.
  ///   - reportsLinks: whether the nodes report their links to everybody.
  init(
    _ count: Int, followers: Int = 0, roles: [Int: Role] = [:], reportsLinks: Bool = false,
    segmentByteCount: UInt64 = BlockLog.Configuration.usualSegmentByteCount
  ) throws {
    self.reportsLinks = reportsLinks
    logBooks = (0..<count).map { _ in LogBook() }
    self.segmentByteCount = segmentByteCount
    members = (0..<count).map { TestMember("member-\($0)", roles[$0] ?? .registry, .edDSA) }
    consensusKeys = try (0..<count).map { _ in try SigningKey.generate(.edDSA) }
    transportKeys = try (0..<count).map { _ in try SigningKey.generate(.edDSA) }
    governorKey = try SigningKey.generate(.edDSA)
    let name = try MemberID("test-net")
    let time = TestNetwork.time
    var identities: [NodeIdentity] = []
    for (index, (member, key)) in zip(members, consensusKeys).enumerated() {
      let transport = transportKeys[index]
      func proven(_ key: SigningKey, _ purpose: KeyPurpose) throws -> ProvenKey {
        let message = KeyPossession.toBeSigned(
          network: name, genesisTime: time, member: member.id, purpose: purpose,
          key: key.publicKey)
        return ProvenKey(key: key.publicKey, proof: try key.sign(message))
      }
      identities.append(
        NodeIdentity(
          member: member.id, consensusKey: try proven(key, .consensus),
          transportKey: try proven(transport, .transport), addresses: []))
    }
    file = NetworkFile(
      name: name, genesisTime: time, members: members.map(\.member),
      validators: Array(identities.dropLast(followers)),
      followers: Array(identities.suffix(followers)),
      governors: [
        Governor(member: members[0].id, key: governorKey.publicKey)
      ], governorThreshold: 1, policy: ContractNetwork.policy)
    genesis = try Genesis(file)
    nodes = []
    for index in 0..<count {
      let disk = SimulatedDisk()
      _ = try DataDirectory.create(
        on: disk, logConfiguration)
      nodes.append(nil)
      stores.append(MemoryStateStore())
      try start(index, on: disk, stores[index])
    }
  }

  subscript(index: Int) -> Node {
    guard let node = nodes[index] else { preconditionFailure("the node runs") }
    return node
  }

  var logConfiguration: BlockLog.Configuration {
    BlockLog.Configuration(network: genesis.network.digest, segmentByteCount: segmentByteCount)
  }

  /// The index of a node, running or not.
  func store(of index: Int) -> MemoryStateStore { stores[index] }

  /// What a node has logged under `key`, in all its lives.
  func logged(_ key: String, by index: Int) -> [LogEvent] { logBooks[index].events(key) }

  // MARK: Nodes and links

  /// Starts a node and links it to all that run.
  func start(_ index: Int, on disk: SimulatedDisk, _ store: MemoryStateStore) throws {
    var configuration = ReplicaConfiguration(
      network: genesis.network, networkName: file.name, member: members[index].id,
      consensusKey: consensusKeys[index])
    configuration.heartbeatMilliseconds = nil
    configuration.segmentByteCount = segmentByteCount
    if reportsLinks { configuration.transportKey = transportKeys[index] }
    stores[index] = store
    let opened = try Replica.open(
      configuration, genesis, on: disk, index: .memory(store),
      log: logBooks[index].log,
      at: moment(of: index))
    let node = Node(opened, disk, store)
    nodes[index] = node
    take(opened.first, of: index)
    for other in nodes.indices where other != index { try connect(index, other) }
  }

  /// Stops a node without a word; what was not synced is lost.
  func crash(_ index: Int) throws {
    for other in nodes.indices where other != index { try disconnect(index, other) }
    self[index].disk.restart(.synced)
    nodes[index] = nil
    inFlight.removeAll { $0.from == index || $0.to == index }
  }

  func restart(_ index: Int, disk: SimulatedDisk, _ store: MemoryStateStore) throws {
    try start(index, on: disk, store)
  }

  func cut(_ first: Int, _ second: Int) throws {
    missing.insert(Pair(first, second))
    try disconnect(first, second)
  }

  func heal(_ first: Int, _ second: Int) throws {
    missing.remove(Pair(first, second))
    try connect(first, second)
  }

  private func connect(_ first: Int, _ second: Int) throws {
    guard !missing.contains(Pair(first, second)), let one = nodes[first], let other = nodes[second],
      one.links[second] == nil
    else { return }
    lastLink += 1
    (one.links[second], other.links[first]) = (Link(lastLink), Link(lastLink))
    for (index, peer) in [(first, second), (second, first)] {
      try turn(index, [.linkUp(Link(lastLink), members[peer].id, remote: "test")])
    }
  }

  private func disconnect(_ first: Int, _ second: Int) throws {
    inFlight.removeAll { Pair($0.from, $0.to) == Pair(first, second) }
    for (index, peer) in [(first, second), (second, first)] {
      guard let node = nodes[index], let link = node.links.removeValue(forKey: peer) else {
        continue
      }
      try turn(index, [.linkDown(link, reason: "cut")])
    }
  }

  // MARK: Turns

  func turn(_ index: Int, _ inputs: [ReplicaInput]) throws {
    guard let node = nodes[index] else { return }
    take(try node.replica.turn(inputs, at: moment(of: index)), of: index)
    node.replica.checkInvariants()
  }

  private func moment(of index: Int) -> Moment {
    let milliseconds = Int64(now.wallClock.milliseconds) + (clockOffsets[index] ?? 0)
    return Moment(instant: now.instant, wallClock: Timestamp(milliseconds: UInt64(milliseconds))!)
  }

  private func take(_ output: ReplicaOutput, of index: Int) {
    let node = self[index]
    node.answers += output.answers
    node.verifications += output.verifications
    node.writes += output.writes
    node.wake = output.wake
    node.cuts += output.cuts
    for frame in output.frames {
      precondition(frame.body.count <= frame.channel.bodyByteLimit, "the frame can be sent")
      for link in frame.recipients {
        guard let peer = node.links.first(where: { $0.value == link })?.key else { continue }
        inFlight.append(
          Delivery(
            at: now.instant.advanced(byMicroseconds: delay), from: index, to: peer,
            channel: frame.channel, body: frame.body))
      }
    }
  }

  /// Shows a node a message of a peer's, now.
  func show(_ message: PeerMessage, from: Int, to index: Int) throws {
    guard let link = nodes[index]?.links[from] else { return }
    try turn(index, [.frame(link, message.channel, message.encoded)])
  }

  /// Work of the node's own threads, which takes no time here.
  private func work(_ index: Int) throws {
    while let node = nodes[index], !paused.contains(index),
      !node.verifications.isEmpty || !node.writes.isEmpty
    {
      let (jobs, writes) = (node.verifications, node.writes)
      (node.verifications, node.writes) = ([], [])
      var inputs: [ReplicaInput] = []
      if !jobs.isEmpty { inputs.append(.verified(jobs.map(VerificationResult.init(of:)))) }
      inputs += node.keeper.perform(writes).map(ReplicaInput.written)
      try turn(index, inputs)
    }
  }

  /// Lets time pass until `condition` holds.
  ///
  /// - Returns: whether it did within `milliseconds`.
  @discardableResult
  func run(milliseconds: UInt64, until condition: () throws -> Bool = { false }) throws -> Bool {
    let end = now.instant.advanced(byMicroseconds: milliseconds * 1_000)
    while now.instant <= end {
      for index in nodes.indices { try work(index) }
      if try condition() { return true }
      let awake = inFlight.filter { !paused.contains($0.to) }
      let due = [awake.map(\.at).min()] + nodes.indices.map { wake(of: $0) }
      guard let next = due.compactMap({ $0 }).min(), next <= end else { break }
      advance(to: max(next, now.instant))
      try deliver()
      for index in nodes.indices {
        if let wake = wake(of: index), wake <= now.instant { try turn(index, []) }
      }
    }
    advance(to: end)
    for index in nodes.indices { try work(index) }
    return try condition()
  }

  private func wake(of index: Int) -> Instant? {
    paused.contains(index) ? nil : nodes[index]?.wake
  }

  private func advance(to instant: Instant) {
    let microseconds = instant.microseconds(since: now.instant)
    // The wall clock has milliseconds; both clocks move together.
    let total = instant.microseconds / 1_000
    let base = now.instant.microseconds / 1_000
    _ = microseconds
    now = Moment(
      instant: max(instant, now.instant),
      wallClock: now.wallClock.advanced(byMilliseconds: total > base ? total - base : 0))
  }

  private func deliver() throws {
    func isDue(_ delivery: Delivery) -> Bool {
      delivery.at <= now.instant && !paused.contains(delivery.to)
    }
    let due = inFlight.filter(isDue)
    inFlight.removeAll(where: isDue)
    for delivery in due {
      guard let link = nodes[delivery.to]?.links[delivery.from] else { continue }
      let message = try PeerMessage(delivery.body, on: delivery.channel)
      guard filter(delivery.from, delivery.to, message) else { continue }
      let said = rewrite(delivery.from, delivery.to, message)
      let body = said == message ? delivery.body : said.encoded
      deliveredByteCount += body.count
      try turn(delivery.to, [.frame(link, delivery.channel, body)])
    }
  }

  /// What the leader of a view would have said of another block in the place of its own.
  func proposal(
    of header: BlockHeader, like honest: Proposal, leaves: [Digest], outcomes: [Outcome]
  ) throws -> CompactProposal {
    let vote = honest.leaderVote
    let ballot = Ballot(
      epoch: vote.ballot.epoch, view: vote.ballot.view,
      subject: .notarize(BlockReference(parentView: header.parentView, hash: header.hash)))
    let signature = try consensusKeys[Int(vote.signer.rawValue)].sign(
      ballot.toBeSigned(network: genesis.network))
    return CompactProposal(
      proposal: Proposal(
        header: header,
        leaderVote: Vote(ballot: ballot, signer: vote.signer, signature: signature),
        justification: honest.justification),
      leaves: leaves, outcomes: outcomes)
  }

  // MARK: Clients

  func registration(_ number: Int, by index: Int) -> Transaction {
    registration(of: number..<number + 1, by: index)
  }

  /// One transaction that registers the vehicles of those numbers.
  func registration(of numbers: Range<Int>, by index: Int) -> Transaction {
    transaction(
      numbers.map { .register(TestNetwork.vin($0), by: members[index].member) }, by: index,
      reference: "ref-\(index)-\(numbers.lowerBound)")
  }

  /// One transaction of operations of the member at `index`.
  ///
  /// - Parameter key: by default the member's own.
  func transaction(
    _ operations: [Operation], by index: Int, reference: String, key: SigningKey? = nil
  ) -> Transaction {
    let member = members[index]
    var draft = TransactionDraft(
      network: genesis.network, signers: [member.id], reference: try! Identifier(reference),
      validUntil: TestNetwork.time.advanced(byMilliseconds: 24 * Timestamp.hour),
      salt: SHA256.hash(Array("salt \(reference)".utf8)), operations: operations)
    try! draft.sign(as: member.id, with: key ?? member.key)
    return try! draft.transaction()
  }

  @discardableResult
  func submit(_ transaction: Transaction, to index: Int) throws -> RequestNumber {
    try ask(.submit(transaction: transaction.bytes), of: index)
  }

  @discardableResult
  func ask(_ request: NodeRequest, of index: Int) throws -> RequestNumber {
    let node = self[index]
    node.lastNumber += 1
    let number = RequestNumber(node.lastNumber)
    let body = NumberedRequest.encode(number, request)
    try turn(index, [.request(ClientID(100), try NumberedRequest(body))])
    return number
  }

  func answer(_ number: RequestNumber, of index: Int) -> NodeAnswer? {
    let answers = self[index].answers.filter { $0.number == number }
    precondition(answers.count <= 1, "a request is answered once")
    return answers.first?.response.answer
  }

  /// Lets a node hear a message as if a peer had sent it.
  func send(_ message: PeerMessage, from peer: Int, to index: Int) throws {
    guard let link = self[index].links[peer] else { preconditionFailure("there is a link") }
    try turn(index, [.frame(link, message.channel, message.encoded)])
  }

  func result(_ number: RequestNumber, at index: Int) -> SubmissionResult? {
    guard case .submitted(let result)? = answer(number, of: index) else { return nil }
    return result
  }

  func isAccepted(_ number: RequestNumber, at index: Int) -> Bool {
    guard case .final(_, _, _, .accepted)? = result(number, at: index) else { return false }
    return true
  }

  /// Registers the vehicle `number` through the node at `index`, and expects it to be final there
  /// within five seconds.
  func register(
    _ number: Int, at index: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let sent = try submit(registration(number, by: index), to: index)
    let isFinal = try run(milliseconds: 5_000) { isAccepted(sent, at: index) }
    #expect(isFinal, "heights \(heights)", sourceLocation: sourceLocation)
  }

  // MARK: What must hold

  /// Whether all running nodes are at one height with one block.
  var isEven: Bool {
    let heads = nodes.compactMap { $0?.replica.chainHead }
    return Set(heads.map(\.block)).count == 1
  }

  var heights: [UInt64] { nodes.map { $0?.replica.chainHead.height.rawValue ?? 0 } }

  /// Throws unless no two nodes have different blocks at one height.
  func checkAgreement() throws {
    let highest = heights.max() ?? 0
    guard highest > 0 else { return }
    for height in 1...highest {
      let blocks = try nodes.compactMap { node -> [UInt8]? in
        guard let node, node.replica.chainHead.height.rawValue >= height else { return nil }
        return try node.replica.encodedBlock(at: Height(height))
      }
      guard Set(blocks).count == 1 else { throw Disagreement(height: height) }
    }
  }

  struct Disagreement: Error { let height: UInt64 }
}
