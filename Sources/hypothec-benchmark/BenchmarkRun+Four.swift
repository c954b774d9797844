@preconcurrency import Glibc
import Ledger
import Node
import Synchronization

// Four validators on the one machine, TLS between them, loaded at all four.

extension BenchmarkRun {
  // MARK: Rates

  func commitFour(into report: inout Report) throws(BenchmarkError) {
    let network = try NetworkUnderTest()
    defer { network.remove() }
    let clients = try network.connectAll()
    var measured = Tally()
    var serial = 0
    var rates: [Double] = []
    for round in 0...options.repetitions {
      let expected = rates.first ?? 600
      let perKind = Int(expected * (round == 0 ? 1 : options.runSeconds)) / 3
      let before = Tally(network)
      let seconds = try roundOfFour(
        network, clients, serial..<(serial + perKind), operationsEach: 1)
      serial += perKind
      if round == 1 { rates = [] }
      rates.append(Double(3 * perKind) / seconds)
      if round > 0 { measured.add(from: before, to: Tally(network), transactions: 3 * perKind) }
    }
    report.add(
      "commit.four", Sample.median(rates), "transactions/s",
      bound: report.verificationsPerSecond.map { $0 / 4 }, target: "ratio 0.65")
    report.add(
      "commit.four.processor", measured.processorSeconds / measured.transactions * 1_000,
      "s of all nodes per 1,000", target: "0.45")
    report.add(
      "bandwidth.four", measured.loopbackBytes / measured.transactions / 4,
      "bytes out a node and transaction")
    try loadedLatency(network, clients, serial, 0.7 * Sample.median(rates), into: &report)
    try catchUp(network, clients[0], into: &report)
    try idleFour(network, into: &report)
  }

  func commitFourBulk(into report: inout Report) throws(BenchmarkError) {
    let network = try NetworkUnderTest()
    defer { network.remove() }
    let clients = try network.connectAll()
    var rates: [Double] = []
    var serial = 0
    for round in 0...options.repetitions {
      let expected = rates.first ?? 2_000
      let perKind = max(400, Int(expected * (round == 0 ? 1 : options.runSeconds)) / 1_200 * 400)
      let seconds = try roundOfFour(
        network, clients, serial..<(serial + perKind), operationsEach: 100)
      serial += perKind
      if round == 1 { rates = [] }
      rates.append(Double(3 * perKind) / seconds)
    }
    report.add(
      "commit.four.bulk", Sample.median(rates), "operations/s", bound: 15_000, target: "15,000")
  }

  /// What the nodes have used so far.
  private struct Tally {
    var processorSeconds = 0.0
    var loopbackBytes = 0.0
    var transactions = 0.0

    init() {}

    init(_ network: NetworkUnderTest) {
      processorSeconds = network.processorSeconds
      loopbackBytes = NetworkUnderTest.loopbackBytes
    }

    mutating func add(from before: Tally, to after: Tally, transactions: Int) {
      processorSeconds += after.processorSeconds - before.processorSeconds
      loopbackBytes += after.loopbackBytes - before.loopbackBytes
      self.transactions += Double(transactions)
    }
  }

  /// Registers, values and pledges `serials`, a quarter of them at each node.
  private func roundOfFour(
    _ network: NetworkUnderTest, _ clients: [NodeClient], _ serials: Range<Int>,
    operationsEach: Int
  ) throws(BenchmarkError) -> Double {
    var seconds = 0.0
    for kind in Workload.Kind.allCases {
      let height = try Load.head(clients[0]).height
      var parts: [[[UInt8]]] = Array(repeating: [], count: clients.count)
      for (index, first) in stride(
        from: serials.lowerBound, to: serials.upperBound, by: operationsEach
      ).enumerated() {
        let part = first..<min(first + operationsEach, serials.upperBound)
        parts[index % parts.count].append(
          try network.workload.transaction(
            kind, serials: part, reference: "\(kind)-\(first)", searchHeight: height))
      }
      seconds += try submit(parts, to: clients)
      try waitUntilEven(clients)
    }
    return seconds
  }

