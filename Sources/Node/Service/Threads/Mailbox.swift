import CLinux
@preconcurrency import Glibc
import Synchronization
import Transport

/// Messages of other threads to the loop thread, which an eventfd wakes.
package final class Mailbox<Message: Sendable>: Sendable {
  private let messages = Mutex<[Message]>([])
  private let wakeup: Int32

  package init() throws(SystemError) {
    wakeup = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard wakeup >= 0 else { throw .last }
  }

  deinit { _ = close(wakeup) }

  /// Readable while there are messages.
  var descriptorNumber: Int32 { wakeup }

  package func post(_ message: Message) {
    let wasEmpty = messages.withLock { messages in
      messages.append(message)
      return messages.count == 1
    }
    guard wasEmpty else { return }
    var one: UInt64 = 1
    // Fails only if the counter is full, when the reader is awake in any case.
    _ = write(wakeup, &one, MemoryLayout<UInt64>.size)
  }

  /// All messages, in the order of posting.
  package func take() -> [Message] {
    var count: UInt64 = 0
    _ = read(wakeup, &count, MemoryLayout<UInt64>.size)
    return messages.withLock { messages in
      let taken = messages
      messages = []
      return taken
    }
  }
}
