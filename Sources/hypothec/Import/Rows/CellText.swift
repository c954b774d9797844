import CommandInterface

/// What a spreadsheet program leaves in cells, told from what people wrote.
enum CellText {
  /// Without white space and invisible marks at either end.
  static func trimmed(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isSpace($0) }),
      let last = scalars.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return first == scalars.startIndex && last == scalars.index(before: scalars.endIndex)
      ? text : String(scalars[first...last])
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x20, 0xA0, 0x3000, 0x200B, 0xFEFF: true
    default: false
    }
  }

  /// Refuses what no cell may hold, whatever its field: an error value, or a formula.
  static func checkArtefact(_ text: String, column: String) throws(RowFinding) {
    guard let first = text.utf8.first else { return }
    if first == UInt8(ascii: "="), text.hasPrefix("=\"") {
      throw .rejected(
        .cellFormula, column: column,
        "\(text) is a spreadsheet's formula around a text; save the text itself",
        "\(text) 是表格公式；请保存文本本身")
    }
    if first == UInt8(ascii: "#"), isErrorValue(text) {
      throw .rejected(
        .cellErrorValue, column: column, "\(text) is a spreadsheet's error, no value",
        "\(text) 是表格错误值")
    }
  }

  private static func isErrorValue(_ text: String) -> Bool {
    [
      "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
      "#GETTING_DATA",
    ].contains(text.uppercased()) || text.allSatisfy { $0 == "#" }
  }

  /// Refuses `1.23E+16`, in which digits are lost for good: for ids and numbers.
  static func checkScientific(_ text: String, column: String) throws(RowFinding) {
    guard isScientific(text) else { return }
    throw .rejected(
      .cellScientific, column: column,
      "\(text) is a number in a spreadsheet's scientific notation, in which digits are lost; "
        + "format the column as text before saving",
      "\(text) 是科学计数法，已丢失数字；请先将该列设为文本格式再保存")
  }

  static func isScientific(_ text: String) -> Bool {
    var rest = Substring(text)
    if let sign = rest.first, sign == "+" || sign == "-" { rest = rest.dropFirst() }
    let parts = rest.uppercased().split(separator: "E", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return false }
    var exponent = parts[1]
    // Without its sign an exponent is told from an id such as 2E5 by the point before it.
    let hasSign = exponent.hasPrefix("+") || exponent.hasPrefix("-")
    if hasSign { exponent = exponent.dropFirst() }
    let mantissa = parts[0].split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == "." || $0 == "," })
    guard (1...2).contains(mantissa.count), hasSign || mantissa.count == 2 else { return false }
    return mantissa.allSatisfy(isDigits) && isDigits(exponent)
  }

  static func isDigits(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Whether a text is what a spreadsheet shows of a date whose format was lost: days since 1900.
  static func dateSerial(_ text: String) -> String? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy(isDigits), let days = Int(parts[0]),
      (20_000...80_000).contains(days)
    else { return nil }
    return CivilDate(daysSince1970: days - 25_569)?.text
  }
}
