/// What may go wrong in a run.
package enum FaultKind: String, CaseIterable, Hashable, Sendable {
  /// Frames are delayed, lost, doubled or come out of order; links are slow.
  case links
  /// Nodes do not hear each other, or one hears the other only.
  case partitions
  /// Nodes stand still for a while.
  case pauses
  /// Wall clocks are off.
  case clocks
  /// Processes die and machines lose their power, at any moment and between any two effects.
  case crashes
  /// Disks fail, fill up, lose and misdirect writes, rot, or come back as they were earlier.
  case disks
  /// Validators lie.
  case liars
  /// The validators' epoch changes under way.
  case epochs
}
