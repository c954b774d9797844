import Ledger

extension Rules {
  /// `member.admit`: a member joins with keys that sign its transactions, and maybe codes by which it
  /// appears as a party. Its keys need no proof: a signature names its signer, so nobody gains by a
  /// key that is another's.
  func admit(_ member: GenesisMember, _ edit: inout NetworkEdit) throws(Failure) {
    var ids = try reading { () throws(StateFault) in try overlay.memberIDs() }
    guard !ids.contains(member.id) else { throw .refused(.memberAlreadyAdmitted) }
    guard ids.count < NetworkFile.memberLimit else { throw .refused(.memberLimitReached) }
    for entity in member.entities {
      guard try entry(.entity(entity)) == nil else { throw .refused(.entityInUse) }
      edit.set(.entity(entity), to: .entity(member.id))
    }
    for key in member.keys { try claim(key, for: member.id, .member, &edit) }
    edit.set(MemberState(member: member))
    ids.insert(member.id, at: ids.firstIndex { $0 > member.id } ?? ids.endIndex)
    edit.set(.members, to: .members(ids))
  }

  /// `member.suspend`: from the next operation on the member may record nothing, or may again. Its
  /// node, and what it validates or governs, are other matters.
  func setStanding(
    _ standing: MemberStanding, of id: MemberID, _ edit: inout NetworkEdit
  ) throws(Failure) {
    var member = try requireMember(id)
    member.standing = standing
    edit.set(member)
  }
}
