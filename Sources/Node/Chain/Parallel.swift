import Dispatch

/// Work that is done on all processors before the caller goes on.
enum Parallel {
  /// `body` of every element, in their order.
  static func map<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ body: @Sendable (Element) -> Result
  ) -> [Result] {
    guard elements.count > 1 else { return elements.map(body) }
    return [Result](unsafeUninitializedCapacity: elements.count) { buffer, count in
      // Safety: every index is written once, by one thread, and nobody reads before all are done.
      nonisolated(unsafe) let results = buffer
      DispatchQueue.concurrentPerform(iterations: elements.count) { index in
        results.initializeElement(at: index, to: body(elements[index]))
      }
      count = elements.count
    }
  }
}
