import CommandInterface
import Node
import Testing
import Transport

@testable import hypothec

@Suite("Why a node does not start")
struct StartProblemTests {
  @Test("names the whole address if listening failed, and no port otherwise")
  func listening() throws {
    let address = try #require(SocketAddress("127.0.0.1:7101"))
    // EADDRINUSE.
    let taken = Problem(
      NodeStartError.transport(.listen(address, SystemError(code: 98))), directory: "data")
    #expect(taken.code == .listeningFailed)
    #expect(taken.exitCode == .cannotCreate)
    #expect(taken.what.english.contains("127.0.0.1:7101"))
    #expect(taken.details == [JSONMember("address", .string("127.0.0.1:7101"))])
    #expect(taken.next?.english.contains("\"listen\"") == true)
    // EMFILE.
    for error in [
      TransportError.tls("no such cipher"), .system(SystemError(code: 24)), .randomnessUnavailable,
    ] {
      let problem = Problem(NodeStartError.transport(error), directory: "data")
      #expect(problem.code == .systemCallFailed)
      #expect(problem.exitCode == .softwareError)
      #expect(problem.what.english.contains("\(error)"))
      #expect(problem.why == nil && problem.next == nil && problem.details.isEmpty)
    }
  }
}
