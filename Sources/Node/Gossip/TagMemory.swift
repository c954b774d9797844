/// Tags of transactions, the newest so many: two generations of which a full young one becomes the
/// old one and the old one goes. Nothing is ever forgotten all at once.
package struct TagMemory: Sendable {
  private let generationLimit: Int
  private var young: Set<TransactionTag> = []
  private var old: Set<TransactionTag> = []

  /// - Parameter generationLimit: so many are always remembered, and at most twice as many.
  package init(generationLimit: Int) {
    precondition(generationLimit > 0, "a memory holds something")
    self.generationLimit = generationLimit
  }

  package var isEmpty: Bool { young.isEmpty && old.isEmpty }

  package func contains(_ tag: TransactionTag) -> Bool { young.contains(tag) || old.contains(tag) }

  package mutating func insert(_ tag: TransactionTag) {
    if young.count >= generationLimit { age() }
    young.insert(tag)
  }

  /// - Returns: whether it was there.
  @discardableResult
  package mutating func remove(_ tag: TransactionTag) -> Bool {
    let wasYoung = young.remove(tag) != nil
    return old.remove(tag) != nil || wasYoung
  }

  /// Ends the young generation early: for memories that forget with time.
  package mutating func age() {
    old = young
    young = []
  }
}
