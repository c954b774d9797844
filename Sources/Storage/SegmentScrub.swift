import Cryptography
import Ledger

/// A sealed segment that is to be looked through, on any thread: sealed segments do not change.
package struct SegmentScrub: Sendable {
  let firstHeight: UInt64
  let disk: any Disk
  let configuration: BlockLog.Configuration

  /// Reads every byte of the segment, its sidecar and both seals, as `BlockLog.verify` does. About
  /// 100 ms.
  ///
  /// - Returns: what is damaged, for `BlockLog.quarantine`.
  package func run() throws(StorageError) -> [Damage] {
    do {
      let header = try BlockLogInventory.headers(of: firstHeight, disk, configuration.network)
      return try SealedSegmentCheck(header, disk, configuration).damages
    } catch .damaged(let damage) {
      return [damage]
    } catch {
      guard error.isDamage else { throw error }
      let path = LogLayout.blocks(from: firstHeight)
      return [Damage(.unreadable, in: path, at: 0..<0, height: firstHeight)]
    }
  }
}
