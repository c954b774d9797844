import CollateralContract
import Ledger
import TestSupport
import Testing

@Suite("The owners of a pledged vehicle")
struct PledgeOwnerTests {
  private let vin = TestLedger.vin

  @Test("include the pledgor")
  func pledgorNotOwner() throws {
    var ledger = try TestLedger.pledgeable()
    let operation = Operation.pledge(vin, "p1", basis: ledger.search()) {
      $0.pledgor = ContractNetwork.otherPerson
    }
    #expect(try ledger.code(operation) == .pledgorNotOwner)
  }

  @Test("may be several, any of whom pledges")
  func severalOwners() throws {
    var ledger = try TestLedger.pledgeable {
      $0.owners = [ContractNetwork.person, ContractNetwork.otherPerson]
    }
    let operation = Operation.pledge(vin, "p1", basis: ledger.search()) {
      $0.pledgor = ContractNetwork.otherPerson
    }
    #expect(try ledger.code(operation) == nil)
  }

  @Test(
    "may be the pledgee alone where the security is the title itself",
    arguments: [
      (SecurityKind.retentionOfTitle, nil), (.financeLease, nil),
      (.mortgage, RefusalCode.pledgorNotOwner), (.possessory, .pledgorNotOwner),
    ] as [(SecurityKind, RefusalCode?)])
  func pledgeeOwns(security: SecurityKind, expected: RefusalCode?) throws {
    var ledger = try TestLedger.pledgeable {
      $0.owners = [ContractNetwork.party(ContractNetwork.bankA)]
    }
    let operation = Operation.pledge(vin, "p1", basis: ledger.search()) {
      $0.security = security
    }
    #expect(try ledger.code(operation) == expected)
  }

  @Test("are not the pledgee only because another lender is one")
  func otherLenderOwns() throws {
    var ledger = try TestLedger.pledgeable {
      $0.owners = [ContractNetwork.party(ContractNetwork.bankB)]
    }
    let operation = Operation.pledge(vin, "p1", basis: ledger.search()) {
      $0.security = .financeLease
    }
    let code = try ledger.code(operation, signers: [ContractNetwork.bankA, ContractNetwork.bankB])
    #expect(code == .pledgorNotOwner)
  }

  @Test("co-sign if they are members")
  func memberCoSigns() throws {
    var ledger = try TestLedger.pledgeable {
      $0.owners = [ContractNetwork.person, ContractNetwork.party(ContractNetwork.dealer)]
    }
    let operation = Operation.pledge(vin, "p1", basis: ledger.search())
    #expect(try ledger.code(operation) == .signerMissing)
    let code = try ledger.code(operation, signers: [ContractNetwork.bankA, ContractNetwork.dealer])
    #expect(code == nil)
  }

  @Test("cannot consent while suspended")
  func suspendedOwner() throws {
    var ledger = try TestLedger.pledgeable {
      $0.owners = [ContractNetwork.party(ContractNetwork.suspendedDealer)]
    }
    let operation = Operation.pledge(vin, "p1", basis: ledger.search()) {
      $0.pledgor = ContractNetwork.party(ContractNetwork.suspendedDealer)
    }
    let signers = [ContractNetwork.bankA, ContractNetwork.suspendedDealer]
    #expect(try ledger.code(operation, signers: signers) == .memberSuspended)
  }

  @Test("are found by their code, not by a commitment to it")
  func committedOwner() throws {
    var ledger = try TestLedger.pledgeable { $0.owners = [ContractNetwork.otherPerson] }
    let operation = Operation.pledge(vin, "p1", basis: ledger.search()) {
      $0.pledgor = ContractNetwork.party(ContractNetwork.dealer)
    }
    #expect(try ledger.code(operation) == .pledgorNotOwner)
  }
}
