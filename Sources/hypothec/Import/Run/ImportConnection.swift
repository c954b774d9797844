import CommandInterface
import Cryptography
import Ledger
import Node

/// A running node as an import needs it: questions that wait for their answer, and submissions of
/// which several are under way. A protocol because tests drop connections at chosen points.
protocol ImportConnection: AnyObject {
  func ask(_ request: NodeRequest) throws(NodeAccessError) -> NodeResponse
  /// Sends a transaction on its way; returns the number by which `receive` names the answer.
  func submit(_ transaction: [UInt8]) throws(NodeAccessError) -> UInt64
  /// The next answer to a submission, whichever it is of. Precondition: one is under way.
  func receive() throws(NodeAccessError) -> (UInt64, NodeResponse)
}

/// Two connections to one node: answers to questions never wait behind those to submissions.
final class NodeConnection: ImportConnection {
  private let questions: any NodeAccess
  private let submissions: NodeClient

  init(questions: any NodeAccess, submissions: NodeClient) {
    self.questions = questions
    self.submissions = submissions
  }

  func ask(_ request: NodeRequest) throws(NodeAccessError) -> NodeResponse {
    try questions.ask(request)
  }

  func submit(_ transaction: [UInt8]) throws(NodeAccessError) -> UInt64 {
    try submissions.send(.submit(transaction: transaction)).rawValue
  }

  func receive() throws(NodeAccessError) -> (UInt64, NodeResponse) {
    let (number, response) = try submissions.receive()
    return (number.rawValue, response)
  }
}

/// Somebody who answers questions and takes nothing: an opened data directory, for a dry run.
final class QuestionsOnly: ImportConnection {
  private let questions: any NodeAccess

  init(_ questions: any NodeAccess) { self.questions = questions }

  func ask(_ request: NodeRequest) throws(NodeAccessError) -> NodeResponse {
    try questions.ask(request)
  }

  func submit(_ transaction: [UInt8]) throws(NodeAccessError) -> UInt64 {
    throw .refused("a data directory takes no transactions; start its node")
  }

  func receive() throws(NodeAccessError) -> (UInt64, NodeResponse) { throw .closed }
}

/// How the commands find a node. Tests bring their own.
struct ImportNode: Sendable {
  /// A running node, which takes transactions.
  let connect: @Sendable (CommandContext) throws(NodeAccessError) -> any ImportConnection
  /// Whoever answers questions: the running node, else the data directory itself.
  let read: @Sendable (CommandContext) throws(Problem) -> any ImportConnection

  static let standard = ImportNode(
    connect: { context throws(NodeAccessError) in try context.importConnection() },
    read: { context throws(Problem) in
      QuestionsOnly(try AccessSource.standard.open(context, .reading).access)
    })

  /// As `connect`, for a first connection, whose failure is the user's to mend.
  func connectAtFirst(_ context: CommandContext) throws(Problem) -> any ImportConnection {
    do throws(NodeAccessError) {
      return try connect(context)
    } catch {
      throw Problem(error)
    }
  }
}