  /// Submits each part at its client, at the same time; the seconds until all are answered.
  private func submit(_ parts: [[[UInt8]]], to clients: [NodeClient]) throws(BenchmarkError)
    -> Double
  {
    // Safety: each client is used by one thread alone, and nobody else uses it meanwhile.
    nonisolated(unsafe) let clients = clients
    let start = monotonicSeconds()
    try Load.atOnce(parts.count) { index throws(BenchmarkError) in
      _ = try Load.submit(parts[index][...], to: clients[index])
    }
    return monotonicSeconds() - start
  }

  private func waitUntilEven(_ clients: [NodeClient]) throws(BenchmarkError) {
    let deadline = monotonicSeconds() + 30
    while true {
      var heights: Set<Height> = []
      for client in clients { heights.insert(try Load.head(client).height) }
      if heights.count == 1 { return }
      guard monotonicSeconds() < deadline else { throw .failed("the nodes do not come together") }
      usleep(5_000)
    }
  }

  // MARK: Latency

  /// How long one submission takes while the nodes are loaded at `rate` transactions a second.
  private func loadedLatency(
    _ network: NetworkUnderTest, _ clients: [NodeClient], _ firstSerial: Int, _ rate: Double,
    into report: inout Report
  ) throws(BenchmarkError) {
    let seconds = options.duration == .quick ? 3.0 : 20.0
    let batchCount = Int(seconds * 20)
    let perBatch = max(1, Int(rate / 20 / 3))
    var serial = firstSerial
    var parts: [[[UInt8]]] = []
    for index in 0..<(3 * batchCount * perBatch) {
      if index % perBatch == 0 { parts.append([]) }
      parts[parts.count - 1].append(
        try network.workload.transaction(
          .register, serials: serial..<(serial + 1), reference: "loaded-\(serial)"))
      serial += 1
    }
    var probes: [[UInt8]] = []
    for _ in 0..<Int(seconds * 50) {
      probes.append(
        try network.workload.transaction(
          .register, serials: serial..<(serial + 1), reference: "probe-\(serial)"))
      serial += 1
    }
    let milliseconds = try paced(parts, probes, clients, until: monotonicSeconds() + seconds)
    report.add("latency.four.loaded.p50", Sample.quantile(milliseconds, 0.5), "ms at 70 %")
    report.add(
      "latency.four.loaded.p99", Sample.quantile(milliseconds, 0.99), "ms at 70 %", target: "100")
  }

  /// Three clients send a batch every 50 ms; the fourth sends one transaction after the other.
  private func paced(
    _ parts: [[[UInt8]]], _ probes: [[UInt8]], _ clients: [NodeClient], until end: Double
  ) throws(BenchmarkError) -> [Double] {
    let latencies = Mutex<[Double]>([])
    // Safety: each client is used by one thread alone, and nobody else uses it meanwhile.
    nonisolated(unsafe) let clients = clients
    try Load.atOnce(4) { index throws(BenchmarkError) in
      if index == 3 {
        for probe in probes where monotonicSeconds() < end {
          let seconds = try Load.submitOne(probe, to: clients[3])
          latencies.withLock { $0.append(seconds * 1_000) }
        }
        return
      }
      var next = monotonicSeconds()
      for part in stride(from: index, to: parts.count, by: 3) where monotonicSeconds() < end {
        _ = try Load.submit(parts[part][...], to: clients[index])
        next += 0.05
        let wait = next - monotonicSeconds()
        if wait > 0 { usleep(UInt32(wait * 1e6)) }
      }
    }
    let found = latencies.withLock { $0 }
    guard !found.isEmpty else { throw .failed("no submission was answered under load") }
    return found
  }

