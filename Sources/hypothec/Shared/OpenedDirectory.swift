import CommandInterface
import Documents
import Ledger
import Node
import Storage

/// A data directory that this process reads itself, because no node runs in it.
///
/// It is locked like a node's, and opened by the code that opens a node's, so that what a crash left
/// is brought in order first: blocks that the journal finalizes were acknowledged, though neither
/// log nor index may have them yet. A journal that is damaged is left as it is: that is the node's
/// to decide.
final class OpenedDirectory: NodeAccess {
  private let directory: DataDirectory
  private let chain: Chain
  private let wallClock: WallClock
  private let path: String

  init(_ place: NodeDirectory, _ context: CommandContext) throws(Problem) {
    let genesis = try OpenedDirectory.genesis(place)
    wallClock = context.host.wallClock
    path = place.path
    try place.requireRoom()
    do throws(StorageError) {
      directory = try DataDirectory.open(on: try place.disk(), network: genesis.network.digest)
    } catch {
      throw Problem(error, directory: place.path)
    }
    let journal = try JournalContent(directory.disk, genesis.network, place)
    let progress = OpeningDisplay(context)
    do throws(ChainError) {
      chain = try Chain.open(
        genesis, on: directory.disk, BlockLog.Configuration(network: genesis.network.digest),
        index: .directory(place.resolved(DataDirectory.indexName)),
        journaled: journal.blocksAndFinalizations,
        progress: progress.show)
      try journal.commit(on: chain)
    } catch {
      progress.abandon()
      throw Problem(error, directory: place.path)
    }
    progress.finish()
  }

  func ask(_ request: NodeRequest) throws(NodeAccessError) -> NodeResponse {
    chain.answer(
      request, running: nil, at: Timestamp(wallClock.now()) ?? chain.chainHead.time)
  }

  /// Accepts a recovery record for the node of the directory. This value is not used afterwards.
  ///
  /// Throws RECOVERY_REFUSED.
  func accept(_ record: RecoveryRecord) throws(Problem) -> Chain.RecoveryAcceptance {
    do throws(ChainError) {
      return try chain.accept(record, on: directory.disk)
    } catch {
      throw Problem(error, directory: path)
    }
  }

  private static func genesis(_ place: NodeDirectory) throws(Problem) -> Genesis {
    let file = try place.networkFile()
    do throws(NetworkFileError) {
      return try Genesis(file)
    } catch {
      throw Problem(error, networkFile: place.networkPath)
    }
  }

}

/// Opening a large ledger takes seconds, and replaying many blocks minutes: says how far it is.
private final class OpeningDisplay {
  /// Below this many entries or blocks nobody has to wait.
  private static let silentCount: UInt64 = 50_000

  private let context: CommandContext
  private var loading: Progress?
  private var replaying: Progress?

  init(_ context: CommandContext) {
    self.context = context
  }

  func show(_ progress: OpeningProgress) {
    switch progress {
    case .loading(let entries, let total):
      guard total >= Self.silentCount else { return }
      let display =
        loading
        ?? context.progress(
          LocalizedText(english: "Loading the state", chinese: "载入状态"),
          unit: LocalizedText(english: "entries", chinese: "项"), total: total)
      loading = display
      display.update(entries)
    case .replaying(let height, let last):
      let display =
        replaying
        ?? context.progress(
          LocalizedText(english: "Replaying blocks", chinese: "重放区块"),
          unit: LocalizedText(english: "blocks", chinese: "个区块"), total: last.rawValue,
          initial: height.rawValue)
      replaying = display
      display.update(height.rawValue)
    }
  }

  func finish() {
    loading?.finish()
    replaying?.finish()
  }

  func abandon() {
    loading?.abandon()
    replaying?.abandon()
  }
}
