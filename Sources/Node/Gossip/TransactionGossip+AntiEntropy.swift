import Consensus
import Ledger

// What heals every loss: mempools are compared, two peers at a time.

extension TransactionGossip {
  /// Sends this interval's digests, to the peers that come next after the last one.
  mutating func sendDigests(at now: Instant) {
    guard now >= nextDigestAt else { return }
    nextDigestAt = now.advanced(byMicroseconds: GossipLimits.digestInterval)
    let all = neighbourhood.links
    let start = all.firstIndex { link in lastDigestLink.map { link.rawValue > $0.rawValue } ?? true
    }
    for offset in 0..<min(GossipLimits.digestPeerCount, all.count) {
      let link = all[((start ?? 0) + offset) % all.count]
      sendDigest(on: link)
      lastDigestLink = link
    }
  }

  /// An empty mempool says nothing: whoever has more will say so.
  mutating func sendDigest(on link: Link) {
    guard !held.isEmpty, links[link]?.pace == .free else { return }
    links[link]?.isDigestOpen = true
    outgoing.send(.mempoolDigest(digest), to: link)
  }

  /// Answers a peer's digest with the tags of buckets that differ.
  package mutating func digestReceived(
    _ other: MempoolDigest, from link: Link, at now: Instant
  ) {
    guard let state = links[link] else { return }
    if let seenAt = state.digestSeenAt,
      now.microseconds(since: seenAt) < GossipLimits.digestInterval / 4
    {
      return
    }
    links[link]?.digestSeenAt = now
    let differing = digest.differences(from: other)
    guard !differing.isEmpty else { return }
    let excerpt = excerpt(of: differing)
    outgoing.send(.mempoolTags(complete: excerpt.complete, excerpt.tags), to: link)
  }

  /// Takes the answer to a digest as an announcement, and announces in turn what the peer lacks.
  package mutating func tagsReceived(
    complete: BucketSet, _ tags: [TransactionTag], from link: Link, at now: Instant
  ) {
    guard links[link]?.isDigestOpen == true else { return }
    links[link]?.isDigestOpen = false
    announcementReceived(tags, from: link, at: now)
    guard !complete.isEmpty else { return }
    let theirs = Set(tags)
    let lacking = held.keys.filter {
      complete.contains(MempoolDigest.bucket(of: $0)) && !theirs.contains($0)
    }.sorted()
    for tag in lacking.prefix(GossipLimits.differenceLimit) {
      // What was sent and is not there was lost, or could not be taken.
      held[tag]?.knownBy.removeAll { $0 == link }
      announce(tag, to: link, at: now)
    }
  }

  /// The tags of as many whole buckets as an answer holds; if the first is too large alone, a part
  /// of it that is another one each time.
  private mutating func excerpt(
    of buckets: BucketSet
  ) -> (complete: BucketSet, tags: [TransactionTag]) {
    var tagsOfBucket: [[TransactionTag]] = Array(repeating: [], count: MempoolDigest.bucketCount)
    for tag in held.keys where buckets.contains(MempoolDigest.bucket(of: tag)) {
      tagsOfBucket[MempoolDigest.bucket(of: tag)].append(tag)
    }
    var complete = BucketSet()
    var tags: [TransactionTag] = []
    // Another bucket comes first each time, so that no difference hides behind others for ever.
    excerptStart &+= 1
    let members = buckets.members
    for offset in members.indices {
      let bucket = members[(offset &+ excerptStart % members.count) % members.count]
      let content = tagsOfBucket[bucket].sorted()
      if tags.count + content.count <= GossipLimits.differenceLimit {
        tags += content
        complete.insert(bucket)
      } else if tags.isEmpty {
        let start = excerptStart &* GossipLimits.differenceLimit % content.count
        tags = (0..<GossipLimits.differenceLimit).map { content[(start + $0) % content.count] }
      }
    }
    return (complete, tags)
  }
}
