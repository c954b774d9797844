import Cryptography
import Dispatch
@preconcurrency import Glibc
import Ledger
import Node

/// Takes the measures that were asked for, in their order.
struct BenchmarkRun {
  let options: BenchmarkOptions

  func measure(into report: inout Report) throws(BenchmarkError) {
    let wanted = options.measures
    if !wanted.isDisjoint(with: [.verifyBound, .commitOne, .audit, .commitFour]) {
      try verifyBound(into: &report)
    }
    if !wanted.isDisjoint(with: [.commitOne, .disk, .audit]) { try commitOne(into: &report) }
    if wanted.contains(.commitOneBulk) { try commitOneBulk(into: &report) }
    if !wanted.isDisjoint(with: [.latencyOne, .idle]) { try latencyOne(into: &report) }
    if !wanted.isDisjoint(with: [.query, .memory]) { try query(into: &report) }
    if wanted.contains(.commitFour) { try commitFour(into: &report) }
    if wanted.contains(.commitFourBulk) { try commitFourBulk(into: &report) }
    if wanted.contains(.latencyFour) { try latencyFour(into: &report) }
    if wanted.contains(.failover) { try failover(into: &report) }
  }

  // MARK: The bound

  private func verifyBound(into report: inout Report) throws(BenchmarkError) {
    report.note("Verifying signatures ...")
    let one = try verificationsPerSecond(threads: 1)
    let all = try verificationsPerSecond(threads: Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    report.setBound(all)
    report.add("verify.bound.core", one, "P-256/s, one core")
    report.add("verify.bound", all, "P-256/s, all cores", bound: all)
  }

  private func verificationsPerSecond(threads: Int) throws(BenchmarkError) -> Double {
    let message = [UInt8](repeating: 7, count: 400)
    let signature: [UInt8]
    let verifier: Verifier
    do {
      let key = try SigningKey.generate(.es256)
      signature = try key.sign(message)
      verifier = Verifier(key.publicKey)
    } catch {
      throw .failed("no signature to verify: \(error)")
    }
    let count = options.duration == .quick ? 5_000 : 30_000
    var rates: [Double] = []
    for _ in 0..<options.repetitions {
      let start = monotonicSeconds()
      DispatchQueue.concurrentPerform(iterations: threads) { _ in
        for _ in 0..<count {
          precondition(
            verifier.isValid(signature: signature, message: message), "a right signature")
        }
      }
      rates.append(Double(threads * count) / (monotonicSeconds() - start))
    }
    return Sample.median(rates)
  }

  // MARK: One operation a transaction

  private func commitOne(into report: inout Report) throws(BenchmarkError) {
    let node = try NodeUnderTest()
    defer { node.remove() }
    let client = try node.connect()
    var rates: [Double] = []
    var processor = 0.0
    var total = 0
    var serial = 0
    for round in 0...options.repetitions {
      // The first round warms up; the rate that it shows sizes the others.
      let expected = rates.first ?? 2_000
      let perKind = Int(expected * (round == 0 ? 1 : options.runSeconds)) / 3
      let serials = serial..<(serial + perKind)
      serial += perKind
      let before = node.processorSeconds
      let seconds = try commitRound(node, client, serials, operationsEach: 1, report)
      if round == 0 {
        rates = [Double(3 * perKind) / seconds]
        continue
      }
      if round == 1 { rates = [] }
      rates.append(Double(3 * perKind) / seconds)
      processor += node.processorSeconds - before
      total += 3 * perKind
    }
    if options.measures.contains(.commitOne) {
      report.add(
        "commit.one", Sample.median(rates), "transactions/s",
        bound: report.verificationsPerSecond, target: "ratio 0.65")
      report.add(
        "commit.one.processor", processor / Double(total) * 1_000, "node s per 1,000")
    }
    try node.stop()
    try disk(node, transactions: 3 * serial, into: &report)
    try audit(node, transactions: 3 * serial, into: &report)
  }

  /// Registers, values and pledges `serials`; returns the seconds during which submissions ran.
  private func commitRound(
    _ node: NodeUnderTest, _ client: NodeClient, _ serials: Range<Int>, operationsEach: Int,
    _ report: Report
  ) throws(BenchmarkError) -> Double {
    var seconds = 0.0
    for kind in Workload.Kind.allCases {
      let height = try Load.head(client).height
      var transactions: [[UInt8]] = []
      for first in stride(from: serials.lowerBound, to: serials.upperBound, by: operationsEach) {
        let part = first..<min(first + operationsEach, serials.upperBound)
        transactions.append(
          try node.workload.transaction(
            kind, serials: part, reference: "\(kind)-\(first)", searchHeight: height))
      }
      seconds += try Load.submit(transactions[...], to: client)
    }
    return seconds
  }

  private func disk(
    _ node: NodeUnderTest, transactions: Int, into report: inout Report
  ) throws(BenchmarkError) {
    guard options.measures.contains(.disk) else { return }
    let log = node.diskBytes(below: "blocks") + node.diskBytes(below: "certificates")
    let index = node.diskBytes(below: "index")
    report.add("disk.log", log / Double(transactions), "bytes a transaction")
    report.add("disk.index", index / Double(transactions), "bytes a transaction")
    report.add(
      "disk", (log + index) / Double(transactions), "bytes a transaction", target: "at most 1,000")
  }

  private func audit(
    _ node: NodeUnderTest, transactions: Int, into report: inout Report
  ) throws(BenchmarkError) {
    guard options.measures.contains(.audit) else { return }
    var rates: [Double] = []
    for _ in 0..<options.repetitions {
      let start = monotonicSeconds()
      try node.run(["audit", "verify"])
      rates.append(Double(transactions) / (monotonicSeconds() - start))
    }
    report.add(
      "audit", Sample.median(rates), "transactions/s", bound: report.verificationsPerSecond,
      target: "ratio 0.8")
  }

  // MARK: Many operations a transaction

  private func commitOneBulk(into report: inout Report) throws(BenchmarkError) {
    let node = try NodeUnderTest()
    defer { node.remove() }
    let client = try node.connect()
    var rates: [Double] = []
    var serial = 0
    for round in 0...options.repetitions {
      let expected = rates.first ?? 6_000
      let perKind = max(100, Int(expected * (round == 0 ? 1 : options.runSeconds)) / 300 * 100)
      let serials = serial..<(serial + perKind)
      serial += perKind
      let seconds = try commitRound(node, client, serials, operationsEach: 100, report)
      if round == 1 { rates = [] }
      rates.append(Double(3 * perKind) / seconds)
    }
    report.add(
      "commit.one.bulk", Sample.median(rates), "operations/s", bound: 60_000, target: "60,000")
  }

  // MARK: One at a time

  private func latencyOne(into report: inout Report) throws(BenchmarkError) {
    let node = try NodeUnderTest()
    defer { node.remove() }
    let client = try node.connect()
    if options.measures.contains(.latencyOne) {
      let count = options.duration == .quick ? 200 : 3_000
      var transactions: [[UInt8]] = []
      for serial in 0..<count {
        transactions.append(
          try node.workload.transaction(
            .register, serials: serial..<(serial + 1), reference: "latency-\(serial)"))
      }
      var milliseconds: [Double] = []
      for transaction in transactions {
        milliseconds.append(try Load.submitOne(transaction, to: client) * 1_000)
      }
      let counted = Array(milliseconds.dropFirst(count / 10))
      report.add("latency.one.p50", Sample.quantile(counted, 0.5), "ms")
      report.add("latency.one.p99", Sample.quantile(counted, 0.99), "ms")
    }
    if options.measures.contains(.idle) { try idle(node, client, into: &report) }
    try node.stop()
  }

  private func idle(
    _ node: NodeUnderTest, _ client: NodeClient, into report: inout Report
  ) throws(BenchmarkError) {
    let height = try Load.head(client).height
    let before = node.processorSeconds
    let seconds: UInt32 = options.duration == .quick ? 5 : 60
    sleep(seconds)
    let share = (node.processorSeconds - before) / Double(seconds) * 100
    report.add("idle", share, "% of a core", target: "under 0.5")
    let blocks = try Load.head(client).height.rawValue - height.rawValue
    report.add("idle.blocks", Double(blocks), "blocks", target: "0")
  }

  // MARK: Many vehicles

  private func query(into report: inout Report) throws(BenchmarkError) {
    let node = try NodeUnderTest()
    defer { node.remove() }
    let client = try node.connect()
    let count = options.vehicleCount
    report.note("Registering \(count) vehicles ...")
    let start = monotonicSeconds()
    for first in stride(from: 0, to: count, by: 100_000) {
      var transactions: [[UInt8]] = []
      for serial in stride(from: first, to: min(first + 100_000, count), by: 500) {
        let serials = serial..<min(serial + 500, count)
        transactions.append(
          try node.workload.transaction(
            .register, serials: serials, reference: "register-\(serial)"))
      }
      _ = try Load.submit(transactions[...], to: client)
    }
    report.note("... in \(Int(monotonicSeconds() - start)) s")
    let name = count.description
    if options.measures.contains(.query) { try queryLatency(node, client, name, into: &report) }
    if options.measures.contains(.memory) {
      report.add(
        "memory.loaded", node.residentBytes / 1_048_576, "MiB after loading \(name)")
      try node.stop()
      let restart = monotonicSeconds()
      try node.restart()
      report.add("restart", monotonicSeconds() - restart, "s with \(name) vehicles")
      report.add(
        "memory", node.residentBytes / 1_048_576, "MiB with \(name) vehicles",
        target: "300 with 1 million, 1,024 with 10 million")
      try node.stop()
    }
  }

  private func queryLatency(
    _ node: NodeUnderTest, _ client: NodeClient, _ name: String, into report: inout Report
  ) throws(BenchmarkError) {
    var randomness = SystemRandomNumberGenerator()
    var microseconds: [Double] = []
    var milliseconds: [Double] = []
    do {
      for _ in 0..<5_000 {
        let vin = try Workload.vin(Int.random(in: 0..<options.vehicleCount, using: &randomness))
        let start = monotonicSeconds()
        _ = try client.ask(.entries([.vehicle(vin)], .proof))
        microseconds.append((monotonicSeconds() - start) * 1e6)
      }
      for _ in 0..<(options.duration == .quick ? 10 : 100) {
        let vin = try Workload.vin(Int.random(in: 0..<options.vehicleCount, using: &randomness))
        let start = monotonicSeconds()
        try node.run(["vehicle", "check", vin.text])
        milliseconds.append((monotonicSeconds() - start) * 1_000)
      }
    } catch {
      throw .failed("a vehicle cannot be asked for: \(error)")
    }
    report.add(
      "query.p50", Sample.quantile(microseconds, 0.5), "µs with proof, \(name)", target: "100")
    report.add("query.p99", Sample.quantile(microseconds, 0.99), "µs with proof, \(name)")
    report.add(
      "query.command.p50", Sample.quantile(milliseconds, 0.5), "ms, vehicle check", target: "20")
  }
}
