import TestSupport
import Testing

@Suite("A conversation")
struct ConversationTests {
  private func check(_ text: String) {
    let transcript = Conversation.play(text)
    if transcript != text { print("TRANSCRIPT\n\(transcript)\nEND") }
    #expect(transcript == text)
  }

  @Test("of one validator: a block for each sync")
  func alone() {
    check(
      """
      > node 0 of 1
        leaders of 1...6: 0 0 0 0 0 0
        sync
      > work few
        request propose view 1 on genesis transactions
        wake at 300ms
      > built A
        ask sign N 1 A
        ask sign F 1 A
        append block A
        append vote N 1 A
        append certificate N 1 A
        append vote F 1 A
        append certificate F 1 A
        sync
        send proposal N 1 A
        send certificate N 1 A
        send vote F 1 A by 0
        send certificate F 1 A
        commit A by F 1 A
        request propose view 2 on A transactions
      > built B
        ask sign N 2 B
        ask sign F 2 B
        append block B
        append vote N 2 B
        append certificate N 2 B
        append vote F 2 B
        append certificate F 2 B
        sync
        send proposal N 2 B with F 1 A
        send certificate N 2 B
        send vote F 2 B by 0
        send certificate F 2 B
        commit B by F 2 B
        request propose view 3 on B transactions
      > work none
      > nothing
      > wait 5000ms
        rest
      > empty
        request propose view 3 on B evenEmpty
        wake at 5300ms
      > built C
        ask sign N 3 C
        ask sign F 3 C
        append block C
        append vote N 3 C
        append certificate N 3 C
        append vote F 3 C
        append certificate F 3 C
        sync
        send proposal N 3 C with F 2 B
        send certificate N 3 C
        send vote F 3 C by 0
        send certificate F 3 C
        commit C by F 3 C
      """)
  }

