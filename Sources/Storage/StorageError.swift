import Cryptography
import Ledger

/// Why storage could not do what it was asked to.
package enum StorageError: Error, Hashable, Sendable {
  /// The disk refused. With `.noSpace` nothing is lost and the same call may succeed later.
  case disk(DiskError)
  /// A write or sync failed before, and what it left behind is unknown: this value takes no more.
  /// Close it and open it again, which runs recovery.
  case stopped(DiskError)
  /// Bytes that were once safely stored are not what they were.
  case damaged(Damage)
  /// A segment of the block log is not there.
  case missingSegment(firstHeight: Height)
  /// These heights once were in the log and are to be fetched again.
  case missingBlocks(Range<Height>)
  /// The file belongs to another network.
  case foreignNetwork(DiskPath, Digest)
  /// The file was written by a newer version of hypothec.
  case newerFormat(DiskPath, version: String)
  /// The directory holds no `format` file: nothing was ever set up in it.
  case notADataDirectory
  case alreadyADataDirectory
  /// Another process works in the directory; its process id, if known.
  case inUse(processIdentifier: Int32?)
  /// Blocks are appended one height after the other; this is the next.
  case outOfOrder(nextHeight: Height)
  /// The index does not open or does not read: rebuild it from the log. RocksDB's own words.
  case indexUnusable(String)
}

extension StorageError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .disk(let error): "\(error)"
    case .stopped(let error):
      "storage stopped after a failure that cannot be retried (\(error)); restart the node"
    case .damaged(let damage): "\(damage)"
    case .missingSegment(let height):
      "the block log segment that begins with height \(height.rawValue) is missing"
    case .missingBlocks(let heights):
      "the blocks \(heights.lowerBound.rawValue) to \(heights.upperBound.rawValue - 1) were "
        + "damaged and are not fetched again yet"
    case .foreignNetwork(let path, let network): "\(path) belongs to the network \(network)"
    case .newerFormat(let path, let version):
      "\(path) has format \(version), which this version of hypothec does not know"
    case .notADataDirectory: "this is not a data directory: it holds no file named format"
    case .alreadyADataDirectory: "this is a data directory already"
    case .inUse(let owner?): "process \(owner) is using the data directory"
    case .inUse(nil): "another process is using the data directory"
    case .outOfOrder(let next): "the next block to be appended has height \(next.rawValue)"
    case .indexUnusable(let message): "the index cannot be used and must be rebuilt: \(message)"
    }
  }
}

/// Runs disk operations, whose errors become storage errors.
func attempt<Result>(
  _ body: () throws(DiskError) -> Result
) throws(StorageError) -> Result {
  do {
    return try body()
  } catch {
    throw .disk(error)
  }
}
