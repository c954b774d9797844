import COpenSSL
@preconcurrency import Glibc

/// OpenSSL's way to a socket: as its own, but that a peer who is gone cannot end the process.
///
/// OpenSSL's socket BIO writes with write(2), which raises SIGPIPE on a connection that was closed;
/// this one sends with MSG_NOSIGNAL, whatever the process does about signals.
enum SocketBIO {
  // Safety: made once, before its first use, and never changed or freed after that.
  nonisolated(unsafe) private static let method: OpaquePointer? = {
    guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "hypothec socket")
    else { return nil }
    BIO_meth_set_read(method, receive)
    BIO_meth_set_write(method, send)
    BIO_meth_set_ctrl(method, control)
    return method
  }()

  /// A BIO over a descriptor that outlives it; `nil` for want of memory.
  static func make(_ descriptor: Int32) -> OpaquePointer? {
    guard let method, let bio = BIO_new(method) else { return nil }
    BIO_set_data(bio, UnsafeMutableRawPointer(bitPattern: Int(descriptor)))
    BIO_set_init(bio, 1)
    return bio
  }

  fileprivate static let retryFlags = BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY

  fileprivate static func descriptor(of bio: OpaquePointer) -> Int32 {
    Int32(truncatingIfNeeded: Int(bitPattern: BIO_get_data(bio)))
  }
}

private func receive(
  _ bio: OpaquePointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ count: Int32
) -> Int32 {
  guard let bio, let buffer, count > 0 else { return 0 }
  BIO_clear_flags(bio, SocketBIO.retryFlags)
  let result = recv(SocketBIO.descriptor(of: bio), buffer, Int(count), 0)
  if result == 0 { BIO_set_flags(bio, BIO_FLAGS_IN_EOF) }
  if result < 0, errno == EAGAIN || errno == EINTR {
    BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
  }
  return Int32(result)
}

private func send(
  _ bio: OpaquePointer?, _ bytes: UnsafePointer<CChar>?, _ count: Int32
) -> Int32 {
  guard let bio, let bytes, count > 0 else { return 0 }
  BIO_clear_flags(bio, SocketBIO.retryFlags)
  let flags = Int32(MSG_NOSIGNAL)
  let result = Glibc.send(SocketBIO.descriptor(of: bio), bytes, Int(count), flags)
  if result < 0, errno == EAGAIN || errno == EINTR {
    BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY)
  }
  return Int32(result)
}

private func control(
  _ bio: OpaquePointer?, _ command: Int32, _ number: Int, _ pointer: UnsafeMutableRawPointer?
) -> Int {
  switch command {
  case BIO_CTRL_FLUSH, BIO_CTRL_DUP: 1
  case BIO_CTRL_EOF: bio.map { BIO_test_flags($0, BIO_FLAGS_IN_EOF) == 0 ? 0 : 1 } ?? 1
  default: 0
  }
}
