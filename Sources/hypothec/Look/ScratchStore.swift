import CommandInterface
@preconcurrency import Glibc
import Storage

/// An empty store in the temporary directory (TMPDIR, else /tmp), for an audit's own state.
struct ScratchStore {
  let store: any StateStore
  private let directory: String

  init() throws(Problem) {
    directory = try LocalFile.createTemporaryDirectory("audit")
    do throws(StorageError) {
      store = try Index(path: LocalPath.joined(directory, "state"))
    } catch {
      rmdir(directory)
      throw Problem(error, directory: directory)
    }
  }

  /// Takes the store's files away. It is not used any more.
  func remove() {
    LocalFile.removeTree(directory)
  }
}

extension LocalFile {
  /// Removes a directory of this process's own with all files in it; what cannot be removed stays.
  fileprivate static func removeTree(_ path: String) {
    for name in names(in: path) {
      let child = LocalPath.joined(path, name)
      let isDirectory = status(child).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
      if isDirectory { removeTree(child) } else { unlink(child) }
    }
    rmdir(path)
  }

  /// The names in a directory, ascending, without `.` and `..`; none if it cannot be read.
  static func names(in directory: String) -> [String] {
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
}
