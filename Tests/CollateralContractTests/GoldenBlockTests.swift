import CollateralContract
import Cryptography
import Ledger
import TestSupport
import Testing

/// One small block, as the formats have it. A change here is a change of format: it breaks every
/// ledger there is, and needs its line in CHANGELOG.md.
@Suite("A golden block")
struct GoldenBlockTests {
  @Test("changes these keys to these values")
  func changes() throws {
    let state = ContractNetwork.state()
    let time = Timestamp.inChina("2026-03-10")
    let vin = TestLedger.vin
    let search = PledgeBasis.search(valuation: "v1", height: Height(0))
    let transactions: [Transaction] = [
      .make(
        [
          .register(vin), .value(vin, "v1", asOf: time) { $0.low = .yuan(95_000) },
          .pledge(vin, "p1", basis: search) { $0.maximumSecured = .yuan(77_000) },
        ], reference: "golden-1", validUntil: time),
      .make(
        [.pledge(vin, "p2", basis: search, by: ContractNetwork.bankB)], reference: "golden-2",
        validUntil: time),
      .make([.registerModel("2026.1")], reference: "golden-3", validUntil: time),
    ]
    var block = try BlockTransition(
      context: try BlockContext(
        network: ContractNetwork.id, height: Height(1), time: time, state: state),
      on: StateOverlay(over: state))
    for transaction in transactions { _ = try block.attempt(transaction) }

    let conflict = Conflict(id: "p1", height: Height(1))
    let refusal = Refusal(code: .pledgeAlreadyActive, operationIndex: 0, conflict: conflict)
    #expect(block.outcomes == [.accepted, .refused(refusal), .accepted])
    #expect(block.history.map(\.number) == [1, 2, 3, 4])
    let lines = block.changes.map { "\($0.key) \($0.entry?.valueHash.description ?? "-")" }
    #expect(lines == Self.expected)
    guard case .vehicle(let vehicle)? = try block.overlay.entry(.vehicle(vin)) else {
      Issue.record("the vehicle is registered")
      return
    }
    #expect(vehicle.history.hash.description == Self.head)
  }

  private static let head = "a863ed6f76dea068689bfb0b99c5fe35fc807aeb5f1bcb60b0adf7139e2c08fe"

  private static let expected = [
    // the model
    "16cfd3af2bd1f2f350b7fab04389b6c9697dd6c44983adc3151eef48ae30062c "
      + "8fbbca32796a7c88b14eec2fbbe9f070825aa8808ba3c06aaca443f02e038d53",
    // registry-a's reference golden-1
    "586edfee188eca49ea9e372fd366e49ba061bec7e6a56a35d7a4ca78476f554c "
      + "1c0963ec592f832b95fa5e90688c71773f74d7eff909068f048b5f84b025913f",
    // bank-b's reference golden-2
    "75b64a9fd03619521f587f591625b4af6cf1372ba25ff59c38f0151c522c6750 "
      + "e08d09f9a7d6093a660fb0b3cce8cb57aed05424dceb9e19a0d730e8cf4bfe83",
    // appraiser-a's reference golden-3
    "9d941bce285c5d76dfbf5a106e7b2fc0ec90b076d508331c239d01e84366e1fd "
      + "8f65b167bd6120035ba6e432a58882ee00f2f1db17a2bf61b2fd0b210afdacf4",
    // bank B, refused once
    "af2611cadd6988a8ed61936bbadc2026d3c0457453fdd18fa972e96a0f0d6b72 "
      + "c51021060f0704f2bf9683f6f832bf06cf4de367106958d7d43681dc5954b898",
    // the vehicle
    "c001aa0041ff67fb2ce81d2882e4a22e96839a33109787a42554b994393c6d03 "
      + "d38f1958a07334e6840989fdae0ec86e891fe47290dfc5c3e71ec7211875b579",
  ]
}
