import Cryptography
import Ledger

/// The files of a block log, sorted into sealed segments, open ones and leftovers, with the chain
/// of their headers checked.
struct BlockLogInventory {
  /// Ascending; each header names the digest in the seal of the one before.
  private(set) var sealed: [FileHeader] = []
  /// The segments after the sealed ones.
  var open: [FileHeader] = []
  /// What the next header must say if no segment is open.
  private(set) var lastSealed: FileHeader.Link?
  /// Temporary files, and halves of segments that a crash left before they were begun.
  private(set) var leftovers: [DiskPath] = []

  init(_ disk: any Disk, _ configuration: BlockLog.Configuration) throws(StorageError) {
    let (blocks, certificates) = try attempt { () throws(DiskError) in
      (try disk.list(LogLayout.blocks), try disk.list(LogLayout.certificates))
    }
    leftovers += blocks.filter { $0.hasSuffix(temporarySuffix) }
      .map(LogLayout.blocks.appending)
    leftovers += certificates.filter { $0.hasSuffix(temporarySuffix) }
      .map(LogLayout.certificates.appending)
    var heights = LogLayout.numbers(in: blocks, suffix: "blocks")
    let sidecars = LogLayout.numbers(in: certificates, suffix: "certificates")
    try setAside(segmentsWithout: sidecars, &heights, disk, configuration)
    try setAside(sidecars.filter { !heights.contains($0) }, disk, configuration)
    try readChain(heights, disk, configuration)
    guard heights.first == configuration.firstHeight.rawValue else {
      throw .missingSegment(firstHeight: configuration.firstHeight)
    }
  }

  /// The last segment may lack its sidecar if it holds nothing yet. That any other does is found
  /// when the sidecar is read.
  private mutating func setAside(
    segmentsWithout sidecars: [UInt64], _ heights: inout [UInt64], _ disk: any Disk,
    _ configuration: BlockLog.Configuration
  ) throws(StorageError) {
    guard let last = heights.last, last != configuration.firstHeight.rawValue, sidecars.last != last
    else { return }
    let path = LogLayout.blocks(from: last)
    let file = try attempt { () throws(DiskError) in try disk.open(path, .read) }
    _ = try FileHeader.read(.blocks, number: last, of: configuration.network, from: file)
    let count = try attempt { () throws(DiskError) in try file.byteCount() }
    guard count == FileHeader.Kind.blocks.byteCount else { return }
    leftovers.append(path)
    heights.removeLast()
  }

  /// A sidecar may lack its segment if it holds no certificate yet.
  private mutating func setAside(
    _ sidecars: [UInt64], _ disk: any Disk, _ configuration: BlockLog.Configuration
  ) throws(StorageError) {
    for height in sidecars {
      let path = LogLayout.certificates(from: height)
      let file = try attempt { () throws(DiskError) in try disk.open(path, .read) }
      _ = try FileHeader.read(
        .certificates, number: height, of: configuration.network, from: file)
      let scan = try CertificateScan(file, firstHeight: height)
      guard scan.entries.isEmpty else { throw .missingSegment(firstHeight: Height(height)) }
      if case .damaged = scan.tail { throw .missingSegment(firstHeight: Height(height)) }
      leftovers.append(path)
    }
  }

  private mutating func readChain(
    _ heights: [UInt64], _ disk: any Disk, _ configuration: BlockLog.Configuration
  ) throws(StorageError) {
    var previous: UInt64?
    for height in heights {
      let header = try BlockLogInventory.headers(of: height, disk, configuration.network)
      if let link = header.link, previous.map({ link.firstHeight > $0 }) ?? true {
        throw .missingSegment(firstHeight: Height(link.firstHeight))
      }
      guard header.link?.firstHeight == previous else {
        throw BlockLogInventory.outOfChain(header)
      }
      try add(header, disk)
      previous = height
    }
  }

  private mutating func add(_ header: FileHeader, _ disk: any Disk) throws(StorageError) {
    if let link = header.link, open.isEmpty, link != lastSealed {
      let seal = Seal.path(of: LogLayout.blocks(from: link.firstHeight))
      throw .damaged(Damage(.digest, in: seal, at: 0..<64))
    }
    let path = LogLayout.blocks(from: header.number)
    guard let digest = try Seal.read(of: path, disk) else {
      open.append(header)
      return
    }
    if let unsealed = open.first {
      let seal = Seal.path(of: LogLayout.blocks(from: unsealed.number))
      throw .damaged(Damage(.missing, in: seal, at: 0..<0))
    }
    sealed.append(header)
    lastSealed = FileHeader.Link(firstHeight: header.number, digest: digest)
  }

  /// Checks the headers of a segment and of its sidecar and returns the former.
  static func headers(
    of height: UInt64, _ disk: any Disk, _ network: Digest
  ) throws(StorageError) -> FileHeader {
    let certificates = LogLayout.certificates(from: height)
    let sidecar: any DiskFile
    let segment = try attempt { () throws(DiskError) in
      try disk.open(LogLayout.blocks(from: height), .read)
    }
    do {
      sidecar = try disk.open(certificates, .read)
    } catch  where error.reason == .notFound {
      throw .damaged(Damage(.missing, in: certificates, at: 0..<0))
    } catch {
      throw .disk(error)
    }
    _ = try FileHeader.read(.certificates, number: height, of: network, from: sidecar)
    return try FileHeader.read(.blocks, number: height, of: network, from: segment)
  }

  private static func outOfChain(_ header: FileHeader) -> StorageError {
    let range = 0..<UInt64(FileHeader.Kind.blocks.byteCount)
    return .damaged(Damage(.order, in: LogLayout.blocks(from: header.number), at: range))
  }
}
