import Testing

/// The vectors of identifiers: what a text is, and the result its rules give.
///
/// Written for this project and free to copy; a test compares this copy with the shared file.
struct IdentifierVector: Hashable, Sendable, CustomTestStringConvertible {
  enum Kind: String, Sendable {
    case vin
    case uscc
    case lei
    case plate = "plate_cn"
  }

  let kind: Kind
  let value: String
  let expected: String

  init(_ kind: Kind, _ value: String, _ expected: String) {
    self.kind = kind
    self.value = value
    self.expected = expected
  }

  var testDescription: String { "\(kind.rawValue) \(value) \(expected)" }

  static let all: [IdentifierVector] = [
    IdentifierVector(.vin, "1M8GDM9AXKP042788", "OK"),
    IdentifierVector(.vin, "5GZCZ43D13S812715", "OK"),
    IdentifierVector(.vin, "SGZCZ43D13S812715", "OK_CHECK_NOT_APPLICABLE"),
    IdentifierVector(.vin, "WP0ZZZ99ZTS392124", "OK_CHECK_NOT_APPLICABLE"),
    IdentifierVector(.vin, "KLATF08Y1VB363636", "OK_CHECK_NOT_APPLICABLE"),
    IdentifierVector(.vin, "LFWADRJF011002346", "OK"),
    IdentifierVector(.vin, "LFWADRJF011002356", "VIN_CHECK_DIGIT"),
    IdentifierVector(.vin, "LZPTCAP2561500278", "OK"),
    IdentifierVector(.vin, "LJSKA3BF3CD820005", "OK"),
    IdentifierVector(.vin, "LFV2A21K0G4053021", "OK"),
    IdentifierVector(.vin, "LFV2A21K8G4043336", "OK"),
    IdentifierVector(.vin, "LFV2A21KXE4176550", "OK"),
    IdentifierVector(.vin, "5YJ3E1EAXHF000316", "OK"),
    IdentifierVector(.vin, "1HGCM82633A004352", "OK"),
    IdentifierVector(.vin, "1HGBH41JXMN109186", "OK"),
    IdentifierVector(.vin, "JH4KA7561PC008269", "OK"),
    IdentifierVector(.vin, "WDBEA30D3HA391172", "OK"),
    IdentifierVector(.vin, "L5BGA2V58NG590409", "VIN_CHECK_DIGIT"),
    IdentifierVector(.vin, "3D7KA28693G723011", "VIN_CHECK_DIGIT"),
    IdentifierVector(.vin, "LR83STGT1JBS18033", "VIN_CHECK_DIGIT"),
    IdentifierVector(.vin, "11111111111111111", "VIN_DEGENERATE"),
    IdentifierVector(.vin, "00000000000000000", "VIN_DEGENERATE"),
    IdentifierVector(.vin, "1M8GDM9AXKPO42788", "VIN_CHARACTER"),
    IdentifierVector(.vin, "1M8GDM9AXKP04278", "VIN_LENGTH"),
    IdentifierVector(.vin, "1M8GDM9AXKP0427880", "VIN_LENGTH"),
    IdentifierVector(.vin, "1M8GDM9AAKP042788", "VIN_CHECK_DIGIT"),
    IdentifierVector(.vin, "1Q87T3N166389", "VIN_LENGTH"),
    IdentifierVector(.uscc, "91110000600037341L", "OK"),
    IdentifierVector(.uscc, "91100000100003962T", "OK"),
    IdentifierVector(.uscc, "911100001000044477", "OK"),
    IdentifierVector(.uscc, "911000001000013428", "OK"),
    IdentifierVector(.uscc, "911100001000054748", "OK"),
    IdentifierVector(.uscc, "914403001922038216", "OK"),
    IdentifierVector(.uscc, "9144030071526726XG", "OK"),
    IdentifierVector(.uscc, "91330100799655058B", "OK"),
    IdentifierVector(.uscc, "91110000600037341M", "USCC_CHECK"),
    IdentifierVector(.uscc, "A1110000600037341L", "USCC_CHECK"),
    IdentifierVector(.uscc, "91110000600037341I", "USCC_CHARACTER"),
    IdentifierVector(.uscc, "9111000060003734", "USCC_LENGTH"),
    IdentifierVector(.lei, "213800KUD8LAJWSQ9D15", "OK"),
    IdentifierVector(.lei, "5493001KJTIIGC8Y1R12", "OK"),
    IdentifierVector(.lei, "506700GE1G29325QX363", "OK"),
    IdentifierVector(.lei, "HWUPKR0MPOU8FGXBT394", "OK"),
    IdentifierVector(.lei, "5493002ERZU2K9PZDL40", "OK"),
    IdentifierVector(.lei, "213800KUD8LXJWSQ9D15", "LEI_CHECK"),
    IdentifierVector(.lei, "506700GE1G29325QX36", "LEI_LENGTH"),
    IdentifierVector(.lei, "506700GE1G29325QX3AA", "LEI_CHARACTER"),
    IdentifierVector(.plate, "京A12345", "OK_REGULAR"),
    IdentifierVector(.plate, "粤BD12345", "OK_NEV"),
    IdentifierVector(.plate, "沪A12345D", "OK_NEV"),
    IdentifierVector(.plate, "沪AF12345", "OK_NEV"),
    IdentifierVector(.plate, "川A2222学", "OK_REGULAR"),
    IdentifierVector(.plate, "粤Z1234港", "OK_REGULAR"),
    IdentifierVector(.plate, "京A1234I", "PLATE_FORMAT"),
    IdentifierVector(.plate, "粤BD1234O", "PLATE_FORMAT"),
    IdentifierVector(.plate, "京AI1234", "PLATE_FORMAT"),
    IdentifierVector(.plate, "京A123456", "PLATE_FORMAT"),
    IdentifierVector(.plate, "AA12345", "PLATE_FORMAT"),
  ]
}
