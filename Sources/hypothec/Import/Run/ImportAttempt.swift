import CommandInterface
import Cryptography
import Documents
import Ledger

/// A signed transaction with the rows that it is for.
struct ImportAttempt {
  let stored: StoredAttempt
  let transaction: Transaction
  let rows: [ConvertedRow]
  let vehicles: Set<VehicleIdentificationNumber>
  /// An earlier run signed it, perhaps with keys that are no longer right.
  let isOfEarlierRun: Bool
  /// It may have been sent before: whether a block has it is asked first.
  var mayHaveBeenSent: Bool

  init(_ stored: StoredAttempt, _ transaction: Transaction, _ rows: [ConvertedRow]) {
    self.stored = stored
    self.transaction = transaction
    self.rows = rows
    vehicles = Set(transaction.operations.compactMap(\.body.vehicle))
    isOfEarlierRun = false
    mayHaveBeenSent = false
  }

  /// What an earlier run stored. `row` gives the rows as they are read now.
  init(
    _ stored: StoredAttempt, network: NetworkID, row: (Int) -> ConvertedRow?
  ) throws(Problem) {
    let transaction: Transaction
    do throws(LedgerError) {
      transaction = try Transaction(stored.transaction, network: network)
    } catch {
      throw Problem(error)
    }
    var rest = transaction.operations[...]
    var rows: [ConvertedRow] = []
    for share in stored.rows {
      let operations = Array(rest.prefix(share.operationCount))
      rest = rest.dropFirst(share.operationCount)
      rows.append(
        row(share.row)
          ?? ConvertedRow(number: share.row, line: 0, original: "", operations: operations))
    }
    self.stored = stored
    self.transaction = transaction
    self.rows = rows
    vehicles = Set(transaction.operations.compactMap(\.body.vehicle))
    isOfEarlierRun = true
    mayHaveBeenSent = true
  }

  /// The number of the row whose operation stands at `index` of the transaction.
  func rowNumber(ofOperation index: Int) -> Int? {
    var end = 0
    for share in stored.rows {
      end += share.operationCount
      if index < end { return share.row }
    }
    return nil
  }
}

extension ImportRun {
  /// Signs the operations of `rows` by all who act in them.
  func attempt(_ rows: [PlannedRow], generation: UInt64) throws(Problem) -> ImportAttempt {
    let operations = rows.flatMap(\.operations)
    let signers = planner.signers(of: operations)
    let reference = ImportReference.make(
      file: settings.fileDigest, submitter: signers[0], generation: generation,
      operations: operations)
    let now = Timestamp(surroundings.now()) ?? surroundings.epoch
    let validity = UInt64(settings.validity.components.seconds) * 1_000
    var draft = TransactionDraft(
      network: settings.network, signers: signers, reference: reference,
      validUntil: now.advanced(byMilliseconds: validity), salt: try surroundings.salt(),
      operations: operations)
    let transaction: Transaction
    do throws(DraftError) {
      for signer in signers {
        guard let key = settings.keys[signer] else { throw .signaturesMissing([signer]) }
        try draft.sign(as: signer, with: key)
      }
      transaction = try draft.transaction()
    } catch {
      throw .importNotSigned(error)
    }
    let stored = StoredAttempt(
      number: nextAttempt, generation: generation,
      rows: rows.map {
        StoredAttempt.Share(row: $0.row.number, operationCount: $0.operations.count)
      }, transaction: transaction.bytes)
    nextAttempt += 1
    return ImportAttempt(stored, transaction, rows.map(\.row))
  }
}

extension ImportRun.Surroundings {
  /// The first moment there is, for clocks that are set before it.
  var epoch: Timestamp {
    guard let epoch = Timestamp(milliseconds: 0) else { preconditionFailure("1970 is a year") }
    return epoch
  }
}

extension Problem {
  static func importNotSigned(_ error: DraftError) -> Problem {
    switch error {
    case .notASigner(let member): return .importKeyMissing(member)
    case .signaturesMissing(let members): return .importKeyMissing(members[0])
    case .invalid(let error): return Problem(error)
    case .cryptography(let error): return Problem(error)
    }
  }

  static func importKeyMissing(_ member: MemberID) -> Problem {
    Problem(
      .keyNotGiven, .usage,
      what: LocalizedText(
        english: "no key of \(member) was given.", chinese: "未给出 \(member) 的密钥。"),
      why: LocalizedText(
        english:
          "the map says that \(member) acts or signs, and a transaction is signed by all who "
          + "act in it.",
        chinese: "映射指定 \(member) 参与，交易须由所有参与者签名。"),
      next: LocalizedText(
        english: "give it: --key \(member)=FILE", chinese: "请给出：--key \(member)=文件"),
      details: ["member": .member(member)])
  }
}
