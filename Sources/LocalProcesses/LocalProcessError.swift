/// Why this machine did not do what it was asked for; each case has the system's error number last.
package enum LocalProcessError: Error, Hashable, Sendable {
  case notStarted(program: String, Int32)
  /// Somebody else has waited for the process, or nobody can.
  case notWaitedFor(process: Int32, Int32)
  case ownProgramUnknown(Int32)
  case noFreePort(Int32)
  case noTemporaryDirectory(parent: String, Int32)
}
