import Glibc
import Ledger
import Node
import Synchronization
import Transport

/// Submissions through the node's socket, and how long they took.
enum Load {
  /// Sends all transactions over one connection with a full window, and waits for all answers.
  ///
  /// - Returns: seconds from the first submission to the last answer.
  /// - Throws: if a transaction is not accepted: a benchmark's load has no refusals.
  static func submit(
    _ transactions: ArraySlice<[UInt8]>, to client: NodeClient
  ) throws(BenchmarkError) -> Double {
    var iterator = transactions.makeIterator()
    var refused: String?
    let start = monotonicSeconds()
    do {
      try client.submit(
        window: 1_024, next: { iterator.next() },
        answered: { _, response in
          if refused == nil { refused = problem(in: response) }
        })
    } catch {
      throw .failed("the node stopped answering: \(error)")
    }
    let seconds = monotonicSeconds() - start
    if let refused { throw .failed("a transaction of the load was not accepted: \(refused)") }
    return seconds
  }

  /// Sends one transaction and waits; returns the seconds it took.
  static func submitOne(_ transaction: [UInt8], to client: NodeClient) throws(BenchmarkError)
    -> Double
  {
    try submit([transaction], to: client)
  }

  /// Runs `body` for each of `0..<count`, each on a thread of its own, and waits for all of them: as
  /// many at once as there are, however few cores the machine has.
  ///
  /// - Throws: the error of the first that failed, in the order of their numbers.
  static func atOnce(
    _ count: Int, _ body: @escaping @Sendable (Int) throws(BenchmarkError) -> Void
  ) throws(BenchmarkError) {
    let failures = Mutex<[Int: BenchmarkError]>([:])
    var threads: [WorkerThread] = []
    defer { for thread in threads { thread.join() } }
    for index in 0..<count {
      do throws(SystemError) {
        threads.append(
          try WorkerThread {
            do throws(BenchmarkError) {
              try body(index)
            } catch {
              failures.withLock { $0[index] = error }
            }
          })
      } catch {
        throw .failed("no thread for the load: \(error)")
      }
    }
    for thread in threads { thread.join() }
    threads = []
    if let first = failures.withLock({ $0.min { $0.key < $1.key } }) { throw first.value }
  }

  private static func problem(in response: NodeResponse) -> String? {
    guard case .submitted(.final(_, _, _, .accepted)) = response.answer else {
      return "\(response.answer)"
    }
    return nil
  }

  /// Returns when a node has met its peers and waits for nothing: before, it may turn the load away.
  static func waitUntilReady(_ client: NodeClient) throws(BenchmarkError) {
    let deadline = monotonicSeconds() + 60
    while true {
      do {
        if case .status(let status) = try client.ask(.status).answer,
          status.running?.role == .validator, status.running?.waitsFor == ""
        {
          return
        }
      } catch {
        throw .failed("\(error)")
      }
      guard monotonicSeconds() < deadline else { throw .failed("a node does not begin to vote") }
      usleep(20_000)
    }
  }

  /// How many transactions are final at the node.
  static func transactionCount(_ client: NodeClient) throws(BenchmarkError) -> UInt64 {
    do {
      guard case .status(let status) = try client.ask(.status).answer else {
        throw BenchmarkError.failed("the node does not tell its status")
      }
      return status.transactionCount
    } catch {
      throw .failed("\(error)")
    }
  }

  /// The node's head.
  static func head(_ client: NodeClient) throws(BenchmarkError) -> ChainHead {
    do {
      return try client.ask(.status).head
    } catch {
      throw .failed("the node does not answer: \(error)")
    }
  }
}
