@preconcurrency import Glibc

/// Directories of a run: made anew, looked through, and removed with all that is in them.
package enum DirectoryTree {
  /// Makes an empty directory in the temporary directory (TMPDIR, else /tmp), which only its owner
  /// enters: its name is `name`, a hyphen and something new.
  package static func makeTemporary(_ name: String) throws(LocalProcessError) -> String {
    let chosen = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    let parent = chosen.isEmpty ? "/tmp" : chosen
    var template = Array("\(parent)/\(name)-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw .noTemporaryDirectory(parent: parent, errno)
    }
    return String(cString: made)
  }

  /// The names in a directory, ascending, without `.` and `..`; none if it cannot be read.
  package static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Calls `body` with every path below and including `path`, and what it is: children before their
  /// parents. Links are not followed.
  package static func visit(_ path: String, _ body: (String, stat) -> Void) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in names(in: path) { visit("\(path)/\(name)", body) }
    }
    body(path, status)
  }

  /// Removes a file, or a directory with all that is in it; what cannot be removed stays.
  package static func remove(_ path: String) {
    visit(path) { path, status in
      if status.st_mode & S_IFMT == S_IFDIR { rmdir(path) } else { unlink(path) }
    }
  }
}
