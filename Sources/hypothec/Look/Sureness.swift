import CommandInterface
import Cryptography
import Ledger
import Merkle
import Node

/// What stands behind an answer that was checked against a state root.
enum Sureness: Hashable {
  /// A quorum of validators signed the block that has the root.
  case certified(signatureCount: Int, validatorCount: Int)
  /// The genesis block, which the network file alone determines.
  case genesis
  /// The block's epoch has other validators than the network file lists: its certificate was not
  /// checked. The proof leads to the root that the answering side names.
  case rootOnly

  /// `quorum 3 of 4`.
  var quorumText: LocalizedText {
    switch self {
    case .certified(let signatures, let validators):
      LocalizedText(
        english: "quorum \(signatures) of \(validators)",
        chinese: "法定签名 \(signatures)/\(validators)")
    case .genesis:
      LocalizedText(
        english: "the network file itself, no block yet", chinese: "依据网络文件，尚无区块")
    case .rootOnly:
      LocalizedText(
        english: "against the state root that the node names; its certificate was not checked",
        chinese: "依据节点给出的状态根；未核验其证书")
    }
  }

  var json: JSONMember {
    switch self {
    case .certified(let signatures, let validators):
      JSONMember(
        "proof",
        [
          "proven": true, "certified": true, "signatures": .integer(signatures),
          "validators": .integer(validators),
        ])
    case .genesis:
      JSONMember(
        "proof", ["proven": true, "certified": true, "signatures": 0, "validators": 0])
    case .rootOnly: JSONMember("proof", ["proven": true, "certified": false])
    }
  }
}

/// State entries with the head that they are of; every proof was checked here.
struct ProvenEntries {
  let head: ChainHead
  let entries: [StateEntry?]
  let sureness: Sureness
}

extension Inquiry {
  /// Asks for entries with their proofs and checks them: each entry, or its absence, against the
  /// head's state root, and the root against the block's certificate.
  func provenEntries(_ ids: [StateID]) throws(Problem) -> ProvenEntries {
    let response = try ask(.entries(ids, .proof))
    guard case .entries(let answers) = response.answer, answers.count == ids.count else {
      throw .unexpectedAnswer
    }
    for (id, answer) in zip(ids, answers) {
      try check(answer, of: id, root: response.head.stateRoot)
    }
    return ProvenEntries(
      head: response.head, entries: answers.map(\.entry),
      sureness: try certification(of: response.head))
  }

  private func check(
    _ answer: EntryAnswer, of id: StateID, root: Digest
  ) throws(Problem) {
    guard let proof = answer.proof else { throw .unexpectedAnswer }
    do throws(MerkleError) {
      if let entry = answer.entry {
        try proof.verifyInclusion(root: root, key: id.key, valueHash: entry.valueHash)
      } else {
        try proof.verifyAbsence(root: root, key: id.key)
      }
    } catch {
      throw .proofInvalid(
        LocalizedText(
          english: "the proof of the answer does not lead to the state root: \(error).",
          chinese: "回答的证明与状态根不符：\(error)。"))
    }
  }

  private func genesis(_ head: ChainHead) throws(Problem) -> Sureness {
    let file = try network().file
    let genesis: Genesis
    do throws(NetworkFileError) {
      genesis = try Genesis(file)
    } catch {
      throw .unexpectedAnswer
    }
    guard genesis.hash == head.block, genesis.header.stateRoot == head.stateRoot else {
      throw .proofInvalid(
        LocalizedText(
          english: "the genesis block is not that of the network file.",
          chinese: "创世区块与网络文件不符。"))
    }
    return .genesis
  }

  /// Checks the certificate that covers the head's block against the network file's validators.
  private func certification(of head: ChainHead) throws(Problem) -> Sureness {
    guard head.height > .genesis else { return try genesis(head) }
    let response = try ask(.blocks(from: head.height, waitMilliseconds: 0))
    guard case .blocks(let items) = response.answer else { throw .unexpectedAnswer }
    let run = try CertifiedBlocks(items)
    guard let header = run.blocks.first?.header, header.hash == head.block,
      header.stateRoot == head.stateRoot, header.height == head.height,
      header.network == head.network
    else {
      throw .proofInvalid(
        LocalizedText(
          english: "the node's newest block is not the one that it names.",
          chinese: "节点的最新区块与其声称的不符。"))
    }
    return try run.sureness(at: 0, try network())
  }
}

/// Successive blocks with their finalization certificates, decoded; not yet verified.
///
/// A certificate finalizes its block and all the block's ancestors, so that of a later block stands
/// for the blocks before it that were finalized along with it.
struct CertifiedBlocks {
  let blocks: [Block]
  private let certificates: [Certificate]

  init(_ items: [BlockItem]) throws(Problem) {
    var blocks: [Block] = []
    var certificates: [Certificate] = []
    for item in items {
      do throws(LedgerError) {
        blocks.append(try Block(item.block))
        certificates.append(try Certificate(item.certificate))
      } catch {
        throw .proofInvalid(
          LocalizedText(
            english: "a block that was answered is malformed: \(error).",
            chinese: "返回的区块格式有误：\(error)。"))
      }
    }
    self.blocks = blocks
    self.certificates = certificates
  }

  /// Verifies the certificate that covers block `index`, if the network file lists the validators
  /// of its epoch and the certified block is among these.
  func sureness(at index: Int, _ network: KnownNetwork) throws(Problem) -> Sureness {
    let certificate = certificates[index]
    guard case .finalize(let reference) = certificate.ballot.subject,
      let end = blocks[index...].firstIndex(where: { $0.header.hash == reference.hash })
    else { return .rootOnly }
    let validators: ValidatorSet
    do throws(NetworkFileError) {
      validators = try network.file.validatorSet
    } catch {
      throw .unexpectedAnswer
    }
    let certified = blocks[end].header
    guard certified.epoch == validators.epoch else { return .rootOnly }
    guard isLinked(from: index, to: end), certificate.ballot.view == certified.view,
      certificate.isValid(
        network: network.id, validators: validators, keys: ValidatorKeys(validators))
    else {
      let height = NumberText.grouped(blocks[index].header.height.rawValue)
      throw .proofInvalid(
        LocalizedText(
          english: "the certificate of block \(height) is not valid.",
          chinese: "区块 \(height) 的证书无效。"))
    }
    return .certified(
      signatureCount: certificate.signatures.count, validatorCount: validators.count)
  }

  /// Whether each block after `start`, to `end`, names the one before it as its parent.
  private func isLinked(from start: Int, to end: Int) -> Bool {
    blocks[start...end].indices.dropFirst().allSatisfy {
      blocks[$0].header.parent == blocks[$0 - 1].header.hash
    }
  }
}
