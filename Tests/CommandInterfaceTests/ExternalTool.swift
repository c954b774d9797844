import Glibc
import Testing

/// Runs a tool of the machine over a file, where it is installed.
enum ExternalTool {
  static func isInstalled(_ name: String) -> Bool {
    ["/usr/bin/", "/bin/", "/usr/local/bin/"].contains { access($0 + name, X_OK) == 0 }
  }

  /// The output of a shell command that finds `text` in the file `$1`, and its exit status.
  static func run(_ command: String, on text: String) throws -> (output: String, status: Int32) {
    var template = Array("/tmp/hypothec-test-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    try #require(descriptor >= 0)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    let bytes = Array(text.utf8)
    try #require(write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
    let pipe = try #require(popen("set -- \(path); { \(command)\n} 2>&1", "r"))
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 {
      output += buffer[..<count]
    }
    return (String(decoding: output, as: UTF8.self), pclose(pipe) >> 8)
  }
}
