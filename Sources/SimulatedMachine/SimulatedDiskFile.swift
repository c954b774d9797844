import Storage

/// An open file of a `SimulatedDisk`; of no use after the disk was restarted.
final class SimulatedFile: DiskFile {
  let path: DiskPath
  private let disk: SimulatedDisk
  private let node: Int
  private let session: Int

  init(_ disk: SimulatedDisk, _ path: DiskPath, node: Int, session: Int) {
    self.disk = disk
    self.path = path
    self.node = node
    self.session = session
  }

  func byteCount() throws(DiskError) -> UInt64 {
    try perform(.size) { (state) throws(DiskError) in UInt64(state.nodes[self.node].content.count) }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(DiskError) -> Int
  {
    let bytes = try perform(.read) { (state) throws(DiskError) in
      Array(state.nodes[self.node].content.dropFirst(Int(offset)).prefix(buffer.count))
    }
    buffer.copyBytes(from: bytes)
    return bytes.count
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(DiskError) {
    let bytes = Array(bytes)
    try perform(.write) { (state, perMille) throws(DiskError) in
      let part = Array(bytes.prefix(bytes.count * perMille / 1000))
      try state.write(self.node, part, Int(offset), self.path)
    } _: { (state) throws(DiskError) in
      try state.write(self.node, bytes, Int(offset), self.path)
    }
  }

  func truncate(to byteCount: UInt64) throws(DiskError) {
    try perform(.truncate) { (state) throws(DiskError) in
      state.nodes[self.node].apply(.truncate(Int(byteCount)))
    }
  }

  func sync() throws(DiskError) {
    try perform(.sync) { (state, _) throws(DiskError) in
      state.nodes[self.node].loseChanges()
    } _: { (state) throws(DiskError) in
      state.nodes[self.node].sync()
    }
  }

  private func perform<Result: Sendable>(
    _ operation: DiskError.Operation,
    partly: ((inout SimulatedDiskState, _ perMille: Int) throws(DiskError) -> Void)? = nil,
    _ body: (inout SimulatedDiskState) throws(DiskError) -> Result
  ) throws(DiskError) -> Result {
    try disk.perform(operation, path, partly: partly) { (state) throws(DiskError) in
      guard state.session == self.session else { throw DiskError(operation, self.path, .io) }
      return try body(&state)
    }
  }
}
