import CommandInterface
import Cryptography
import Documents
import Ledger
import Node
import TestSupport
import Testing

@testable import hypothec

@Suite("Commands import and reconcile")
struct ImportCommandTests {
  /// A book on the disk, keys for it, and a ledger in memory.
  private final class Book {
    let directory: TemporaryDirectory
    let ledger = ImportLedger()

    init(_ csv: String) throws {
      directory = try TemporaryDirectory()
      try LocalFile.write(Array(csv.utf8), to: directory["book.csv"], .owner, .kept)
      try LocalFile.write(Array(ImportBench.map.utf8), to: directory["map.json"], .owner, .kept)
      let pem = try ImportBench.key.pem(passphrase: nil)
      try LocalFile.write(pem, to: directory["key.pem"], .owner, .kept)
    }

    var keys: [String] {
      ["registry-a", "appraiser-a"].flatMap { ["--key", "\($0)=\(directory["key.pem"])"] }
    }

    func run(_ words: [String]) -> CommandRun {
      // Safety: the command runs on this thread and keeps nothing.
      nonisolated(unsafe) let ledger = ledger
      let commands = ImportCommands.commands(
        ImportNode(
          connect: { _ throws(NodeAccessError) in ImportTestConnection(ledger, .none) },
          read: { _ throws(Problem) in ImportTestConnection(ledger, .none) }))
      let table = CommandTable(
        name: "hypothec", version: "0", LocalizedText(verbatim: "A test."),
        globalOptions: GlobalOptions.all, explanations: ImportCommands.explanations,
        commands: commands)
      let files = [directory["book.csv"], "--map", directory["map.json"], "-d", directory.path]
      return CommandRun([words[0]] + files + words.dropFirst(), table: table)
    }

    func text(_ name: String) throws -> String {
      String(decoding: try LocalFile.read(directory[name]), as: UTF8.self)
    }
  }

  private static let dirty =
    ImportBench.csv(rows: 3) + "\(ImportBench.vin(9)),Camry,v-9,1E+5,2026-01-02\n"

  @Test("imports, reports refused rows in a file, and says 12")
  func imports() throws {
    let book = try Book(Self.dirty)
    let run = book.run(["import", "--json"] + book.keys)
    #expect(run.exitCode == .refused)
    #expect(run.diagnostics == "")
    for member in [
      "\"schema\":\"hypothec/import/1\"", "\"rows\":4", "\"vehiclesRegistered\":3",
      "\"valuations\":3", "\"rejected\":1", "\"transactions\":1", "\"height\":1",
    ] {
      #expect(run.output.contains(member), "\(member) in \(run.output)")
    }
    let report = try book.text("book.csv.rejects.csv").split(separator: "\n")
    #expect(report[0] == "line,column,code,reason,original,effect")
    #expect(report[1].hasPrefix("5,value,CELL_SCIENTIFIC,"))
    #expect(report[1].hasSuffix(",v-9,1E+5,2026-01-02\",rejected"))
    #expect(LocalFile.exists(book.directory["book.csv.import-state"]))
  }

  @Test("the same command again records nothing and says the same")
  func again() throws {
    let book = try Book(Self.dirty)
    let first = book.run(["import"] + book.keys)
    let second = book.run(["import"] + book.keys)
    #expect(first.exitCode == second.exitCode)
    #expect(first.output == second.output)
    #expect(book.ledger.outcomes.count == 1)
  }

  @Test("a dry run needs no keys and leaves no state")
  func dryRun() throws {
    let book = try Book(Self.dirty)
    let run = book.run(["import", "--dry-run"])
    #expect(run.exitCode == .refused)
    #expect(run.output.hasPrefix("Dry run of "))
    #expect(book.ledger.outcomes.isEmpty)
    #expect(!LocalFile.exists(book.directory["book.csv.import-state"]))
  }

  @Test("a member without a key is named")
  func missingKey() throws {
    let book = try Book(Self.dirty)
    let run = book.run(["import"] + book.keys.dropLast(2))
    #expect(run.exitCode == .usage)
    #expect(run.diagnostics.contains("no key of appraiser-a was given."))
  }

  @Test("the report never replaces a file that is something else")
  func foreignReport() throws {
    let book = try Book(Self.dirty)
    let run = book.run(["import", "--dry-run", "--rejects", book.directory["book.csv"]])
    #expect(run.exitCode == .cannotCreate)
    #expect(run.diagnostics.contains("IMPORT_REJECTS_FOREIGN"))
    #expect(try book.text("book.csv") == Self.dirty)
  }

  @Test("reconciles: 0 when all agree, 1 when something differs")
  func reconciles() throws {
    let book = try Book(ImportBench.csv(rows: 3))
    let before = book.run(["reconcile"])
    #expect(before.exitCode == .failure)
    #expect(before.output.contains("not on the ledger  vehicle.register, valuation.record v-1"))
    _ = book.run(["import"] + book.keys)
    let after = book.run(["reconcile", "--json"])
    #expect(after.exitCode == .success)
    let lines = after.output.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines.last?.contains("\"agree\":true") == true)
  }

  @Test("every code that a row is reported with is explained")
  func explanations() {
    let explained = Set(ImportCommands.explanations.map(\.code))
    for code: ProblemCode in [
      .csvLineTooLong, .csvNulByte, .csvQuote, .csvEncoding, .csvCellCount, .cellEmpty,
      .cellScientific, .cellFormula, .cellErrorValue, .cellDateSerial, .cellNotNumber,
      .cellNotDate, .cellUntranslated, .amountPrecision, .odometerImplausible, .odometerEmpty,
      .vinRewritten, .importMapInvalid, .importColumnMissing, .importColumnRepeated,
      .importFileEmpty, .importEncodingUnavailable, .importRejectsForeign, .importStateInvalid,
      .importStateOther, .importRunning, .importOutcomeUnknown, .importNodeUnavailable,
    ] {
      #expect(explained.contains(code), "\(code.text)")
    }
  }
}
