import CommandInterface
import Documents
@preconcurrency import Glibc
import Ledger
import LocalProcesses

/// Signed transactions whose fate is not known yet: `outbox/<transaction id>.transaction` in the data
/// directory, mode 0600.
///
/// A file is written and synced before its transaction is sent for the first time, and removed when
/// the transaction is final or can never be accepted. What is sent again is what was sent before,
/// byte for byte, so nothing can be recorded twice.
struct Outbox {
  static let directoryName = "outbox"
  private static let fileExtension = ".transaction"

  private let directory: String
  private let network: NetworkID

  init(_ context: CommandContext, _ network: NetworkID) {
    directory = LocalPath.joined(context.dataDirectory, Self.directoryName)
    self.network = network
  }

  func path(of id: TransactionID) -> String {
    LocalPath.joined(directory, "\(id)\(Self.fileExtension)")
  }

  func keep(_ transaction: Transaction) throws(Problem) {
    let path = path(of: transaction.id)
    if LocalFile.exists(path) { return }
    try LocalFile.createDirectory(LocalPath.directory(of: directory))
    try LocalFile.createDirectory(directory)
    try LocalFile.write(transaction.bytes, to: path, .owner, .replaced)
  }

  func remove(_ id: TransactionID) {
    // A file that stays is sent again some day, and answered with the outcome that it already has.
    unlink(path(of: id))
  }

  /// The transaction with which this submitter used the reference, if it waits here.
  func transaction(
    of submitter: MemberID, _ reference: Identifier
  ) throws(Problem) -> Transaction? {
    for name in names() {
      let bytes = try LocalFile.read(
        LocalPath.joined(directory, name), limit: Transaction.byteLimit)
      guard let transaction = decoded(bytes) else { continue }
      let payload = transaction.payload
      if payload.submitter == submitter, payload.reference == reference { return transaction }
    }
    return nil
  }

  /// `nil` for a file of another network, and for what was not written by `keep`.
  private func decoded(_ bytes: [UInt8]) -> Transaction? {
    do throws(LedgerError) {
      return try Transaction(bytes, network: network)
    } catch {
      return nil
    }
  }

  /// The files' names, ascending; none if there is no outbox yet.
  private func names() -> [String] {
    DirectoryTree.names(in: directory).filter { $0.hasSuffix(Self.fileExtension) }
  }
}