  @Test("of a validator that is not leader")
  func follower() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > block A view 1 on genesis
      > work few
        wake at 200ms
      > proposal A
        relay proposal N 1 A except 9
        request block A
        wake at 300ms
      > stored A
        ask validate A
        ask sign N 1 A
        append block A
        append vote N 1 A
        sync
        send vote N 1 A by 2
      > vote N 1 A by 0
        relay vote N 1 A by 0 except 0
        ask sign F 1 A
        append certificate N 1 A
        append vote F 1 A
        sync
        send certificate N 1 A
        send vote F 1 A by 2
        wake at 200ms
      > vote N 1 A by 1
        relay vote N 1 A by 1 except 1
      > vote F 1 A by 0
        relay vote F 1 A by 0 except 0
      > vote F 1 A by 1
        relay vote F 1 A by 1 except 1
        append certificate F 1 A
        sync
        send certificate F 1 A
        commit A by F 1 A
      > work none
      > wait 300ms
        rest
      """)
  }

  @Test("about a silent leader")
  func silentLeader() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > work few
        wake at 200ms
      > wait 199ms
      > wait 1ms
        ask sign Z 1
        append vote Z 1
        sync
        send vote Z 1 by 2
        wake at 525ms
      > vote Z 1 by 0
        relay vote Z 1 by 0 except 0
      > vote Z 1 by 1
        relay vote Z 1 by 1 except 1
        append certificate Z 1
        send certificate Z 1
        wake at 400ms
      > wait 600ms
        ask sign Z 2
        append vote Z 2
        sync
        send certificate Z 1
        send vote Z 1 by 2
        send vote Z 2 by 2
        wake at 1390ms
      """)
  }

  @Test("in which others give the view up first")
  func amplification() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > vote Z 1 by 0
        relay vote Z 1 by 0 except 0
      > vote Z 1 by 1
        relay vote Z 1 by 1 except 1
        ask sign Z 1
        append vote Z 1
        append certificate Z 1
        sync
        send vote Z 1 by 2
        send certificate Z 1
      """)
  }

  @Test("about a proposal that skips a view without its nullification")
  func illegalSkip() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > block A view 1 on genesis
      > block B view 3 on genesis
      > certificate N 1 A
        relay certificate N 1 A except 9
        append certificate N 1 A
        request block A
        wake at 200ms
      > stored A
        ask validate A
        ask sign F 1 A
        append block A
        append vote F 1 A
        sync
        send vote F 1 A by 2
      > certificate Z 2
        relay certificate Z 2 except 9
        append certificate Z 2
        wake at 300ms
      > proposal B Z 2
        relay proposal N 3 B with Z 2 except 9
        request block B
        request certificates 1...2
        wake at 450ms
      > stored B
      """)
  }

  @Test("about a proposal that brings its justification")
  func justified() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > block A view 1 on genesis
      > block B view 3 on A
      > certificate N 1 A
        relay certificate N 1 A except 9
        append certificate N 1 A
        request block A
        wake at 200ms
      > stored A
        ask validate A
        ask sign F 1 A
        append block A
        append vote F 1 A
        sync
        send vote F 1 A by 2
      > proposal B Z 2
        relay certificate Z 2 except 9
        relay proposal N 3 B with Z 2 except 9
        append certificate Z 2
        request block B
        wake at 450ms
      > stored B
        ask validate B
        ask sign N 3 B
        append block B
        append vote N 3 B
        sync
        send vote N 3 B by 2
      """)
  }

  @Test("about an invalid block")
  func invalid() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > block A view 1 on genesis
      > verdict invalid
      > proposal A
        relay proposal N 1 A except 9
        request block A
        wake at 300ms
      > stored A
        ask validate A
        ask sign Z 1
        append vote Z 1
        sync
        send vote Z 1 by 2
        wake at 525ms
      > certificate N 1 A
        relay certificate N 1 A except 9
        append certificate N 1 A
        halt: A is invalid, N 1 A
        rest
      """)
  }

  @Test("about a proposal from the future, which is held and not refused")
  func early() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > block A view 1 on genesis +2050ms
      > proposal A
        relay proposal N 1 A except 9
        request block A
        wake at 300ms
      > stored A
        ask validate A
        wake at 50ms
      > wait 49ms
      > wait 1ms
        ask sign N 1 A
        append block A
        append vote N 1 A
        sync
        send vote N 1 A by 2
        wake at 300ms
      """)
  }

  @Test("that goes on after a restart: the vote is sent again, never cast again")
  func restart() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > block A view 1 on genesis
      > proposal A
        relay proposal N 1 A except 9
        request block A
        wake at 300ms
      > stored A
        ask validate A
        ask sign N 1 A
        append block A
        append vote N 1 A
        sync
        send vote N 1 A by 2
      > restart
        sync
        wake at 200ms
      > proposal A
        relay proposal N 1 A except 9
        wake at 300ms
      > wait 600ms
        ask sign Z 1
        append vote Z 1
        sync
        send proposal N 1 A
        send vote N 1 A by 2
        send vote Z 1 by 2
        wake at 1190ms
      > vote N 1 A by 0
        relay vote N 1 A by 0 except 0
        ask validate A
        append certificate N 1 A
        send certificate N 1 A
        wake at 800ms
      > vote N 1 A by 1
        relay vote N 1 A by 1 except 1
      > restart
        sync
        wake at 1125ms
      """)
  }

  @Test("of a leader that restarts and proposes the same block again")
  func leaderRestart() {
    check(
      """
      > node 3 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > work few
        request propose view 1 on genesis transactions
        wake at 300ms
      > built A
        ask sign N 1 A
        append block A
        append vote N 1 A
        sync
        send proposal N 1 A
      > restart
        sync
        send proposal N 1 A
      > wait 600ms
        ask sign Z 1
        append vote Z 1
        sync
        send proposal N 1 A
        send vote N 1 A by 3
        send vote Z 1 by 3
        wake at 1035ms
      """)
  }

  @Test("about an epoch that closes")
  func closing() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > block A view 1 on genesis closing
      > proposal A
        relay proposal N 1 A except 9
        request block A
        wake at 300ms
      > stored A
        ask validate A
        ask sign N 1 A
        append block A
        append vote N 1 A
        sync
        send vote N 1 A by 2
      > certificate N 1 A
        relay certificate N 1 A except 9
        ask sign F 1 A
        append certificate N 1 A
        append vote F 1 A
        sync
        send vote F 1 A by 2
        wake at 200ms
      > proposal A in 2 after 1
        relay proposal N 2 A except 9
        ask sign N 2 A
        append vote N 2 A
        sync
        send vote N 2 A by 2
        wake at 300ms
      > certificate N 2 A/1
        relay certificate N 2 A except 9
        ask sign F 2 A
        append certificate N 2 A
        append vote F 2 A
        sync
        send vote F 2 A by 2
      > certificate F 2 A/1
        relay certificate F 2 A except 9
        append certificate F 2 A
        sync
        commit A by F 2 A
        rest
      > vote Z 3 by 0
      > epoch opens
      > block B view 1 on A
      > proposal B
        relay proposal N 1 B except 9
        request block B
        wake at 300ms
      """)
  }

  @Test("of a node that lost its journal")
  func journalMissing() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > restart missing
        append abstention
        sync
        observing: journal missing
      > block A view 1 on genesis
      > proposal A
        relay proposal N 1 A except 9
        request block A
        wake at 525ms
      > stored A
        rest
      > restart
        sync
        observing: journal replaced
      > certificate N 1 A
        relay certificate N 1 A except 9
        append certificate N 1 A
        request block A
        wake at 525ms
      > certificate F 1 A
        relay certificate F 1 A except 9
        append certificate F 1 A
      """)
  }

  @Test("in which the node is shown a vote of its own that it does not know")
  func unknownVote() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > block A view 1 on genesis
      > vote N 1 A by 2
        append abstention
        sync
        observing: unknown own vote N 1 A
      > proposal A
        relay proposal N 1 A except 9
        request block A
        wake at 525ms
      > stored A
        rest
      """)
  }

  @Test("with a peer that is behind")
  func behind() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > block A view 1 on genesis
      > certificate N 1 A
        relay certificate N 1 A except 9
        append certificate N 1 A
        request block A
        wake at 200ms
      > certificate F 1 A
        relay certificate F 1 A except 9
        append certificate F 1 A
      > stored A
        append block A
        sync
        commit A by F 1 A
      > certificate Z 2
        relay certificate Z 2 except 9
        append certificate Z 2
        rest
      > status view 1 final 0
        send certificate N 1 A to 9
        send certificate F 1 A to 9
        send certificate Z 2 to 9
      > status view 3 final 1
      > certificates 2...2
        send certificate Z 2 to 9
      """)
  }
}
