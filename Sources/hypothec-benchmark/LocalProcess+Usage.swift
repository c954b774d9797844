@preconcurrency import Glibc
import LocalProcesses

// What a process that runs uses (proc(5)); zero of one that has ended.

extension LocalProcess {
  /// Memory in use, in bytes.
  var residentBytes: Double {
    let fields = Self.text(of: "/proc/\(id)/statm").split(separator: " ")
    return fields.count > 1 ? (Double(fields[1]) ?? 0) * Double(sysconf(Int32(_SC_PAGESIZE))) : 0
  }

  /// Processor time of all threads, in seconds.
  var processorSeconds: Double {
    // The second field, a name in parentheses, may hold blanks: count from its end.
    let text = Self.text(of: "/proc/\(id)/stat")
    guard let close = text.lastIndex(of: ")") else { return 0 }
    let fields = text[close...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
      return 0
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
