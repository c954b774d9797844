import COpenSSL
import Cryptography
@preconcurrency import Glibc

/// A TLS session over a socket that never blocks: every call does what can be done now, and says what
/// to wait for. The loop thread's.
struct TLSConnection: ~Copyable {
  enum Role {
    case client
    case server
  }

  /// How far a handshake got.
  enum Handshake {
    /// Done, with the holder of this pinned key. A client is not accepted yet: the server's judgement
    /// of its certificate comes with what is read next.
    case finished(PublicKey)
    case waiting(EventPoll.Interest)
    case failed(TLSFailure)
  }

  /// What a call did that moves bytes.
  enum Transfer {
    case moved(Int)
    case waiting(EventPoll.Interest)
    /// The other side closed or is gone.
    case ended
    case failed(TLSFailure)
  }

  let descriptor: Descriptor
  // Safety: an SSL that this value owns; freed in `deinit`, before the descriptor is closed.
  private let session: OpaquePointer
  private let context: TLSContext

  init(
    _ role: Role, context: TLSContext, descriptor: consuming Descriptor
  ) throws(TLSFailure) {
    ERR_clear_error()
    guard let session = context.makeSession() else { throw .last() }
    guard let bio = SocketBIO.make(descriptor.number) else {
      SSL_free(session)
      throw .last()
    }
    SSL_set_bio(session, bio, bio)
    switch role {
    case .client: SSL_set_connect_state(session)
    case .server: SSL_set_accept_state(session)
    }
    self.descriptor = descriptor
    self.session = session
    self.context = context
  }

  deinit { SSL_free(session) }

  // MARK: Moving bytes

  func handshake() -> Handshake {
    TLSConnection.forgetErrors()
    context.refusedKey = nil
    let result = SSL_do_handshake(session)
    if result == 1 { return finished() }
    if let refused = context.refusedKey {
      context.refusedKey = nil
      return .failed(.unknownKey(refused))
    }
    return switch outcome(of: result) {
    case .moved: .failed(.library("the handshake ended in an unknown way"))
    case .waiting(let interest): .waiting(interest)
    case .ended: .failed(.closed)
    case .failed(let failure): .failed(failure)
    }
  }

  /// Looks again at what the callbacks saw to: nothing is let in because one was not called.
  private func finished() -> Handshake {
    guard let certificate = SSL_get0_peer_certificate(session),
      let key = NodeCertificate.publicKey(of: certificate), context.pins[key] != nil
    else { return .failed(.unknownKey(RefusedKey(keyID: nil))) }
    var (selected, count) = (nil as UnsafePointer<UInt8>?, UInt32(0))
    SSL_get0_alpn_selected(session, &selected, &count)
    let name = UnsafeBufferPointer(start: selected, count: Int(count))
    guard name.elementsEqual(TLSContext.offeredProtocols.dropFirst()) else {
      return .failed(.otherProtocol)
    }
    return .finished(key)
  }

  /// Reads at most one record, of which nothing stays behind if the buffer has room for 16 KiB.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    TLSConnection.forgetErrors()
    let result = SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count))
    return result > 0 ? .moved(Int(result)) : outcome(of: result)
  }

  /// Writes at most one record. After `.waiting` the same bytes, and maybe more, are to be written
  /// again, from whatever address.
  func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    TLSConnection.forgetErrors()
    let result = SSL_write(session, bytes.baseAddress, Int32(clamping: bytes.count))
    return result > 0 ? .moved(Int(result)) : outcome(of: result)
  }

  /// Says that nothing more will be written, if it can be said at once.
  func sayGoodbye() {
    ERR_clear_error()
    // After a fatal error, or in the middle of a handshake, OpenSSL refuses, which is as well.
    _ = SSL_shutdown(session)
    ERR_clear_error()
  }

  /// What went wrong before, on whatever connection, would be taken for this call's doing.
  private static func forgetErrors() {
    ERR_clear_error()
    errno = 0
  }

  private func outcome(of result: Int32) -> Transfer {
    let code = errno
    switch SSL_get_error(session, result) {
    case SSL_ERROR_WANT_READ: return .waiting(.read)
    case SSL_ERROR_WANT_WRITE: return .waiting(.write)
    case SSL_ERROR_ZERO_RETURN: return .ended
    case SSL_ERROR_SYSCALL:
      switch code {
      case 0, EPIPE, ECONNRESET: return .ended
      default: return .failed(.system(SystemError(code: code)))
      }
    default:
      let failure = TLSFailure.last()
      return failure == .closed ? .ended : .failed(failure)
    }
  }
}

/// Why a TLS session failed.
enum TLSFailure: Error, Equatable {
  /// The other side closed without a word of TLS.
  case closed
  /// Its certificate has a key that nobody is pinned to.
  case unknownKey(RefusedKey)
  /// It turned this node's certificate away.
  case keyRefused
  /// It offers or takes another protocol than that between nodes.
  case otherProtocol
  case system(SystemError)
  /// OpenSSL's reason: not TLS, an older version, a broken record.
  case library(String)

  /// The oldest of OpenSSL's errors on this thread, which names the cause; this empties the queue.
  static func last() -> TLSFailure {
    let code = ERR_peek_error()
    let reason = ERR_GET_REASON(code)
    let text = lastReason()
    switch reason {
    case SSL_R_UNEXPECTED_EOF_WHILE_READING: return .closed
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE: return .keyRefused
    case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL, SSL_R_NO_APPLICATION_PROTOCOL:
      return .otherProtocol
    default: return .library(text)
    }
  }

  static func lastReason() -> String {
    defer { ERR_clear_error() }
    guard let text = ERR_reason_error_string(ERR_peek_error()) else { return "unknown reason" }
    return String(cString: text)
  }
}
