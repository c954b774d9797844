import Consensus
import Ledger

/// Watches a whole network and stops at the first thing that must never be.
package struct ConsensusChecker: Sendable {
  private struct Place: Hashable { let epoch: Epoch, view: View }
  private struct Voter: Hashable { let place: Place, signer: ValidatorIndex }

  private var blocks: [UInt64: BlockHash] = [:]
  private var notarized: [Place: BlockReference] = [:]
  private var nullified: Set<Place> = []
  private var finalized: [Place: BlockReference] = [:]
  private var honestVotes: [Voter: [VoteSubject]] = [:]
  private var included: [UInt64: BlockHash] = [:]
  /// The first violation, if any.
  package private(set) var violation: String?
  package private(set) var evidenceCount = 0

  package var blockCount: Int { blocks.count }
  package var certifiedViewCount: Int { notarized.count + nullified.count }

  package init() {}

  private mutating func fail(_ message: String) { violation = violation ?? message }

  /// Agreement: one block for each height.
  package mutating func committed(_ block: SimulatedBlock, hash: BlockHash) {
    let height = block.header.height.rawValue
    if let other = blocks[height], other != hash { fail("fork at height \(height)") }
    blocks[height] = hash
    for transaction in block.transactions {
      if let other = included[transaction], other != hash {
        fail("transaction \(transaction) is in two blocks")
      }
      included[transaction] = hash
    }
  }

  /// One notarized block a view, and never a nullification beside a finalization.
  package mutating func saw(_ certificate: Certificate) {
    let place = Place(epoch: certificate.ballot.epoch, view: certificate.ballot.view)
    switch certificate.ballot.subject {
    case .notarize(let block):
      if let other = notarized[place], other != block { fail("two notarizations in \(place)") }
      notarized[place] = block
    case .nullify: nullified.insert(place)
    case .finalize(let block):
      if let other = finalized[place], other != block { fail("two finalizations in \(place)") }
      finalized[place] = block
    }
    if nullified.contains(place), finalized[place] != nil {
      fail("nullified and finalized in \(place)")
    }
  }

  /// What honest nodes send never contradicts itself, across all restarts.
  package mutating func honestlySent(_ vote: Vote) {
    let place = Place(epoch: vote.ballot.epoch, view: vote.ballot.view)
    let voter = Voter(place: place, signer: vote.signer)
    let earlier = honestVotes[voter] ?? []
    for subject in earlier where contradicts(subject, vote.ballot.subject) {
      fail("honest \(vote.signer) voted \(subject) and \(vote.ballot.subject) in \(place)")
    }
    if !earlier.contains(vote.ballot.subject) {
      honestVotes[voter] = earlier + [vote.ballot.subject]
    }
  }

  private func contradicts(_ first: VoteSubject, _ second: VoteSubject) -> Bool {
    switch (first, second) {
    case (.notarize(let first), .notarize(let second)): first != second
    case (.finalize(let first), .finalize(let second)): first != second
    case (.notarize(let first), .finalize(let second)),
      (.finalize(let second), .notarize(let first)):
      first != second
    case (.nullify, .finalize), (.finalize, .nullify): true
    case (.nullify, _), (_, .nullify): false
    }
  }

  package mutating func accused(isHonest: Bool) {
    evidenceCount += 1
    if isHonest { fail("an honest validator is accused") }
  }

  package mutating func halted(_ reason: HaltReason) { fail("an honest node halted: \(reason)") }
}
