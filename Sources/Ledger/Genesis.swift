import Cryptography
import Merkle

/// What the network file says of the chain's beginning: the state before the first transaction, and
/// the genesis block's header, which is stored nowhere (docs/formats/blocks.md).
///
/// The genesis block closes epoch 0, so every epoch, the first as well, begins after the block that
/// closed the epoch before.
package struct Genesis: Sendable {
  /// The number that the first change of the network must carry.
  package static let firstGovernanceSequence: UInt64 = 1

  package let networkFile: NetworkFile
  /// The validators of epoch 1.
  package let validators: ValidatorSet
  /// The entries of the state, in the order of their keys.
  package let entries: [StateChange]
  package let header: BlockHeader
  /// The hash of `header`.
  package let hash: BlockHash

  package var network: NetworkID { header.network }

  /// - Throws: what keeps the entries of the state from being each other's: members, nodes, codes or
  ///   keys listed twice, an impossible validator set. No file has it that was read from its bytes.
  package init(_ file: NetworkFile) throws(NetworkFileError) {
    try file.checkListings()
    networkFile = file
    validators = try file.validatorSet
    entries = Genesis.entries(of: file, validators: validators)
    header = BlockHeader(
      network: file.id, epoch: .genesis, view: .genesis, parentView: .genesis, height: .genesis,
      time: file.genesisTime, proposer: file.name, parent: BlockHash(.zero),
      transactionsRoot: MerkleTree.emptyRoot, outcomesRoot: MerkleTree.emptyRoot,
      transactionCount: 0, operationCount: 0, stateRoot: Genesis.stateRoot(of: entries),
      historyRoot: MerkleTree.emptyRoot, nextValidators: validators.hash)
    hash = header.hash
  }

  private static func entries(of file: NetworkFile, validators: ValidatorSet) -> [StateChange] {
    let governance = GovernanceState(
      governors: file.governors, threshold: file.governorThreshold,
      nextSequence: firstGovernanceSequence)
    var entries: [(StateID, StateEntry)] = [
      (.validators, .validators(validators)), (.governance, .governance(governance)),
      (.policy, .policy(PolicySchedule(current: file.policy))),
      (.members, .members(file.members.map(\.id))),
    ]
    for member in file.members {
      entries.append((.member(member.id), .member(MemberState(member: member))))
      for entity in member.entities { entries.append((.entity(entity), .entity(member.id))) }
    }
    for node in file.validators + file.followers {
      entries.append((.node(node.member), .node(NodeState(node))))
    }
    for (key, use) in file.keyUses { entries.append((.key(key.keyID), .key(use))) }
    return entries.map { StateChange(key: $0.0.key, id: $0.0, entry: $0.1) }
      .sorted { $0.key < $1.key }
  }

  private static func stateRoot(of entries: [StateChange]) -> Digest {
    var builder = SparseMerkleMapBuilder(expectedCount: entries.count)
    for change in entries {
      guard let entry = change.entry else { preconditionFailure("genesis removes nothing") }
      do {
        try builder.append(MapEntry(key: change.key, valueHash: entry.valueHash))
      } catch {
        preconditionFailure("the entries are in the order of their keys, each once")
      }
    }
    return builder.finish().root
  }
}
