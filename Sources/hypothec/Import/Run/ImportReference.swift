import CBOR
import Cryptography
import Ledger

/// The reference of a transaction of an import: the same for the same rows of the same file by the
/// same member, so that repeating an import never records anything twice.
enum ImportReference {
  private static let domain = Domain("hypothec/import-reference/1")

  /// `import-` and 32 hexadecimal digits, with hyphens between groups of eight so that no run of
  /// digits looks like a person's number.
  static func make(
    file: Digest, submitter: MemberID, generation: UInt64, operations: [Operation]
  ) -> Identifier {
    var encoder = CBOREncoder()
    encoder.array(4)
    encoder.digest(file)
    encoder.memberID(submitter)
    encoder.unsigned(generation)
    encoder.array(operations.count)
    for operation in operations { operation.encode(into: &encoder) }
    let digits = Array(domain.hash(encoder.bytes).description.prefix(32))
    let groups = stride(from: 0, to: 32, by: 8).map { String(digits[$0..<($0 + 8)]) }
    do throws(RefusalCode) {
      return try Identifier("import-" + groups.joined(separator: "-"))
    } catch {
      preconditionFailure("hexadecimal digits in groups of eight are an identifier")
    }
  }
}
