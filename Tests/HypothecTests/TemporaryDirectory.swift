import LocalProcesses

/// A new directory that goes, with all that is in it, when the last reference goes.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws { path = try DirectoryTree.makeTemporary("hypothec-test") }

  deinit { DirectoryTree.remove(path) }

  subscript(name: String) -> String { "\(path)/\(name)" }
}
