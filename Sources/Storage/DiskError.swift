/// Why the disk did not do what it was asked to.
package struct DiskError: Error, Hashable, Sendable {
  package enum Operation: String, Hashable, Sendable {
    case createDirectory = "create directory"
    case open
    case read
    case write
    case sync
    case truncate
    case size
    case list
    case rename
    case remove
    case syncDirectory = "sync directory"
    case lock
    case freeSpace = "free space"
  }

  package enum Reason: Hashable, Sendable {
    /// No room left (ENOSPC, EDQUOT, EFBIG). Writing may succeed again once there is room.
    case noSpace
    /// The device failed (EIO). What a failed sync left on the disk is unknown.
    case io
    case readOnly
    case notFound
    case exists
    case accessDenied
    case tooManyOpenFiles
    case notADirectory
    /// Another process holds the lock; its process id, if it could be read.
    case locked(processIdentifier: Int32?)
    /// Any other `errno`.
    case other(code: Int32)
  }

  package let operation: Operation
  package let path: DiskPath
  package let reason: Reason

  package init(_ operation: Operation, _ path: DiskPath, _ reason: Reason) {
    self.operation = operation
    self.path = path
    self.reason = reason
  }
}

extension DiskError: CustomStringConvertible {
  package var description: String { "\(operation.rawValue) \(path): \(reason)" }
}

extension DiskError.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noSpace: "no space left on the device"
    case .io: "input or output error"
    case .readOnly: "read-only file system"
    case .notFound: "no such file or directory"
    case .exists: "it exists already"
    case .accessDenied: "access denied"
    case .tooManyOpenFiles: "too many open files"
    case .notADirectory: "not a directory"
    case .locked(let processIdentifier?): "locked by process \(processIdentifier)"
    case .locked(nil): "locked by another process"
    case .other(let code): "error \(code)"
    }
  }
}
