import CommandInterface
import Cryptography
import Documents
import Ledger
import Node

/// What `import` and `reconcile` read: the file, the map, and what follows from both.
struct ImportInput {
  let path: String
  let mapPath: String
  let map: ImportMap
  let mapDigest: Digest
  let survey: FileSurvey
  let table: ImportTable
  let converter: RowConverter
  /// Who acts where the map names nobody.
  let member: MemberID?
  let rejectsPath: String
  /// Beside the report, so that one option moves both.
  let statePath: String
  /// The command line as it would be typed again.
  let command: String

  /// Precondition: the command declares the options of `ImportCommand`.
  init(_ context: CommandContext) throws(Problem) {
    path = try Self.path(context[ImportCommand.file], context)
    mapPath = try Self.path(context[ImportCommand.map], context)
    let mapBytes = try LocalFile.read(mapPath, limit: ImportMap.byteLimit)
    map = try ImportMap.read(mapBytes, mapPath)
    mapDigest = SHA256.hash(mapBytes)
    survey = try FileSurvey(path)
    table = try ImportTable(
      path: path, survey: survey, encoding: context[ImportCommand.encoding] ?? map.encoding,
      delimiter: context[ImportCommand.delimiter] ?? map.delimiter)
    let configured = try NodeConfiguration.loadIfPresent(context.dataDirectory)
    member = context[SigningOptions.member] ?? configured?.member
    converter = try RowConverter(map, columns: table.columns, member: member, file: path)
    rejectsPath = try Self.rejectsPath(context, path)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    statePath = LocalPath.joined(LocalPath.directory(of: rejectsPath), name + ".import-state")
    command = Self.command(context, path, mapPath)
  }

  /// Without the heading.
  var estimatedRowCount: UInt64 { survey.lineFeedCount - min(1, survey.lineFeedCount) }

  private static func path(
    _ file: FilePath, _ context: CommandContext
  ) throws(Problem) -> String {
    if case .path(let path) = file { return path }
    throw context.misuse(
      LocalizedText(
        english: "the file is read twice, so it cannot be standard input",
        chinese: "文件需读取两遍，不能使用标准输入"))
  }

  private static func rejectsPath(
    _ context: CommandContext, _ path: String
  ) throws(Problem) -> String {
    guard let given = context[ImportCommand.rejects] else { return path + ".rejects.csv" }
    return try Self.path(given, context)
  }

  private static func command(
    _ context: CommandContext, _ path: String, _ mapPath: String
  ) -> String {
    var words = ["hypothec import \(quoted(path)) --map \(quoted(mapPath))"]
    if let member = context[SigningOptions.member] { words.append("--as \(member)") }
    for key in context[SigningOptions.keys] {
      words.append("--key \(key.member.map { "\($0)=" } ?? "")\(quoted(key.path))")
    }
    if case .path(let file)? = context[SigningOptions.passphraseFile] {
      words.append("--passphrase-file \(quoted(file))")
    }
    if case .path(let rejects)? = context[ImportCommand.rejects] {
      words.append("--rejects \(quoted(rejects))")
    }
    if let encoding = context[ImportCommand.encoding] {
      words.append("--encoding \(encoding.rawValue)")
    }
    if let delimiter = context[ImportCommand.delimiter] {
      words.append("--delimiter \(delimiter == 0x09 ? "tab" : "'\(Unicode.Scalar(delimiter))'")")
    }
    if let node = context[GlobalOptions.node] { words.append("--node \(quoted(node))") }
    return words.joined(separator: " ") + context.directoryOption
  }

  private static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || [0x2D, 0x2E, 0x2F, 0x5F, 0x2B].contains($0) || $0 >= 0x80
    }
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}

extension CommandContext {
  /// Where the node is: the directory of `--node`, else the data directory.
  private var nodeDirectory: String {
    guard let node = self[GlobalOptions.node] else { return dataDirectory }
    let suffix = "/node.socket"
    return node.hasSuffix(suffix) ? String(node.dropLast(suffix.count)) : node
  }

  /// Two connections to the running node.
  func importConnection() throws(NodeAccessError) -> any ImportConnection {
    let timeout = self[GlobalOptions.timeout]
    let questions = try NodeClient(dataDirectory: nodeDirectory, timeout: timeout)
    return NodeConnection(
      questions: questions,
      submissions: try NodeClient(
        dataDirectory: nodeDirectory, network: questions.network, timeout: timeout))
  }
}
