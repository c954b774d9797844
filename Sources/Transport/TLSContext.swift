import COpenSSL
import Cryptography
import Ledger

/// How a node speaks TLS with every other: version 1.3 alone, certificates from both sides, and a
/// certificate is good exactly if the key in it is pinned. No tickets, no sessions, no early data,
/// nothing negotiated twice.
///
/// The loop thread's, as are the connections made from it.
final class TLSContext {
  /// What both sides must offer (RFC 7301).
  private static let protocolName = Array("hypothec-peer/1".utf8)
  static let offeredProtocols = [UInt8(protocolName.count)] + protocolName

  /// Whose key is accepted.
  var pins: [PublicKey: MemberID] = [:]
  /// The key that was turned away last; the connection whose handshake failed takes it.
  var refusedKey: RefusedKey?

  // Safety: an SSL_CTX that this object owns; its callback's argument is this object, which every
  // connection made from the context holds.
  private let context: OpaquePointer

  init(_ key: SigningKey) throws(TransportError) {
    let certificate = try NodeCertificate(key)
    guard let context = SSL_CTX_new(TLS_method()) else { throw .lastTLSFailure() }
    self.context = context
    guard TLSContext.setUp(context),
      SSL_CTX_use_certificate(context, certificate.certificate) == 1,
      SSL_CTX_use_PrivateKey(context, certificate.privateKey) == 1
    else { throw .lastTLSFailure() }
    // Safety: unretained, since a connection, without which OpenSSL calls nothing, holds the object.
    SSL_CTX_set_cert_verify_callback(
      context, verifyCertificate, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit { SSL_CTX_free(context) }

  /// A session of its own for a connection; the caller frees it.
  func makeSession() -> OpaquePointer? { SSL_new(context) }

  private static func setUp(_ context: OpaquePointer) -> Bool {
    hypothec_ssl_ctx_set_options(context)
    let version = Int(TLS1_3_VERSION)
    // Buffers that are given back while nothing happens save 14 KiB of an idle connection's 37, and
    // cost nothing that could be measured.
    let modes =
      SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
      | SSL_MODE_RELEASE_BUFFERS
    SSL_CTX_ctrl(context, SSL_CTRL_MODE, Int(modes), nil)
    // A read returns after each record, also one that brings nothing: a peer that sends key updates
    // without end gets its turns and no more.
    SSL_CTX_ctrl(context, SSL_CTRL_CLEAR_MODE, Int(SSL_MODE_AUTO_RETRY), nil)
    SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
    SSL_CTX_ctrl(
      context, SSL_CTRL_SET_MAX_CERT_LIST, TransportLimits.certificateByteLimit, nil)
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    SSL_CTX_set_alpn_select_cb(context, selectProtocol, nil)
    return SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, version, nil) == 1
      && SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, version, nil) == 1
      && SSL_CTX_set_num_tickets(context, 0) == 1
      // The algorithms of keys that can be registered.
      && setSignatureAlgorithms(context, "ed25519:ecdsa_secp256r1_sha256")
      // 0 is success here, and here alone.
      && SSL_CTX_set_alpn_protos(context, offeredProtocols, UInt32(offeredProtocols.count)) == 0
  }

  private static func setSignatureAlgorithms(_ context: OpaquePointer, _ list: String) -> Bool {
    list.withCString { list in
      // Safety: OpenSSL reads the string and keeps nothing of it; the parameter is not const since
      // SSL_CTX_ctrl has one type for everything.
      SSL_CTX_ctrl(
        context, SSL_CTRL_SET_SIGALGS_LIST, 0, UnsafeMutableRawPointer(mutating: list)) == 1
    }
  }

  /// Judges the certificate of the other side by its key alone.
  fileprivate func isAccepted(_ certificate: OpaquePointer?) -> Bool {
    let key = certificate.flatMap(NodeCertificate.publicKey(of:))
    if let key, pins[key] != nil { return true }
    refusedKey = RefusedKey(keyID: key?.keyID)
    return false
  }
}

/// A key that is nobody's here.
package struct RefusedKey: Hashable, Sendable {
  /// `nil` if the certificate has a key of another kind.
  package let keyID: Digest?

  package init(keyID: Digest?) { self.keyID = keyID }
}

private func verifyCertificate(
  _ store: OpaquePointer?, _ argument: UnsafeMutableRawPointer?
) -> Int32 {
  guard let store, let argument else { return 0 }
  // Safety: the `TLSContext` that registered itself, alive since a connection of it is at work.
  let context = Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue()
  if context.isAccepted(X509_STORE_CTX_get0_cert(store)) {
    X509_STORE_CTX_set_error(store, X509_V_OK)
    return 1
  }
  // The alert that says so is bad_certificate.
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
  return 0
}

/// Takes our protocol out of what a client offers, and no other.
private func selectProtocol(
  _ session: OpaquePointer?, _ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
  _ selectedCount: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?,
  _ offeredCount: UInt32, _ argument: UnsafeMutableRawPointer?
) -> Int32 {
  guard let selected, let selectedCount else { return SSL_TLSEXT_ERR_ALERT_FATAL }
  // Safety: OpenSSL gives `offeredCount` bytes that outlive the selection.
  let list = UnsafeBufferPointer(start: offered, count: Int(offeredCount))
  var start = 0
  while start < list.count {
    let end = start + 1 + Int(list[start])
    guard end <= list.count else { break }
    if list[start..<end].elementsEqual(TLSContext.offeredProtocols) {
      selected.pointee = offered.map { $0 + start + 1 }
      selectedCount.pointee = list[start]
      return SSL_TLSEXT_ERR_OK
    }
    start = end
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL
}
