import CBOR
import Cryptography
import Ledger

/// Signed transactions: the job of register, value, and pledge with a search.
struct Workload {
  let network: NetworkID
  let registry: Signer
  let appraiser: Signer
  let lender: Signer
  private let currency: Currency
  private let owner: Party
  /// When the workload was made; all its dates follow from it.
  private let now: Timestamp
  private let today: CalendarDate

  struct Signer {
    let member: MemberID
    let key: SigningKey
  }

  /// What one transaction does to one vehicle.
  enum Kind: CaseIterable {
    case register
    case value
    case pledge
  }

  init(network: NetworkID, registry: Signer, appraiser: Signer, lender: Signer)
    throws(BenchmarkError)
  {
    self.network = network
    self.registry = registry
    self.appraiser = appraiser
    self.lender = lender
    do {
      currency = try Currency("CNY")
      owner = .disclosed(try LegalEntity("91110000600037341L"))
      guard let now = Timestamp(milliseconds: wallMilliseconds()) else {
        throw BenchmarkError.failed("the clock is beyond the year 9999")
      }
      self.now = now
      today = CalendarDate(of: now, offsetMinutes: 480)
    } catch {
      throw .failed("the workload's own values are refused: \(error)")
    }
  }

  func signer(of kind: Kind) -> Signer {
    switch kind {
    case .register: registry
    case .value: appraiser
    case .pledge: lender
    }
  }

  /// A signed transaction of one operation of `kind` on each of the vehicles `serials`.
  ///
  /// - Parameter searchHeight: at which the vehicles were searched, for pledges.
  func transaction(
    _ kind: Kind, serials: Range<Int>, reference: String, searchHeight: Height = .genesis
  ) throws(BenchmarkError) -> [UInt8] {
    let signer = signer(of: kind)
    do {
      var operations: [Operation] = []
      operations.reserveCapacity(serials.count)
      for serial in serials {
        operations.append(
          Operation(
            by: signer.member, body: try body(kind, serial: serial, searchHeight: searchHeight)))
      }
      guard let salt = Digest(try SecureRandom.bytes(Digest.byteCount)) else {
        throw BenchmarkError.failed("no salt")
      }

      var draft = TransactionDraft(
        network: network, signers: [signer.member], reference: try Identifier(reference),
        validUntil: now.advanced(byMilliseconds: 6 * 24 * 3_600_000), salt: salt,
        operations: operations)
      try draft.sign(as: signer.member, with: signer.key)
      return try draft.transaction().bytes
    } catch {
      throw .failed("a transaction of the workload cannot be made: \(error)")
    }
  }

  private func body(
    _ kind: Kind, serial: Int, searchHeight: Height
  ) throws -> OperationBody {
    let vin = try Workload.vin(serial)
    switch kind {
    case .register:
      return .registerVehicle(
        VehicleRegistration(
          vin: vin, owners: [owner], use: .own, energy: .batteryElectric,
          make: try DescriptiveText("BYD"), model: try DescriptiveText("Han EV"), modelYear: 2025,
          odometer: try Kilometres(15), firstRegistered: today,
          region: try Region("110000"),
          certificate: .disclosed(DocumentHash(SHA256.hash(Array(vin.text.utf8))))))
    case .value:
      return .recordValuation(
        ValuationRecording(
          vin: vin, id: try Identifier("V-\(serial)"), method: .market, basis: .retail,
          value: try Money(minorUnits: 22_980_000, currency: currency),
          asOf: now))
    case .pledge:
      return .createPledge(
        PledgeCreation(
          vin: vin, id: try Identifier("P-\(serial)"), security: .mortgage, pledgor: owner,
          debtor: owner, principal: try Money(minorUnits: 12_000_000, currency: currency),
          contract: .disclosed(DocumentHash(SHA256.hash(Array(vin.text.utf8)))),
          start: today, maturity: today.addingMonths(36),
          basis: .search(valuation: try Identifier("V-\(serial)"), height: searchHeight)))
    }
  }

  /// The VIN of a serial number below 1,000,000,000; its check digit is right.
  static func vin(_ serial: Int) throws(RefusalCode) -> VehicleIdentificationNumber {
    let plants = Array("ABCDEFGHJKLMNPRSTUVWXYZ0123456789".utf8)
    let digits = Array(String(serial % 1_000_000).utf8)
    var bytes = Array("LC0CE4CB0TA000000".utf8)
    bytes.replaceSubrange((17 - digits.count)..<17, with: digits)
    bytes[10] = plants[serial / 1_000_000 % plants.count]
    bytes[5] = UInt8(ascii: "0") + UInt8(serial / 1_000_000 / plants.count % 10)
    for digit in "0123456789X".utf8 {
      bytes[8] = digit
      let vin = try VehicleIdentificationNumber(String(decoding: bytes, as: UTF8.self))
      if vin.checkDigit == .valid { return vin }
    }
    throw .vinCheckDigit
  }
}
