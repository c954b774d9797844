import CLinux
@preconcurrency import Glibc
import Synchronization

/// Looks up host names, each on a thread of its own, since the C library can only be waited for.
///
/// At most `TransportLimits.resolutionLimit` are under way, never two for one name: who asks for a
/// name that is being looked up, for another peer or because it gave up an earlier request, waits for
/// that lookup. Answers wait until the loop thread, woken by `descriptorNumber`, takes them.
final class NameResolver: Sendable {
  struct Answer: Sendable {
    let request: UInt64
    let addresses: Result<[SocketAddress], NameFailure>
  }

  struct NameFailure: Error, Hashable, Sendable {
    let reason: String
  }

  /// Waits for the addresses of a host.
  typealias LookUp = @Sendable (_ host: String) -> Result<[SocketAddress.Host], NameFailure>

  private struct Question {
    let request: UInt64
    let port: UInt16
  }

  private struct State {
    var answers: [Answer] = []
    /// The names that are being looked up, and who waits for each; perhaps nobody any more.
    var underWay: [String: [Question]] = [:]
  }

  private let lookUp: LookUp
  private let state = Mutex(State())
  private let wakeup: Int32

  init(_ lookUp: @escaping LookUp) throws(SystemError) {
    self.lookUp = lookUp
    wakeup = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
    guard wakeup >= 0 else { throw .last }
  }

  deinit { _ = close(wakeup) }

  /// Readable while there are answers.
  var descriptorNumber: Int32 { wakeup }

  /// Begins; the answer comes in any case, unless the request is forgotten.
  func resolve(_ host: String, port: UInt16, request: UInt64) {
    let question = Question(request: request, port: port)
    let decision = state.withLock { state in
      if state.underWay[host] != nil {
        state.underWay[host]?.append(question)
        return Decision.wait
      }
      guard state.underWay.count < TransportLimits.resolutionLimit else {
        state.answers.append(
          Answer(
            request: request, addresses: .failure(NameFailure(reason: "the resolver is busy"))))
        return .tell
      }
      state.underWay[host] = [question]
      return .begin
    }
    switch decision {
    case .wait: return
    case .tell: wake()
    case .begin:
      guard let error = Job(resolver: self, host: host).start() else { return }
      finish(host, .failure(NameFailure(reason: "\(error)")))
    }
  }

  private enum Decision { case wait, begin, tell }

  /// Nobody waits for this answer any more; the lookup goes on for whoever asks next.
  func forget(_ request: UInt64) {
    state.withLock { state in
      state.underWay = state.underWay.mapValues { $0.filter { $0.request != request } }
    }
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

  private func finish(_ host: String, _ result: Result<[SocketAddress.Host], NameFailure>) {
    state.withLock { state in
      for question in state.underWay.removeValue(forKey: host) ?? [] {
        let addresses = result.map { hosts in
          hosts.map { SocketAddress(host: $0, port: question.port) }
        }
        state.answers.append(Answer(request: question.request, addresses: addresses))
      }
    }
    wake()
  }

  private func wake() {
    var one: UInt64 = 1
    // Fails only if the counter is full, when the reader is awake in any case.
    _ = write(wakeup, &one, MemoryLayout<UInt64>.size)
  }

  /// One lookup; it holds the resolver until it is done.
  private final class Job: Sendable {
    private let resolver: NameResolver
    private let host: String

    init(resolver: NameResolver, host: String) {
      self.resolver = resolver
      self.host = host
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
        job.resolver.finish(job.host, job.resolver.lookUp(job.host))
        return nil
      }
  }

  /// As the system finds them: files, name servers, whatever it is told to ask.
  static func addresses(of host: String) -> Result<[SocketAddress.Host], NameFailure> {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_ADDRCONFIG
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    guard code == 0 else {
      return .failure(NameFailure(reason: String(cString: gai_strerror(code))))
    }
    defer { freeaddrinfo(list) }
    var found: [SocketAddress.Host] = []
    var next = list
    while let entry = next, found.count < TransportLimits.addressesPerName {
      next = entry.pointee.ai_next
      guard let pointer = entry.pointee.ai_addr,
        let address = SocketAddress(pointer, byteCount: Int(entry.pointee.ai_addrlen))
      else { continue }
      found.append(address.host)
    }
    return found.isEmpty ? .failure(NameFailure(reason: "no address")) : .success(found)
  }
}
