import CommandInterface
import Documents
@preconcurrency import Glibc
import Ledger
import Node
import TestSupport
import Testing

@testable import hypothec

@Suite("Import of real auction sales")
struct ImportAuctionTests {
  private static let name = "auction_sales_camry_odyssey.csv"

  private static var package: String {
    // <package>/Tests/HypothecTests/Import/ImportAuctionTests.swift
    "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
  }

  private static var file: String? {
    ["../shared/data", "../../shared/data"].map { "\(package)/\($0)/\(name)" }
      .first { access($0, R_OK) == 0 }
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try LocalFile.read(path), as: UTF8.self)
  }

  @Test(
    "16,045 sales become 15,855 vehicles and 16,045 valuations",
    .enabled(if: ImportAuctionTests.file != nil, "the data lies in ../shared/data"))
  func sales() throws {
    let ledger = ImportLedger()
    let storage = ImportTestStorage()
    var bench = ImportBench(csv: try Self.text(try #require(Self.file)))
    bench.map = try Self.text("\(Self.package)/docs/examples/auction-sales.map.json")
      .replacing("\"registry\"", with: "\"registry-a\"")
      .replacing("\"appraiser\"", with: "\"appraiser-a\"")
    let result = try bench.run(ledger, storage: storage)
    #expect(result.summary.rowCount == 16_045)
    #expect(
      result.summary.accepted
        == OperationCounts(registrations: 15_855, valuations: 16_045, pledges: 0))
    #expect(result.summary.alreadyThereCount == 190)
    #expect(result.summary.rejectedCount == 0)
    #expect(result.summary.racedCount == 0)
    #expect(ledger.refusals == [])
    #expect(ledger.transactionSizes.allSatisfy { $0 <= 1_000 })
    #expect(result.findings.count { $0.code == .odometerImplausible } == 34)
    #expect(result.findings.count { $0.code == .odometerEmpty } == 7)
    #expect(result.summary.warningCount == 41)
    expectFirstSale(ledger)

    bench.purpose = .dryRun
    let dry = try bench.run(ImportLedger())
    #expect(dry.summary.accepted == result.summary.accepted)
    #expect(dry.summary.alreadyThereCount == 190)
    #expect(dry.findings == result.findings)
  }

  /// `4T1BF1FK3EU327266,2014,Toyota,Camry,XLE,Sedan,SC,3,33959,...,16450,14800,2014-01-01T17:15:00Z`.
  private func expectFirstSale(_ ledger: ImportLedger) {
    guard case .recordValuation(let valuation) = ledger.acceptedOperations[1].body,
      case .registerVehicle(let registration) = ledger.acceptedOperations[0].body
    else {
      Issue.record("the first row gives a registration and a valuation")
      return
    }
    #expect(registration.vin.text == "4T1BF1FK3EU327266")
    #expect(registration.modelYear == 2014)
    #expect(registration.owners == nil && registration.region == nil)
    #expect(registration.certificate == nil && registration.odometer == nil)
    #expect(valuation.id == "mmr-1")
    #expect(valuation.value.description == "16450.00 USD")
    #expect(valuation.asOf.wallTime.text == "2014-01-01T17:15:00.000Z")
    #expect(valuation.odometer?.rawValue == 54_652)
    #expect(valuation.condition == 3)
    #expect(valuation.region?.text == "US-SC")
  }
}