  func latencyFour(into report: inout Report) throws(BenchmarkError) {
    let network = try NetworkUnderTest()
    defer { network.remove() }
    let client = try network.connect("dealer")
    let count = options.duration == .quick ? 200 : 2_000
    var milliseconds: [Double] = []
    for serial in 0..<count {
      let transaction = try network.workload.transaction(
        .register, serials: serial..<(serial + 1), reference: "latency-\(serial)")
      milliseconds.append(try Load.submitOne(transaction, to: client) * 1_000)
    }
    let counted = Array(milliseconds.dropFirst(count / 10))
    report.add("latency.four.p50", Sample.quantile(counted, 0.5), "ms", target: "8")
    report.add("latency.four.p99", Sample.quantile(counted, 0.99), "ms", target: "25")
  }

  // MARK: Catching up, resting, losing a node

  /// A follower that has nothing is started; how fast it has everything, every signature verified.
  private func catchUp(
    _ network: NetworkUnderTest, _ client: NodeClient, into report: inout Report
  ) throws(BenchmarkError) {
    let height = try Load.head(client).height
    let transactions = try Load.transactionCount(client)
    let start = monotonicSeconds()
    try network.start(NetworkUnderTest.follower)
    let follower = try network.connect(NetworkUnderTest.follower)
    while try Load.head(follower).height < height {
      guard monotonicSeconds() - start < 600 else {
        throw .failed("the follower does not catch up")
      }
      usleep(20_000)
    }
    report.add(
      "catchup", Double(transactions) / (monotonicSeconds() - start), "transactions/s",
      bound: report.verificationsPerSecond, target: "ratio 0.6")
  }

  private func idleFour(
    _ network: NetworkUnderTest, into report: inout Report
  ) throws(BenchmarkError) {
    // What the load left to tidy up is done within seconds.
    sleep(3)
    let before = network.processorSeconds
    let seconds: UInt32 = options.duration == .quick ? 5 : 60
    sleep(seconds)
    report.add(
      "idle.four", (network.processorSeconds - before) / 4 / Double(seconds) * 100,
      "% of a core, a node", target: "under 0.5")
  }

  /// The longest time without a commit after a node was killed, in steady business at another.
  func failover(into report: inout Report) throws(BenchmarkError) {
    let network = try NetworkUnderTest()
    defer { network.remove() }
    let client = try network.connect("registry")
    var serial = 0
    /// Milliseconds until one transaction is final.
    func commit() throws(BenchmarkError) -> Double {
      let transaction = try network.workload.transaction(
        .register, serials: serial..<(serial + 1), reference: "failover-\(serial)")
      serial += 1
      return try Load.submitOne(transaction, to: client) * 1_000
    }
    var gaps: [Double] = []
    var silent: [Double] = []
    var extra: [Double] = []
    for _ in 0..<(options.duration == .quick ? 2 : 8) {
      var alive: [Double] = []
      for _ in 0..<200 { alive.append(try commit()) }
      try network.killAtOnce("dealer")
      var last = monotonicSeconds()
      var longest = 0.0
      let end = last + 4
      var intervals: [Double] = []
      while last < end {
        let milliseconds = try commit()
        let now = monotonicSeconds()
        longest = max(longest, now - last)
        if now > end - 2 { intervals.append(milliseconds) }
        last = now
      }
      gaps.append(longest * 1_000)
      silent.append(Sample.quantile(intervals, 0.99))
      // One in flight takes a view, and of every four views one is the dead leader's: each third commit
      // meets it.
      extra.append(3 * (Sample.mean(intervals) - Sample.mean(Array(alive.dropFirst(100)))))
      try network.start("dealer")
      _ = try network.connect("dealer")
      sleep(2)
    }
    report.add("failover", Sample.quantile(gaps, 1), "ms without a commit, worst", target: "500")
    report.add("failover.median", Sample.median(gaps), "ms without a commit")
    report.add("failover.silent.p99", Sample.median(silent), "ms a commit, a leader known silent")
    report.add(
      "failover.silent.view", Sample.median(extra), "ms more for each view of that leader",
      target: "5")
  }
}
