import CLinux
@preconcurrency import Glibc

/// epoll, level-triggered: who of many descriptors can be read or written.
package struct EventPoll: ~Copyable {
  private let descriptor: Descriptor
  // Safety: allocated in `init`, freed in `deinit`; only `wait` uses it, on the one thread that has
  // this value, and reads no more events than the kernel says it wrote.
  private let buffer: UnsafeMutableBufferPointer<epoll_event>

  package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let read = Interest(rawValue: EPOLLIN.rawValue)
    package static let write = Interest(rawValue: EPOLLOUT.rawValue)
  }

  package struct Event: Sendable {
    package let token: UInt64
    package let ready: Interest
    /// Both directions are closed, or the descriptor failed.
    package let isHungUp: Bool
  }

  /// - Parameter eventLimit: how many events `wait` returns at most.
  package init(eventLimit: Int) throws(SystemError) {
    let number = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard number >= 0 else { throw .last }
    descriptor = Descriptor(owning: number)
    buffer = .allocate(capacity: eventLimit)
  }

  deinit { buffer.deallocate() }

  /// - Parameter token: given back with each event.
  package func add(_ number: Int32, _ interest: Interest, token: UInt64) throws(SystemError) {
    try control(EPOLL_CTL_ADD, number, interest, token)
  }

  package func change(_ number: Int32, _ interest: Interest, token: UInt64) throws(SystemError) {
    try control(EPOLL_CTL_MOD, number, interest, token)
  }

  package func remove(_ number: Int32) {
    // A descriptor that is being closed leaves in any case.
    _ = epoll_ctl(descriptor.number, EPOLL_CTL_DEL, number, nil)
  }

  private func control(
    _ operation: Int32, _ number: Int32, _ interest: Interest, _ token: UInt64
  ) throws(SystemError) {
    var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: token))
    guard epoll_ctl(descriptor.number, operation, number, &event) == 0 else { throw .last }
  }

  /// Waits for events.
  ///
  /// - Parameter milliseconds: at most so long; without end if `nil`.
  package func wait(milliseconds: Int32?) throws(SystemError) -> [Event] {
    let count = epoll_wait(
      descriptor.number, buffer.baseAddress, Int32(buffer.count), milliseconds ?? -1)
    guard count >= 0 else {
      guard errno == EINTR else { throw .last }
      return []
    }
    return buffer[..<Int(count)].map { event in
      Event(
        token: event.data.u64, ready: Interest(rawValue: event.events),
        isHungUp: event.events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0)
    }
  }
}
