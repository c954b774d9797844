import Cryptography
import Ledger

extension Rules {
  /// `validator.set`: from the next epoch on, which begins behind this block, the named members'
  /// nodes validate, with the consensus keys that they have now. Who is suspended does not come in, but
  /// may stay: a set that cannot drop two at once must still be able to change.
  ///
  /// At most max(1, n/3) of n validators change (CONSENSUS section 2): each that goes, each that
  /// comes, and each that stays with another key counts as one. A quorum of the new set must have
  /// said that it is ready, since the chain stands still without.
  func setValidators(_ change: ValidatorChange, _ edit: inout NetworkEdit) throws(Failure) {
    let before = try reading { () throws(StateFault) in try overlay.validatorSet() }
    var validators: [Validator] = []
    for id in change.members {
      let member = try requireMember(id)
      guard member.standing == .active || before.index(of: id) != nil else {
        throw .refused(.memberSuspended)
      }
      let node = try requireNode(of: id)
      validators.append(Validator(member: id, consensusKey: node.consensusKey))
    }
    guard let set = ValidatorSet(epoch: before.epoch.next, validators: validators) else {
      preconditionFailure("1 to 31 different members, and every key has one holder")
    }
    guard set.changeCount(from: before) <= before.changeLimit else {
      throw .refused(.validatorSetChangeTooLarge)
    }
    try requireReady(set, change.attestations)
    edit.set(.validators, to: .validators(set))
  }

  /// `epoch.advance`: the next epoch begins behind this block with the validators of this one, and
  /// with the keys that they vote with.
  func advanceEpoch(_ edit: inout NetworkEdit) throws(Failure) {
    let before = try reading { () throws(StateFault) in try overlay.validatorSet() }
    guard let set = ValidatorSet(epoch: before.epoch.next, validators: before.validators) else {
      preconditionFailure("a validator set is one in any epoch")
    }
    edit.set(.validators, to: .validators(set))
  }

  private func requireReady(
    _ set: ValidatorSet, _ attestations: [ReadyAttestation]
  ) throws(Failure) {
    let message = ReadyAttestation.toBeSigned(network: context.network, set: set)
    for attestation in attestations {
      guard let index = set.index(of: attestation.member),
        Verifier(set[index].consensusKey).isValid(
          signature: attestation.signature, message: message)
      else { throw .refused(.attestationInvalid) }
    }
    guard attestations.count >= set.quorum else { throw .refused(.attestationsMissing) }
  }
}
