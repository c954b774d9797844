import CLinux
@preconcurrency import Glibc
import Synchronization

/// Looks up host names, each on a thread of its own, since the C library can only be waited for.
///
/// At most `TransportLimits.resolutionLimit` are under way; answers wait until the loop thread, woken
/// by `descriptorNumber`, takes them.
final class NameResolver: Sendable {
  struct Answer: Sendable {
    let request: UInt64
    let addresses: Result<[SocketAddress], NameFailure>
  }

  struct NameFailure: Error, Hashable, Sendable {
    let reason: String
  }

  private struct State {
    var answers: [Answer] = []
    var underWay = 0
  }

  private let state = Mutex(State())
  private let wakeup: Int32

  init() throws(SystemError) {
    wakeup = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
    guard wakeup >= 0 else { throw .last }
  }

  deinit { _ = close(wakeup) }

  /// Readable while there are answers.
  var descriptorNumber: Int32 { wakeup }

  /// Begins; the answer comes in any case.
  func resolve(_ host: String, port: UInt16, request: UInt64) {
    let isFree = state.withLock { state in
      guard state.underWay < TransportLimits.resolutionLimit else { return false }
      state.underWay += 1
      return true
    }
    guard isFree else {
      answer(
        Answer(
          request: request, addresses: .failure(NameFailure(reason: "the resolver is busy"))),
        fromThread: false)
      return
    }
    let job = Job(resolver: self, host: host, port: port, request: request)
    guard let error = job.start() else { return }
    answer(
      Answer(request: request, addresses: .failure(NameFailure(reason: "\(error)"))),
      fromThread: true)
  }

  /// All answers that have come.
  func take() -> [Answer] {
    var count: UInt64 = 0
    _ = read(wakeup, &count, MemoryLayout<UInt64>.size)
    return state.withLock { state in
      let answers = state.answers
      state.answers = []
      return answers
    }
  }

  private func answer(_ answer: Answer, fromThread: Bool) {
    state.withLock { state in
      state.answers.append(answer)
      if fromThread { state.underWay -= 1 }
    }
    var one: UInt64 = 1
    // Fails only if the counter is full, when the reader is awake in any case.
    _ = write(wakeup, &one, MemoryLayout<UInt64>.size)
  }

  /// One lookup; it holds the resolver until it is done.
  private final class Job: Sendable {
    private let resolver: NameResolver
    private let host: String
    private let port: UInt16
    private let request: UInt64

    init(resolver: NameResolver, host: String, port: UInt16, request: UInt64) {
      self.resolver = resolver
      self.host = host
      self.port = port
      self.request = request
    }

    /// `nil` if the thread runs.
    func start() -> SystemError? {
      let argument = Unmanaged.passRetained(self)
      var handle = pthread_t()
      let code = pthread_create(&handle, nil, Job.run, argument.toOpaque())
      guard code == 0 else {
        argument.release()
        return SystemError(code: code)
      }
      pthread_detach(handle)
      return nil
    }

    private static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? =
      {
        argument in
        guard let argument else { preconditionFailure("a thread is given what it runs") }
        // Safety: the retained `Job` of `start`, consumed here, once.
        let job = Unmanaged<Job>.fromOpaque(argument).takeRetainedValue()
        job.resolver.answer(
          Answer(request: job.request, addresses: job.lookUp()), fromThread: true)
        return nil
      }

    private func lookUp() -> Result<[SocketAddress], NameFailure> {
      var hints = addrinfo()
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
      hints.ai_flags = AI_ADDRCONFIG
      var list: UnsafeMutablePointer<addrinfo>?
      let code = getaddrinfo(host, nil, &hints, &list)
      guard code == 0 else {
        return .failure(NameFailure(reason: String(cString: gai_strerror(code))))
      }
      defer { freeaddrinfo(list) }
      var found: [SocketAddress] = []
      var next = list
      while let entry = next, found.count < TransportLimits.addressesPerName {
        next = entry.pointee.ai_next
        guard let pointer = entry.pointee.ai_addr,
          let address = SocketAddress(pointer, byteCount: Int(entry.pointee.ai_addrlen))
        else { continue }
        found.append(SocketAddress(host: address.host, port: port))
      }
      return found.isEmpty ? .failure(NameFailure(reason: "no address")) : .success(found)
    }
  }
}
