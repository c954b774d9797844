import Cryptography
import Ledger

/// What a machine knows from the start and never changes.
package struct ConsensusConfiguration: Hashable, Sendable {
  package let network: NetworkID
  /// The member whose consensus key this node holds; `nil` if it only follows.
  package let member: MemberID?
  /// The public part of that key: the node votes only in epochs that list it, since nobody counts
  /// votes of another. `nil` stands for whatever key the epoch lists.
  package let consensusKey: PublicKey?
  package let timing: ConsensusTiming
  package let joining: Joining

  /// When a node that has just started may vote.
  package enum Joining: Hashable, Sendable {
    /// After `ConsensusInput.joined`: others were asked for votes that the journal lacks.
    case whenTold
    /// From the start. For networks in which no directory is ever set back to an older copy, which
    /// only a simulation knows of itself.
    case atOnce
  }

  package init(
    network: NetworkID, member: MemberID?, consensusKey: PublicKey? = nil,
    timing: ConsensusTiming, joining: Joining = .whenTold
  ) {
    self.network = network
    self.member = member
    self.consensusKey = consensusKey
    self.timing = timing
    self.joining = joining
  }
}

extension ConsensusConfiguration {
  /// This node's place among `validators`, if it is one of them and holds the key that they list.
  func place(among validators: ValidatorSet) -> ValidatorIndex? {
    guard let member, let index = validators.index(of: member) else { return nil }
    guard let consensusKey else { return index }
    return validators[index].consensusKey == consensusKey ? index : nil
  }
}

/// What an epoch begins with.
package struct EpochContext: Hashable, Sendable {
  package let validators: ValidatorSet
  /// The block that closed the epoch before: the genesis of this one.
  package let genesis: BlockHash
  package let genesisTime: Timestamp

  package init(validators: ValidatorSet, genesis: BlockHash, genesisTime: Timestamp) {
    self.validators = validators
    self.genesis = genesis
    self.genesisTime = genesisTime
  }

  /// The context of an epoch that begins with `tip`.
  ///
  /// - Precondition: `tip` closes an epoch and names `validators` as the next.
  package init(openedBy tip: FinalizedTip, validators: ValidatorSet) {
    precondition(
      tip.header.nextValidators == validators.hash, "a closing block names the next validators")
    self.init(validators: validators, genesis: tip.hash, genesisTime: tip.header.time)
  }
}
