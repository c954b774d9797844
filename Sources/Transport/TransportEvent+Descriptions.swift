extension LinkEnding: CustomStringConvertible {
  package var description: String {
    switch self {
    case .connection(let channel, let failure): "\(channel) connection: \(failure)"
    case .silent: "nothing was heard from the peer"
    case .unread(let channel): "the peer does not read its \(channel) connection"
    case .replaced: "the peer dialled again"
    case .replacedByOtherProcess: "silent, and another process of the member came"
    case .notAdmitted: "the peer or its key is no longer in the network"
    case .disconnected(let reason): reason
    case .stopped: "this node stops"
    }
  }
}

extension ConnectionFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .closed: "closed by the other side"
    case .system(let error): "\(error)"
    case .unresolved(let reason): "the host name leads nowhere: \(reason)"
    case .tls(let reason): "TLS: \(reason)"
    case .unknownKey(let key):
      key.keyID.map { "the other side's key \($0) is no peer's" }
        ?? "the other side's certificate has no key that a peer can have"
    case .ownKey: "the other side has this node's own key"
    case .keyRefused: "the other side does not know this node's key"
    case .otherProtocol: "the other side speaks another protocol than that between nodes"
    case .frameTooLarge(let count): "a frame of \(count) bytes is beyond the limit"
    case .malformedHello: "the first frame is no hello of the protocol between nodes"
    case .otherVersion(let version): "protocol version \(version)"
    case .otherNetwork(let network): "it belongs to the network \(network)"
    case .otherMember(let member): "it is the node of \(member)"
    case .mismatchedHello: "its hello does not belong to the connection"
    case .refusedByPeer(let refusal): "refused by the peer: \(refusal)"
    case .refused(let refusal): "refused: \(refusal)"
    case .timedOut(let step): "timed out: \(step)"
    case .displaced: "too many connections have not greeted"
    case .randomnessUnavailable: "the operating system supplies no random bytes"
    }
  }
}

extension ConnectionStep: CustomStringConvertible {
  package var description: String {
    switch self {
    case .connecting: "no connection"
    case .handshake: "no handshake"
    case .greeting: "no hello"
    case .secondConnection: "no bulk connection"
    }
  }
}

extension TransportNotice: CustomStringConvertible {
  package var description: String {
    switch self {
    case .dialFailed(let member, let address, let failure):
      "cannot reach \(member) at \(address): \(failure)"
    case .turnedAway(let member, let remote, let failure):
      "turned away \(member.map { "\($0) at " } ?? "")\(remote): \(failure)"
    case .duplicateIdentity(let member, let linked, let refused):
      "two processes run with the key of \(member): linked to \(linked), refused \(refused)"
    case .handshakeQuotaExceeded(let remote): "too many handshakes from \(remote.host)"
    case .tooManyHalfOpen(let remote):
      "turned away \(remote): too many connections have not greeted"
    case .acceptPaused(let error): "accepting nothing for a second: \(error)"
    case .suppressed(let count): "\(count) more notices were left out"
    }
  }
}

extension ConnectionFailure {
  init(_ failure: TLSFailure) {
    self =
      switch failure {
      case .closed: .closed
      case .unknownKey(let key): .unknownKey(key)
      case .keyRefused: .keyRefused
      case .otherProtocol: .otherProtocol
      case .system(let error): .system(error)
      case .library(let reason): .tls(reason)
      }
  }
}
