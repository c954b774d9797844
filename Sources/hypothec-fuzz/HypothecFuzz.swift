import FuzzTargets
@preconcurrency import Glibc

/// Lets libFuzzer look for inputs that a reader does not come back from (`scripts/fuzz`): the variable
/// HYPOTHEC_FUZZ_TARGET names the reader, the words of the command line are libFuzzer's.
@main
enum HypothecFuzz {
  static let target = getenv("HYPOTHEC_FUZZ_TARGET").flatMap {
    FuzzTarget(rawValue: String(cString: $0))
  }

  static func main() {
    guard target != nil else {
      let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
      fputs("set HYPOTHEC_FUZZ_TARGET to one of: \(names)\n", stderr)
      exit(64)
    }
    var count = CommandLine.argc
    var words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(
      runDriver(&count, &words) { bytes, count in
        HypothecFuzz.target?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
      })
  }
}

/// libFuzzer's own main, which calls back with one input after another.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
