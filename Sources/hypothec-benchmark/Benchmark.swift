@preconcurrency import Glibc

/// `hypothec-benchmark`: measures what docs/performance.md reports, each figure with its bound taken
/// in the same run. Run by `scripts/benchmark`.
///
/// The load is signed before the clock starts; every transaction that counts was acknowledged by the
/// node, which acknowledges only what is final and durable.
@main
struct Benchmark {
  static func main() {
    setvbuf(stdout, nil, _IOLBF, 0)
    signal(SIGPIPE, SIG_IGN)
    do {
      let options = try BenchmarkOptions(Array(CommandLine.arguments.dropFirst()))
      var report = Report(format: options.format)
      try BenchmarkRun(options: options).measure(into: &report)
      report.finish()
    } catch {
      fputs("Error: \(error)\n", stderr)
      exit(error.isMisuse ? 64 : 1)
    }
  }
}

/// Why nothing was measured.
enum BenchmarkError: Error, CustomStringConvertible {
  case misuse(String)
  case failed(String)

  var isMisuse: Bool {
    switch self {
    case .misuse: true
    case .failed: false
    }
  }

  var description: String {
    switch self {
    case .misuse(let text):
      "\(text)\nUsage: scripts/benchmark [--json] [--quick] [--full] [--only MEASURE ...]"
    case .failed(let text): text
    }
  }
}

/// The measures, in the order in which they are taken.
enum Measure: String, CaseIterable {
  case verifyBound = "verify.bound"
  case commitOne = "commit.one"
  case disk
  case audit
  case commitOneBulk = "commit.one.bulk"
  case latencyOne = "latency.one"
  case idle
  case query
  case memory
  case commitFour = "commit.four"
  case commitFourBulk = "commit.four.bulk"
  case latencyFour = "latency.four"
  case failover
}

struct BenchmarkOptions {
  var format = Report.Format.table
  var measures = Set(Measure.allCases)
  var duration = Scale.normal

  enum Scale {
    /// A few seconds a measure: to see that it works.
    case quick
    case normal
    /// Ten million vehicles for queries and memory.
    case full
  }

  init(_ arguments: [String]) throws(BenchmarkError) {
    var only: Set<Measure> = []
    var index = 0
    while index < arguments.count {
      switch arguments[index] {
      case "--json": format = .json
      case "--quick": duration = .quick
      case "--full": duration = .full
      case "--only":
        index += 1
        guard index < arguments.count, let measure = Measure(rawValue: arguments[index]) else {
          let names = Measure.allCases.map(\.rawValue).joined(separator: ", ")
          throw .misuse("--only takes one of \(names)")
        }
        only.insert(measure)
      default: throw .misuse("unknown argument \(arguments[index])")
      }
      index += 1
    }
    if !only.isEmpty { measures = only }
  }

  /// How long one run of a rate goes on, after its warm-up.
  var runSeconds: Double { duration == .quick ? 2 : 10 }
  var repetitions: Int { duration == .quick ? 1 : 3 }
  var vehicleCount: Int {
    switch duration {
    case .quick: 50_000
    case .normal: 1_000_000
    case .full: 10_000_000
    }
  }
}
