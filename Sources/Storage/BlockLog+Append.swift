import Ledger

extension BlockLog {
  /// Appends blocks from `height` on; when this returns they are committed.
  ///
  /// The last entry has a certificate. One call costs two syncs, however many blocks it takes;
  /// it may be many blocks, but they are all in memory at once.
  ///
  /// - Throws: `.outOfOrder` if `height` is not the next height; `.disk` with `.noSpace` when the
  ///   append was undone for want of room: part of the blocks may be committed nevertheless,
  ///   `nextHeight` says which; `.disk` with any other reason when the log stops, and `.stopped`
  ///   from then on.
  package mutating func append(
    _ entries: [Entry], from height: Height
  ) throws(StorageError) {
    precondition(entries.last?.certificate != nil, "a certificate commits an append's last block")
    precondition(
      entries.allSatisfy { $0.block.count <= configuration.maximumBlockByteCount },
      "a block that is written can be read again")
    try settle()
    guard canGrow else { throw missingAtEnd }
    guard height == nextHeight else { throw .outOfOrder(nextHeight: nextHeight) }
    do {
      try write(blocks: entries)
      try write(certificatesOf: entries)
    } catch {
      try stop(after: error)
    }
    state.nextHeight += UInt64(entries.count)
    sealFullSegments()
  }

  private var missingAtEnd: StorageError {
    let last = state.damagedLast
    return .missingBlocks(Height(last?.firstHeight ?? 0)..<Height(last?.end ?? 0))
  }

  /// Makes the log ready to write: finishes the undoing of an append that found no room.
  package mutating func settle() throws(StorageError) {
    switch condition {
    case .sound: return
    case .stopped(let error): throw .stopped(error)
    case .unsettled:
      do {
        try recover()
        condition = .sound
      } catch .disk(let error) {
        if !error.isTransient { condition = .stopped(error) }
        throw .disk(error)
      }
    }
  }

  /// Undoes an append that found no room, or stops the log; throws in either case.
  private mutating func stop(after error: StorageError) throws(StorageError) {
    guard case .disk(let cause) = error else { throw error }
    guard cause.isTransient else {
      condition = .stopped(cause)
      throw error
    }
    condition = .unsettled
    do {
      try settle()
    } catch .disk {
      // It stays unsettled or has stopped; the next call says so.
    }
    throw error
  }

  private mutating func write(blocks entries: [Entry]) throws(StorageError) {
    var records: [UInt8] = []
    var lengths: [UInt64] = []
    for entry in entries {
      let next = nextUnwrittenHeight(pending: lengths.count)
      if isFull(pending: records.count) {
        try flush(&records, &lengths)
        try beginSegment(at: next)
      }
      Record.append(entry.block, to: &records)
      lengths.append(Record.byteCount(payload: entry.block.count))
    }
    try flush(&records, &lengths)
  }

  private func nextUnwrittenHeight(pending: Int) -> UInt64 {
    (state.open.last?.segment.nextHeight ?? state.nextHeight) + UInt64(pending)
  }

  /// Whether the next block belongs in a new segment, once `pending` bytes are in the last.
  private func isFull(pending: Int) -> Bool {
    guard let last = state.open.last else { return true }
    return last.segment.blocksEnd + UInt64(pending) >= configuration.segmentByteCount
  }

  private mutating func flush(
    _ records: inout [UInt8], _ lengths: inout [UInt64]
  ) throws(StorageError) {
    guard !records.isEmpty else { return }
    let last = state.open.count - 1
    do {
      try state.open[last].write(blocks: records, lengths: lengths)
    } catch {
      throw .disk(error)
    }
    records.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
  }

  private mutating func beginSegment(at height: UInt64) throws(StorageError) {
    let link = state.open.last?.link ?? state.lastSealed
    do {
      state.open.append(
        try OpenSegment(creating: height, link: link, on: disk, configuration))
    } catch {
      throw .disk(error)
    }
  }

  private mutating func write(certificatesOf entries: [Entry]) throws(StorageError) {
    for index in state.open.indices {
      let heights = state.open[index].segment.firstHeight..<state.open[index].segment.nextHeight
      var certificates: [(height: UInt64, bytes: [UInt8])] = []
      for (offset, entry) in entries.enumerated() {
        let height = state.nextHeight + UInt64(offset)
        guard heights.contains(height), let bytes = entry.certificate else { continue }
        certificates.append((height, bytes))
      }
      do {
        try state.open[index].write(certificates: certificates)
      } catch {
        throw .disk(error)
      }
    }
  }

  /// Seals the full segments. The blocks are committed without it, so a full disk only delays it,
  /// and any other failure stops the log for the next caller.
  mutating func sealFullSegments() {
    while let first = state.open.first, first.segment.blocksEnd >= configuration.segmentByteCount {
      do {
        try first.seal(on: disk)
      } catch .disk(let error) {
        if !error.isTransient { condition = .stopped(error) }
        return
      } catch {
        preconditionFailure("sealing only meets the disk's errors")
      }
      state.sealed.append(first.segment.firstHeight)
      state.lastSealed = first.link
      state.open.removeFirst()
    }
  }
}

extension DiskError {
  /// Whether the operation had no effect that cannot be undone, and may succeed later. That never
  /// is so for a failed sync.
  var isTransient: Bool {
    switch operation {
    case .sync, .syncDirectory: false
    default: reason == .noSpace || reason == .tooManyOpenFiles
    }
  }
}
