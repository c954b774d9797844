extension TransactionGossip {
  /// Stops the process if the bookkeeping does not add up.
  package func checkInvariants() {
    for tag in wants.keys {
      precondition(held[tag] == nil && judged[tag] == nil, "what is here is not wanted")
    }
    for tag in judged.keys { precondition(held[tag] == nil, "what is held has been judged") }
    precondition(digest == MempoolDigest(held.keys), "the digest is that of the held tags")
    for (link, state) in links {
      precondition(
        state.wantCount == wants.values.count { $0.cause == link }, "wants are counted by link")
      precondition(
        state.askCount == wants.values.count { $0.asked == link }, "asks are counted by link")
      precondition(neighbourhood[link] != nil, "links are known to the neighbourhood")
    }
    precondition(links.count == neighbourhood.peers.count, "every link has its state")
    precondition(
      wants.count <= GossipLimits.wantLimit && judged.count <= GossipLimits.judgedLimit
        && queue.count <= 2 * wants.count + 1_024 + 1,
      "what waits is bounded")
  }
}
