import CommandInterface
import Ledger
import Node

/// The questions of one command: asks, turns failures into problems, and remembers the network.
final class Inquiry {
  let context: CommandContext
  let source: AsOf.Source
  private let access: any NodeAccess
  private var knownNetwork: KnownNetwork?

  init(_ context: CommandContext, _ opened: OpenedAccess) {
    self.context = context
    access = opened.access
    source = opened.source
  }

  func ask(_ request: NodeRequest) throws(Problem) -> NodeResponse {
    let response: NodeResponse
    do throws(NodeAccessError) {
      response = try access.ask(request)
    } catch {
      throw Problem(error)
    }
    if case .failed(let failure) = response.answer { throw Problem(failure) }
    return response
  }

  /// Sends a signed transaction; whoever throws here does not know what became of it.
  func submit(_ bytes: [UInt8]) throws(NodeAccessError) -> NodeResponse {
    try access.ask(.submit(transaction: bytes))
  }

  /// The network file as the answering side has it, checked against the network's id.
  func network() throws(Problem) -> KnownNetwork {
    if let knownNetwork { return knownNetwork }
    let response = try ask(.networkFile)
    guard case .networkFile(let bytes) = response.answer else { throw .unexpectedAnswer }
    let network = try KnownNetwork(bytes, id: response.head.network)
    knownNetwork = network
    return network
  }

  func asOf(_ head: ChainHead) throws(Problem) -> AsOf {
    AsOf(
      networkName: try network().file.name, head: head, source: source, now: context.now)
  }
}

/// A network file whose hash is the network's id.
struct KnownNetwork {
  let file: NetworkFile
  let id: NetworkID

  /// Throws PROOF_INVALID if the bytes are not those of `id`.
  init(_ bytes: [UInt8], id: NetworkID) throws(Problem) {
    do throws(NetworkFileError) {
      file = try NetworkFile(bytes)
    } catch {
      throw .proofInvalid(
        LocalizedText(
          english: "the network file that was answered cannot be read: \(error).",
          chinese: "返回的网络文件无法读取：\(error)。"))
    }
    guard file.id == id else {
      throw .proofInvalid(
        LocalizedText(
          english: "the network file that was answered is not that of the network \(id).",
          chinese: "返回的网络文件不属于网络 \(id)。"))
    }
    self.id = id
  }

  /// The member's name for people; its id where the network file does not list it.
  func name(of member: MemberID) -> String {
    file.members.first { $0.id == member }?.name.text ?? member.text
  }

  /// The member behind a party that is named in the clear.
  func member(behind party: Party) -> GenesisMember? {
    guard case .disclosed(let entity) = party else { return nil }
    return file.members.first { $0.entities.contains(entity) }
  }
}
