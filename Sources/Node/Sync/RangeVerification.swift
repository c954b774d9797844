import Cryptography
import Ledger

/// Ranges whose signatures are verified on all cores while those before them are executed.
///
/// Nothing depends on it but time: a signature names its key by hash, so one that was found right
/// stays right, and those that were not looked at, because the key is only registered further on, are
/// verified when their block is executed.
struct RangeVerification {
  private struct Work {
    let number: UInt64
    let first: Height
    /// Of the transactions that are looked at.
    let leaves: [Digest]
    var pendingCount: Int
    var isValid = true
  }

  /// Transactions of a job: about a millisecond's work.
  static let jobTransactionCount = 16

  private var underWay: [Work] = []
  private var lastNumber: UInt64 = 0

  /// Whether the range from `first` on is better left until its signatures were verified.
  func isUnderWay(_ first: Height) -> Bool { underWay.contains { $0.first == first } }

  /// Begins a range.
  ///
  /// - Parameter transactions: what there is to verify, in order.
  /// - Returns: the jobs; none if there is nothing to verify.
  mutating func begin(
    _ first: Height, _ transactions: [(leaf: Digest, checks: [SignatureCheck])]
  ) -> [VerificationJob] {
    guard !transactions.isEmpty else { return [] }
    lastNumber += 1
    let number = lastNumber
    let jobs = transactions.map(\.checks).chunks(of: RangeVerification.jobTransactionCount)
      .map { VerificationJob(subject: .range(number), checks: Array($0.joined())) }
    underWay.append(
      Work(
        number: number, first: first, leaves: transactions.map(\.leaf), pendingCount: jobs.count))
    return jobs
  }

  /// Takes the verdict on a job.
  ///
  /// - Returns: the leaves whose signatures are known to be right, once all jobs of the range are done;
  ///   none if one of them is wrong, which is found again where it matters.
  mutating func take(_ verdict: SignatureVerdict, ofRange number: UInt64) -> [Digest] {
    guard let index = underWay.firstIndex(where: { $0.number == number }) else { return [] }
    underWay[index].pendingCount -= 1
    if verdict == .invalid { underWay[index].isValid = false }
    guard underWay[index].pendingCount == 0 else { return [] }
    let work = underWay.remove(at: index)
    return work.isValid ? work.leaves : []
  }
}
