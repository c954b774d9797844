@preconcurrency import Glibc

/// Work that waits for worker threads, in the order in which it came.
///
/// The queue itself does not bound what it holds: its one producer, the loop thread, knows how much
/// is under way and stops taking in (`NodeLimits`).
// Safety: `elements`, `first` and `isClosed` are read and written only between lock and unlock of
// `mutex`. The mutex and the condition live at fixed addresses from `init` to `deinit`, and `deinit`
// runs when no thread has a reference any more, so nobody waits on them then.
package final class WorkQueue<Element: Sendable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var elements: [Element] = []
  private var first = 0
  private var isClosed = false

  package init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  package func append(contentsOf new: [Element]) {
    guard !new.isEmpty else { return }
    pthread_mutex_lock(mutex)
    elements.append(contentsOf: new)
    if new.count == 1 { pthread_cond_signal(condition) } else { pthread_cond_broadcast(condition) }
    pthread_mutex_unlock(mutex)
  }

  /// Takes up to `limit` elements, waiting for the first; `nil` once the queue is closed and empty.
  ///
  /// `sharers` workers take from the queue: a worker leaves the others their part of what is there.
  package func take(upTo limit: Int, sharers: Int = 1) -> [Element]? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while first == elements.count, !isClosed { pthread_cond_wait(condition, mutex) }
    let waiting = elements.count - first
    guard waiting > 0 else { return nil }
    let count = min(limit, (waiting + sharers - 1) / sharers)
    let taken = Array(elements[first..<(first + count)])
    first += count
    if first == elements.count {
      elements.removeAll(keepingCapacity: elements.capacity <= 4_096)
      first = 0
    }
    return taken
  }

  /// Lets the workers finish what is there and end.
  package func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}
