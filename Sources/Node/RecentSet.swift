/// A set of the newest so many: two generations of which a full young one becomes the old one and the
/// old one goes. Nothing is ever forgotten all at once.
package struct RecentSet<Element: Hashable & Sendable>: Sendable {
  private let generationLimit: Int
  private var young: Set<Element> = []
  private var old: Set<Element> = []

  /// - Parameter generationLimit: so many are always remembered, and at most twice as many.
  package init(generationLimit: Int) {
    precondition(generationLimit > 0, "a memory holds something")
    self.generationLimit = generationLimit
  }

  package var isEmpty: Bool { young.isEmpty && old.isEmpty }

  package func contains(_ element: Element) -> Bool {
    young.contains(element) || old.contains(element)
  }

  package mutating func insert(_ element: Element) {
    if young.count >= generationLimit { age() }
    young.insert(element)
  }

  /// - Returns: whether it was there.
  @discardableResult
  package mutating func remove(_ element: Element) -> Bool {
    let wasYoung = young.remove(element) != nil
    return old.remove(element) != nil || wasYoung
  }

  /// Ends the young generation early: for memories that forget with time.
  package mutating func age() {
    old = young
    young = []
  }
}
