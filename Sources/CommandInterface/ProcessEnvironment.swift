import Glibc

/// The environment variables of the process, or those that a test makes up.
package struct ProcessEnvironment: Sendable {
  private let lookup: @Sendable (String) -> String?

  package init(_ variables: [String: String]) {
    lookup = { variables[$0] }
  }

  private init(lookup: @escaping @Sendable (String) -> String?) {
    self.lookup = lookup
  }

  /// The environment that the process was started with. Nothing in hypothec changes it.
  package static let process = ProcessEnvironment { name in
    getenv(name).map { String(cString: $0) }
  }

  package subscript(name: String) -> String? {
    lookup(name)
  }
}
