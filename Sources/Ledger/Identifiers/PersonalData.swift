/// Finds what looks like a natural person's number in text that should hold none.
///
/// The ledger forgets nothing, so a number that slips into a reference stays for ever. This is a
/// net for accidents, not for intent: digits that are split or spelled out pass.
enum PersonalData {
  /// Whether a maximal run of digits, full-width ones included, with an X that may follow it, is a
  /// resident identity number or a mainland mobile number.
  static func isSuspected(in text: String) -> Bool {
    guard text.utf8.count >= 11 else { return false }
    var run: [UInt8] = []
    for scalar in text.unicodeScalars {
      let scalar = TypedText.narrowed(scalar)
      if ("0"..."9").contains(scalar) {
        run.append(UInt8(scalar.value))
        continue
      }
      if scalar == "X" || scalar == "x", run.count == 17 { run.append(UInt8(ascii: "X")) }
      if isNumberOfPerson(run) { return true }
      run.removeAll(keepingCapacity: true)
    }
    return isNumberOfPerson(run)
  }

  private static func isNumberOfPerson(_ run: [UInt8]) -> Bool {
    isResidentIdentityNumber(run) || isMobileNumber(run)
  }

  /// 11 digits, 13 to 19 at the start.
  private static func isMobileNumber(_ run: [UInt8]) -> Bool {
    run.count == 11 && run[0] == UInt8(ascii: "1") && run[1] >= UInt8(ascii: "3")
  }

  /// GB 11643-1999: division, date of birth, sequence number, and an ISO 7064 mod 11-2 character.
  private static func isResidentIdentityNumber(_ run: [UInt8]) -> Bool {
    guard run.count == 18, run[..<17].allSatisfy(\.isASCIIDigit) else { return false }
    let digits = run[..<17].map(\.digitValue)
    let year = digits[6..<10].reduce(0) { $0 * 10 + $1 }
    let month = digits[10] * 10 + digits[11]
    let day = digits[12] * 10 + digits[13]
    guard CalendarDate(year: year, month: month, day: day) != nil else { return false }
    let sum = digits.reduce(0) { ($0 + $1) * 2 % 11 }
    let check = (12 - sum) % 11
    return run[17] == (check == 10 ? UInt8(ascii: "X") : UInt8(ascii: "0") + UInt8(check))
  }
}
