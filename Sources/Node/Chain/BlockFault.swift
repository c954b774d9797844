import Cryptography
import Ledger

/// Why a block is invalid: the first reason, the same on every node.
package enum BlockFault: Error, Hashable, Sendable {
  /// Its header cannot follow its parent's.
  case header(HeaderError)
  /// More signatures than `Block.signatureLimit`.
  case tooManySignatures(Int)
  /// More bytes of transactions than `Block.bodyByteLimit`.
  case bodyTooLarge(byteCount: Int)
  /// A signer is no member, or the key is none of the signer's in the parent's state.
  case signer(transactionIndex: Int, RefusalCode)
  /// A signature is not right.
  case signature(transactionIndex: Int)
  /// A transaction has no place in this block: expired, a reference in force, too many refusals.
  case notAdmitted(transactionIndex: Int, RefusalCode)
  case outcome(transactionIndex: Int, expected: Outcome, found: Outcome)
  case stateRoot(expected: Digest, found: Digest)
  /// `nil` where the block does not close its epoch.
  case nextValidators(expected: Digest?, found: Digest?)
}

extension BlockFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .header(let error): "\(error)"
    case .tooManySignatures(let count):
      "it holds \(count) signatures, more than \(Block.signatureLimit)"
    case .bodyTooLarge(let byteCount):
      "it holds \(byteCount) bytes of transactions, more than \(Block.bodyByteLimit)"
    case .signer(let index, let code):
      "transaction \(index) is signed by somebody who cannot sign: \(code.name)"
    case .signature(let index): "a signature of transaction \(index) is wrong"
    case .notAdmitted(let index, let code):
      "transaction \(index) has no place in it: \(code.name)"
    case .outcome(let index, let expected, let found):
      "the outcome of transaction \(index) is \(expected.text) and not \(found.text)"
    case .stateRoot(let expected, let found): "the state root is \(expected) and not \(found)"
    case .nextValidators(let expected, let found):
      "the next validators are \(expected?.description ?? "none") and not "
        + (found?.description ?? "none")
    }
  }
}

extension Outcome {
  fileprivate var text: String {
    switch self {
    case .accepted: "accepted"
    case .refused(let refusal): "\(refusal.code.name) at operation \(refusal.operationIndex)"
    }
  }
}
