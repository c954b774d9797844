import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// How an operation of the contract is stated: its fields, and how they become the operation.
struct OperationForm: Sendable {
  typealias Build =
    @Sendable (FieldValues, FormSurroundings) throws(Problem) -> OperationBody

  let kind: OperationKind
  let fields: [any FormField]
  let build: Build

  var arguments: [any ArgumentDeclaring] {
    fields.compactMap { field in
      guard case .argument(let argument) = field.parameter else { return nil }
      return argument
    }
  }

  var options: [any OptionDeclaring] {
    fields.compactMap { field in
      guard case .option(let option) = field.parameter else { return nil }
      return option
    }
  }

  static let all: [OperationForm] = [
    .registerVehicle, .recordValuation, .createPledge, .releasePledge, .releasePledgeByOrder,
    .registerModel,
  ]

  static func form(named name: String) -> OperationForm? {
    all.first { $0.kind.name == name }
  }
}

/// What a form looks up for the fields that were left out.
///
/// A command that is repeated must state the same operation again. So when its reference was used
/// before, what was left out is taken from the operation that was recorded then.
struct FormSurroundings {
  /// The member who acts.
  let by: MemberID
  /// `nil` without a node to ask: then everything must be stated.
  let inquiry: Inquiry?
  /// The operation that was recorded under the same reference, if there is one of the same kind.
  let recorded: OperationBody?
  let now: Timestamp

  /// The vehicle as the ledger has it.
  func vehicle(_ vin: VehicleIdentificationNumber) throws(Problem) -> VehicleState {
    guard let state = try knownVehicle(vin)?.vehicle else {
      throw .refusal(
        .vehicleUnknown,
        what: LocalizedText(
          english: "vehicle \(vin) is not registered on this network; nothing was sent.",
          chinese: "本网络没有登记车辆 \(vin)；未发送任何内容。"),
        next: RefusalCode.vehicleUnknown.text.next.asSentenceAfterColon.naming(vin))
    }
    return state
  }

  /// The proven answer about a vehicle, and the height that it is of: the lender's search.
  func knownVehicle(
    _ vin: VehicleIdentificationNumber
  ) throws(Problem) -> (vehicle: VehicleState?, head: ChainHead)? {
    guard let inquiry else { return nil }
    let proven = try inquiry.provenEntries([.vehicle(vin)])
    return (try proven.vehicle(at: 0), proven.head)
  }

  /// The calendar day at the policy's offset.
  func today() throws(Problem) -> CalendarDate {
    guard let inquiry else { return CalendarDate(of: now, offsetMinutes: 0) }
    let offset = Int(try inquiry.policy().utcOffsetMinutes)
    return CalendarDate(of: now, offsetMinutes: offset)
  }

  /// A new id such as `P-3f09c2a81b`.
  static func newIdentifier(_ prefix: String) throws(Problem) -> Identifier {
    let digits = Hexadecimal.encode(try Randomness.bytes(5))
    do throws(RefusalCode) {
      return try Identifier("\(prefix)-\(digits)")
    } catch {
      // Ten digits could look like a mobile number; another draw will not.
      return try newIdentifier(prefix)
    }
  }

  /// The problem of a field that only a node could fill in.
  static func mustBeStated(_ option: String) -> Problem {
    Problem(
      .fieldMissing, .usage,
      what: LocalizedText(
        english: "\(option) must be given, because there is nothing to take it from.",
        chinese: "必须给出 \(option)，因为没有可取的默认值。"))
  }
}

extension ProblemCode {
  static let fieldMissing = ProblemCode("FIELD_MISSING")
}

extension Inquiry {
  /// What the next block executes under.
  func policy() throws(Problem) -> Policy {
    let response = try ask(.entries([.policy], .none))
    guard case .entries(let answers) = response.answer,
      case .policy(let schedule)? = answers.first?.entry
    else { throw .unexpectedAnswer }
    return schedule.policy(at: response.head.height.next)
  }
}

/// Random bytes of the system as a command draws them.
enum Randomness {
  static func bytes(_ count: Int) throws(Problem) -> [UInt8] {
    do throws(CryptographyError) {
      return try SecureRandom.bytes(count)
    } catch {
      throw Problem(error)
    }
  }

  static func digest() throws(Problem) -> Digest {
    guard let digest = Digest(try bytes(Digest.byteCount)) else {
      preconditionFailure("a digest is made of 32 bytes")
    }
    return digest
  }
}
