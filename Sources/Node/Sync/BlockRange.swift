import CBOR
import Ledger

/// Consecutive final blocks and the certificate that finalizes the last, and thereby all.
///
/// Never crosses the end of an epoch, so whoever knows an epoch's validators can verify it by itself.
package struct BlockRange: Hashable, Sendable {
  package let first: Height
  /// Encoded; none if the sender has no block at `first`.
  package let blocks: [[UInt8]]
  package let certificate: [UInt8]

  package init(first: Height, blocks: [[UInt8]], certificate: [UInt8]) {
    self.first = first
    self.blocks = blocks
    self.certificate = certificate
  }

  private static let certificateByteLimit = 4 * 1024

  /// `[first, [* block], certificate]`.
  func encode(into encoder: inout CBOREncoder) {
    encoder.array(3)
    encoder.height(first)
    encoder.list(blocks) { $0.byteString($1) }
    encoder.byteString(certificate)
  }

  init(from reader: inout LedgerReader) throws(LedgerError) {
    try reader.array(count: 3)
    first = try reader.height()
    blocks = try reader.items(limit: PeerLimits.rangeBlockLimit) { reader throws(LedgerError) in
      try reader.byteString(limit: Block.byteLimit)
    }
    certificate = try reader.byteString(limit: BlockRange.certificateByteLimit)
  }
}

/// A range whose blocks are what its certificate says.
struct CheckedRange {
  let blocks: [(block: Block, encoded: [UInt8])]
  let finalization: Certificate

  var first: Height { blocks[0].block.header.height }
  var last: Height { blocks[blocks.count - 1].block.header.height }
}

/// Why a range is of no use.
enum RangeFault: Error, Hashable {
  /// The peer has no such blocks.
  case empty
  case malformed(String)
  /// The certificate is of an epoch whose validators are not known here.
  case otherEpoch
  case certificateInvalid
  /// Its blocks do not lead to the certificate's.
  case broken
}

extension BlockRange {
  /// Checks everything that needs no state: backwards from the one certificate.
  ///
  /// - Parameter isValid: verifies a finalization of `epoch`.
  func check(epoch: Epoch, isValid: (Certificate) -> Bool) throws(RangeFault) -> CheckedRange {
    guard !blocks.isEmpty else { throw .empty }
    let finalization: Certificate
    do throws(LedgerError) {
      finalization = try Certificate(certificate)
    } catch {
      throw .malformed("\(error)")
    }
    guard case .finalize(let last) = finalization.ballot.subject else { throw .certificateInvalid }
    guard finalization.ballot.epoch == epoch else { throw .otherEpoch }
    guard isValid(finalization) else { throw .certificateInvalid }
    let decoded = Parallel.map(blocks) { bytes in
      Result { () throws(LedgerError) in try Block(bytes) }
    }
    var expected = last.hash
    var checked: [(block: Block, encoded: [UInt8])] = []
    for (result, bytes) in zip(decoded, blocks).reversed() {
      let block: Block
      do { block = try result.get() } catch { throw .malformed("\(error)") }
      guard block.header.hash == expected else { throw .broken }
      expected = block.header.parent
      checked.append((block, bytes))
    }
    checked.reverse()
    guard checked[0].block.header.height == first else { throw .broken }
    return CheckedRange(blocks: checked, finalization: finalization)
  }
}

extension Chain {
  /// The final blocks from `first` on up to a bound, ending with one that has its own certificate
  /// and at the latest with the one that closes its epoch, or before what the log has lost; empty if
  /// there is none.
  func range(from first: Height) throws(ChainError) -> BlockRange {
    var blocks: [[UInt8]] = []
    var certificate: [UInt8] = []
    var byteCount = 0
    while let run = try nextRun(of: blocks.count, from: first) {
      let runByteCount = run.blocks.reduce(0) { $0 + $1.count }
      let isBeyond =
        byteCount + runByteCount > PeerLimits.servedByteCount
        || blocks.count + run.blocks.count > PeerLimits.servedBlockCount
      if isBeyond, !blocks.isEmpty { break }
      byteCount += runByteCount
      blocks += run.blocks
      certificate = run.certificate
      if isBeyond || run.isClosing { break }
    }
    guard blocks.count <= PeerLimits.rangeBlockLimit, byteCount <= PeerLimits.rangeByteLimit else {
      return BlockRange(first: first, blocks: [], certificate: [])
    }
    return BlockRange(first: first, blocks: blocks, certificate: certificate)
  }

  private struct RangeRun {
    let blocks: [[UInt8]]
    let certificate: [UInt8]
    let isClosing: Bool
  }

  /// The blocks up to the next certificate, or more than a range may have; `nil` if there is none or
  /// one of them cannot be read.
  private func nextRun(of count: Int, from first: Height) throws(ChainError) -> RangeRun? {
    guard first > .genesis, first <= head.header.height,
      UInt64(count) <= head.header.height.rawValue - first.rawValue
    else { return nil }
    var next = Height(first.rawValue + UInt64(count))
    do {
      guard let covering = try encodedCertificate(covering: next),
        covering.height <= head.header.height
      else { return nil }
      var blocks: [[UInt8]] = []
      var byteCount = 0
      while next <= covering.height {
        blocks.append(try encodedBlock(at: next))
        byteCount += blocks[blocks.count - 1].count
        guard blocks.count <= PeerLimits.rangeBlockLimit, byteCount <= PeerLimits.rangeByteLimit
        else { break }
        next = next.next
      }
      return RangeRun(
        blocks: blocks, certificate: covering.bytes,
        isClosing: try header(at: covering.height).isClosing
          || recoveries[covering.height] != nil)
    } catch let error where error.isLoss {
      return nil
    }
  }
}
