import CommandInterface
import Cryptography
import Documents
import Ledger

@testable import hypothec

/// A network of one validator whose members' keys are a function of their names, so that what it
/// records is the same in every process.
struct RecordTestNetwork {
  static let genesisTime = time("2026-02-20T00:00:00Z")

  let file: NetworkFile
  let genesis: Genesis
  private let name: String

  init(name: String = "demo-net") {
    self.name = name
    let members = [
      Self.member("registry-north", "Registry North", [.registry], in: name),
      Self.member("bank-a", "Bank A", [.lender], "91110000600037341L", in: name),
      Self.member("bank-b", "Bank B", [.lender], "91100000100003962T", in: name),
      Self.member("appraiser-a", "Appraisal House", [.appraiser], in: name),
      Self.member("court-a", "Court One", [.court], in: name),
    ]
    let networkName = try! NetworkName(name)
    func proven(_ purpose: KeyPurpose) -> ProvenKey {
      let key = Self.key("\(name) \(purpose.rawValue)")
      let message = KeyPossession.toBeSigned(
        network: networkName, genesisTime: Self.genesisTime, member: members[0].id,
        purpose: purpose, key: key.publicKey)
      return ProvenKey(key: key.publicKey, proof: try! key.sign(message))
    }
    file = NetworkFile(
      name: networkName, genesisTime: Self.genesisTime, members: members,
      validators: [
        NodeIdentity(
          member: members[0].id, consensusKey: proven(.consensus),
          transportKey: proven(.transport), addresses: [])
      ],
      followers: [],
      governors: [Governor(member: members[0].id, key: Self.key("\(name) governor").publicKey)],
      governorThreshold: 1, policy: Self.policy)
    genesis = try! Genesis(file)
  }

  static let policy = Policy(
    loanToValueCaps: [
      LoanToValueCap(use: .own, energy: nil, age: nil, cap: try! BasisPoints(8_000))
    ],
    newVehicleDays: 180, valuationFreshnessDays: 30, valuationLifeDays: 92, valuationEnd: .value,
    yellowFall: try! BasisPoints(500), redFall: try! BasisPoints(1_500), refusalsPerHour: 100,
    holderDisclosure: .pledgeNamed, utcOffsetMinutes: 480)

  static func time(_ text: String) -> Timestamp {
    try! ValueType<Timestamp>.timestamp.parse(text)
  }

  private static func member(
    _ id: String, _ name: String, _ roles: [Role], _ entity: String? = nil, in network: String
  ) -> GenesisMember {
    GenesisMember(
      id: try! MemberID(id), name: try! DescriptiveText(name), roles: roles,
      keys: [key("\(network) \(id)").publicKey],
      entities: entity.map { [try! LegalEntity($0)] } ?? [])
  }

  func key(of member: String) -> SigningKey { Self.key("\(name) \(member)") }
  /// The one governor's, registry-north's.
  var governorKey: SigningKey { Self.key("\(name) governor") }
  var transportKey: SigningKey { Self.key("\(name) transport") }
  var consensusKey: SigningKey { Self.key("\(name) consensus") }

  /// The P-256 key whose private part is the hash of a name.
  static func key(_ name: String) -> SigningKey {
    let scalar = SHA256.hash(Array(name.utf8)).bytes
    // PKCS#8 (RFC 5958) of an ECPrivateKey (RFC 5915) without its public key.
    let head = "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420"
    let text = base64(Hexadecimal.decode(head)! + scalar)
    let pem = "-----BEGIN PRIVATE KEY-----\n\(text)\n-----END PRIVATE KEY-----\n"
    return try! SigningKey(pem: Array(pem.utf8), passphrase: nil)
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let padded = Array(group) + [UInt8](repeating: 0, count: 3 - group.count)
      let bits = padded.reduce(0) { $0 << 8 | Int($1) }
      for index in 0...group.count { text.append(alphabet[bits >> (18 - 6 * index) & 63]) }
      text += String(repeating: "=", count: 3 - group.count)
    }
    let line = Array(text)
    return stride(from: 0, to: line.count, by: 64)
      .map { String(line[$0..<min($0 + 64, line.count)]) }.joined(separator: "\n")
  }
}
