import CommandInterface
import Cryptography
import Ledger
import Merkle
import Node

/// What stands behind an answer that was checked against a state root.
enum Sureness: Hashable {
  /// A quorum of validators signed the block that has the root.
  case certified(signatureCount: Int, validatorCount: Int)
  /// No certificate is there to check: the genesis block, or an epoch whose validators the network
  /// file does not list. The proof leads to the root that the answering side names.
  case rootOnly

  /// `3 of 4 validators signed`.
  var quorumText: LocalizedText {
    switch self {
    case .certified(let signatures, let validators):
      LocalizedText(
        english: "signed by \(signatures) of \(validators) validator\(validators == 1 ? "" : "s")",
        chinese: "\(validators) 个验证节点中 \(signatures) 个签署")
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
    for (id, answer) in zip(ids, answers) { try check(answer, of: id, root: response.head.stateRoot) }
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

  /// Checks the certificate of the head's block against the validators of the network file.
  private func certification(of head: ChainHead) throws(Problem) -> Sureness {
    guard head.height > .genesis else { return .rootOnly }
    let response = try ask(.blocks(from: head.height, waitMilliseconds: 0))
    guard case .blocks(let blocks) = response.answer, let item = blocks.first else {
      throw .unexpectedAnswer
    }
    let certified = try CertifiedBlock(item)
    let header = certified.block.header
    guard header.hash == head.block, header.stateRoot == head.stateRoot,
      header.height == head.height, header.network == head.network
    else {
      throw .proofInvalid(
        LocalizedText(
          english: "the node's newest block is not the one that it names.",
          chinese: "节点的最新区块与其声称的不符。"))
    }
    return try certified.sureness(try network())
  }
}

/// A block with its finalization certificate, decoded; not yet verified.
struct CertifiedBlock {
  let block: Block
  let certificate: Certificate

  init(_ item: BlockItem) throws(Problem) {
    do throws(LedgerError) {
      block = try Block(item.block)
      certificate = try Certificate(item.certificate)
    } catch {
      throw .proofInvalid(
        LocalizedText(
          english: "a block that was answered is malformed: \(error).",
          chinese: "返回的区块格式有误：\(error)。"))
    }
  }

  /// Verifies the certificate, if the network file lists the validators of its epoch.
  func sureness(_ network: KnownNetwork) throws(Problem) -> Sureness {
    let validators: ValidatorSet
    do throws(NetworkFileError) {
      validators = try network.file.validatorSet
    } catch {
      throw .unexpectedAnswer
    }
    guard block.header.epoch == validators.epoch else { return .rootOnly }
    guard case .finalize(let reference) = certificate.ballot.subject,
      reference.hash == block.header.hash, certificate.ballot.view == block.header.view,
      certificate.isValid(
        network: network.id, validators: validators, keys: ValidatorKeys(validators))
    else {
      throw .proofInvalid(
        LocalizedText(
          english: "the certificate of block \(block.header.height.rawValue) is not valid.",
          chinese: "区块 \(block.header.height.rawValue) 的证书无效。"))
    }
    return .certified(
      signatureCount: certificate.signatures.count, validatorCount: validators.count)
  }
}
