/// By what right a transaction acts, and so with which of their keys its signers sign.
///
/// A transaction either records business or changes the network, never both: the keys would be
/// different ones, and the one right would lend itself to the other.
package enum Authority: Sendable {
  /// Members record what their roles allow, with their own keys.
  case members
  /// Governors change the network, with their offline keys.
  case governors
}

extension [Operation] {
  /// - Precondition: not empty.
  package var authority: Authority { self[0].body.authority }

  /// Whether the block that holds them, accepted, is its epoch's last.
  package var closesEpoch: Bool { last?.body.closesEpoch ?? false }

  /// What operations of one transaction must have in common.
  ///
  /// - Precondition: not empty.
  /// - Throws: `authorityMixed` or `epochChangeNotLast`.
  package func checkTogether() throws(RefusalCode) {
    let authority = authority
    guard allSatisfy({ $0.body.authority == authority }) else { throw .authorityMixed }
    guard !dropLast().contains(where: { $0.body.closesEpoch }) else { throw .epochChangeNotLast }
  }
}
