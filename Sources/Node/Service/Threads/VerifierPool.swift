import Cryptography
import Ledger
import Transport

/// Whose signatures are verified.
package enum VerificationSubject: Hashable, Sendable {
  case transaction(TransactionID)
  /// Some transactions of a range of final blocks, by the range's number.
  case range(UInt64)
}

/// Signatures that are to be verified.
package struct VerificationJob: Sendable {
  package let subject: VerificationSubject
  package let checks: [SignatureCheck]

  package init(subject: VerificationSubject, checks: [SignatureCheck]) {
    self.subject = subject
    self.checks = checks
  }

  package var isValid: Bool { checks.allSatisfy(\.isValid) }
}

package struct VerificationResult: Hashable, Sendable {
  package let subject: VerificationSubject
  package let verdict: SignatureVerdict

  package init(of job: VerificationJob) {
    subject = job.subject
    verdict = job.isValid ? .valid : .invalid
  }
}

package enum SignatureVerdict: Hashable, Sendable {
  case valid
  case invalid
}

/// What the pool's threads tell.
package enum VerifierPoolResult: Sendable {
  case verified([VerificationResult])
  case prepared(Verifier)
}

/// Threads that verify signatures, more than half of a node's work.
package final class VerifierPool: Sendable {
  private enum Job: Sendable {
    case verify(VerificationJob)
    case prepare(PublicKey)
  }

  private let queue = WorkQueue<Job>()
  private let threads: [WorkerThread]

  /// - Parameters:
  ///   - threadCount: one for each core the node may use.
  ///   - results: called on the workers' threads, batch by batch.
  package init(
    threadCount: Int, results: @escaping @Sendable (VerifierPoolResult) -> Void
  ) throws(SystemError) {
    precondition(threadCount > 0, "somebody verifies")
    var threads: [WorkerThread] = []
    for _ in 0..<threadCount {
      threads.append(
        try WorkerThread { [queue] in
          while let jobs = queue.take(upTo: NodeLimits.verificationBatch, sharers: threadCount) {
            VerifierPool.perform(jobs, results)
          }
        })
    }
    self.threads = threads
  }

  private static func perform(
    _ jobs: [Job], _ results: @Sendable (VerifierPoolResult) -> Void
  ) {
    var verified: [VerificationResult] = []
    var keys: [PublicKey] = []
    for job in jobs {
      switch job {
      case .verify(let job): verified.append(VerificationResult(of: job))
      case .prepare(let key): keys.append(key)
      }
    }
    if !verified.isEmpty { results(.verified(verified)) }
    for key in keys { results(.prepared(Verifier(key, preparation: .table))) }
  }

  package func verify(_ jobs: [VerificationJob]) {
    queue.append(contentsOf: jobs.map(Job.verify))
  }

  /// Makes a table for each of `keys`.
  package func prepare(_ keys: [PublicKey]) {
    queue.append(contentsOf: keys.map(Job.prepare))
  }

  /// Ends the threads when the queue is empty, and waits for that.
  package func stop() {
    queue.close()
    for thread in threads { thread.join() }
  }
}
