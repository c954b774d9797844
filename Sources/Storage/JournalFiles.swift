/// The two copies of a journal's generations.
enum JournalFiles {
  static let directory = DiskPath("journal")

  static func first(_ generation: UInt64) -> DiskPath {
    directory.appending("\(LogLayout.digits(generation)).a")
  }

  static func second(_ generation: UInt64) -> DiskPath {
    directory.appending("\(LogLayout.digits(generation)).b")
  }

  /// Creates both copies, or neither name: they are renamed after both were synced.
  static func create(
    _ generation: UInt64, _ bytes: [UInt8], on disk: any Disk
  ) throws(DiskError) {
    let paths = [first(generation), second(generation)]
    for path in paths {
      let file = try disk.open(temporary(path), .createEmpty)
      try file.write(bytes, at: 0)
      try file.sync()
    }
    for path in paths { try disk.rename(temporary(path), to: path.name) }
    try disk.syncDirectory(directory)
  }

  static func remove(_ generation: UInt64, on disk: any Disk) throws(DiskError) {
    try disk.remove(first(generation))
    try disk.remove(second(generation))
    try disk.syncDirectory(directory)
  }

  /// Cuts both copies. The second first, so that it never is the longer one.
  static func cut(
    _ first: any DiskFile, _ second: any DiskFile, to end: UInt64
  ) throws(DiskError) {
    for file in [second, first] {
      if try file.byteCount() > end { try file.truncate(to: end) }
      try file.sync()
    }
  }

  /// Removes what an interrupted compaction left and returns the generation that counts.
  static func settleGenerations(on disk: any Disk) throws(StorageError) -> UInt64 {
    let names = try attempt { () throws(DiskError) in try disk.list(directory) }
    let firsts = LogLayout.numbers(in: names, suffix: "a")
    let seconds = LogLayout.numbers(in: names, suffix: "b")
    let complete = firsts.filter(seconds.contains)
    guard let current = complete.last ?? (firsts + seconds).max() else {
      throw .damaged(Damage(.missing, in: directory, at: 0..<0))
    }
    let kept = [first(current).name, second(current).name]
    let leftovers = names.filter { name in
      !kept.contains(name) && [".a", ".b", temporarySuffix].contains { name.hasSuffix($0) }
    }
    try attempt { () throws(DiskError) in
      for name in leftovers { try disk.remove(directory.appending(name)) }
      try disk.syncDirectory(directory)
    }
    return current
  }

  private static func temporary(_ path: DiskPath) -> DiskPath {
    path.parent.appending(path.name + temporarySuffix)
  }
}
