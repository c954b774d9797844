import SimulatedMachine
import Storage

// What checkers look for on a node's disk.

extension SimulatedNode {
  /// Whether both copies of the journal would have these bytes after a power cut.
  func hasInJournal(_ bytes: [UInt8]) -> Bool {
    let copies = journal
    let suffixes = [".a", ".b"].filter { suffix in
      copies.contains { path in
        path.text.hasSuffix(suffix) && disk.syncedContent(path)?.contains(bytes) == true
      }
    }
    return suffixes.count == 2
  }

  /// Whether the journal or the block log would have these bytes after a power cut.
  func hasDurably(_ bytes: [UInt8]) -> Bool {
    hasInJournal(bytes)
      || disk.files.contains { path in
        !path.text.hasPrefix("journal/") && disk.syncedContent(path)?.contains(bytes) == true
      }
  }

  /// Whether any copy of the journal has these bytes, synced or not.
  func mayRemember(_ bytes: [UInt8]) -> Bool {
    journal.contains { disk.content($0)?.contains(bytes) == true }
  }

  private var journal: [DiskPath] {
    disk.files.filter { path in
      path.text.hasPrefix("journal/") && (path.text.hasSuffix(".a") || path.text.hasSuffix(".b"))
    }
  }
}

extension [UInt8] {
  /// Whether these bytes are somewhere in it.
  fileprivate func contains(_ part: [UInt8]) -> Bool {
    guard let first = part.first, count >= part.count else { return false }
    return withUnsafeBytes { bytes in
      var start = 0
      while start + part.count <= bytes.count {
        if bytes[start] == first,
          bytes[start..<start + part.count].elementsEqual(part)
        {
          return true
        }
        start += 1
      }
      return false
    }
  }
}
