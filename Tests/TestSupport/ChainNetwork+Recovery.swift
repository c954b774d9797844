import Cryptography
import Ledger

extension ChainNetwork {
  /// A recovery record behind `header`, signed by `governors` with their first keys.
  ///
  /// - Parameters:
  ///   - members: the validators from then on, with their first consensus keys, or those of `nodes`.
  ///   - nodes: new ones.
  package func recovery(
    behind header: BlockHeader, epoch: Epoch, to members: [MemberID], nodes: [NodeIdentity] = [],
    signedBy governors: [MemberID], height: Height? = nil, time: Timestamp? = nil,
    network: NetworkID? = nil
  ) -> RecoveryRecord {
    let validators = members.map { member in
      Validator(
        member: member,
        consensusKey: nodes.first { $0.member == member }?.consensusKey.key
          ?? ChainNetwork.key(of: member, .consensus).publicKey)
    }
    var record = RecoveryRecord(
      network: network ?? id, height: height ?? header.height, block: header.hash,
      time: time ?? header.time.advanced(byMilliseconds: 1_000),
      validators: ValidatorSet(epoch: epoch, validators: validators)!, nodes: nodes)!
    for governor in governors {
      try! record.sign(with: ChainNetwork.key(of: governor, .governor))
    }
    return record
  }
}
