import Ledger

/// A transaction whose signatures are to be verified.
package struct VerificationJob: Sendable {
  package let transaction: TransactionID
  package let checks: [SignatureCheck]

  package init(transaction: TransactionID, checks: [SignatureCheck]) {
    self.transaction = transaction
    self.checks = checks
  }

  package var isValid: Bool { checks.allSatisfy(\.isValid) }
}

package struct VerificationResult: Hashable, Sendable {
  package let transaction: TransactionID
  package let verdict: SignatureVerdict

  package init(transaction: TransactionID, verdict: SignatureVerdict) {
    self.transaction = transaction
    self.verdict = verdict
  }

  package init(of job: VerificationJob) {
    self.init(transaction: job.transaction, verdict: job.isValid ? .valid : .invalid)
  }
}

package enum SignatureVerdict: Hashable, Sendable {
  case valid
  case invalid
}

/// Threads that verify signatures, nine tenths of a node's work.
package final class VerifierPool: Sendable {
  private let queue = WorkQueue<VerificationJob>()
  private let threads: [WorkerThread]

  /// - Parameters:
  ///   - threadCount: one for each core the node may use.
  ///   - results: called on the workers' threads, batch by batch.
  package init(
    threadCount: Int, results: @escaping @Sendable ([VerificationResult]) -> Void
  ) throws(SystemError) {
    precondition(threadCount > 0, "somebody verifies")
    var threads: [WorkerThread] = []
    for _ in 0..<threadCount {
      threads.append(
        try WorkerThread { [queue] in
          while let jobs = queue.take(upTo: NodeLimits.verificationBatch, sharers: threadCount) {
            results(jobs.map(VerificationResult.init(of:)))
          }
        })
    }
    self.threads = threads
  }

  package func verify(_ jobs: [VerificationJob]) {
    queue.append(contentsOf: jobs)
  }

  /// Ends the threads when the queue is empty, and waits for that.
  package func stop() {
    queue.close()
    for thread in threads { thread.join() }
  }
}
