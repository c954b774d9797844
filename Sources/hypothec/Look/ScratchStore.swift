import CommandInterface
import Documents
@preconcurrency import Glibc
import LocalProcesses
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
    DirectoryTree.remove(directory)
  }
}
