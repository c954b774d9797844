import TestSupport
import Testing

/// Golden conversations about what goes wrong elsewhere, and what a validator does then.
@Suite("A conversation in bad company")
struct ScenarioConversationTests {
  private func check(_ text: String) {
    let transcript = Conversation.play(text)
    if transcript != text { print("TRANSCRIPT\n\(transcript)\nEND") }
    #expect(transcript == text)
  }

  @Test("of a validator that hears its leader propose two blocks in one view")
  func equivocation() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > block A view 1 on genesis
      > block B view 1 on genesis
      > proposal A
        relay proposal N 1 A except 9
        request block A
        wake at 300ms
      > proposal B
        evidence twoNotarizations: N 1 A by 3, N 1 B by 3
      > stored A
        ask validate A
        ask sign N 1 A
        append block A
        append vote N 1 A
        sync
        send vote N 1 A by 2
      > stored B
      > certificate N 1 B
        relay certificate N 1 B except 9
        append certificate N 1 B
        request block B
        wake at 200ms
      > stored B
        ask validate B
      """)
  }

  @Test("of a validator that is shown another proposal after its restart")
  func otherProposal() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > block A view 1 on genesis
      > block B view 1 on genesis
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
      > proposal B
        relay proposal N 1 B except 9
        request block B
        wake at 300ms
      > stored B
      > proposal A
        evidence twoNotarizations: N 1 B by 3, N 1 A by 3
      """)
  }

  @Test("of a leader that dies while its block is built, and gives the view up")
  func deathWhileBuilding() {
    check(
      """
      > node 3 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > work few
        request propose view 1 on genesis transactions
        wake at 300ms
      > restart
        sync
        rest
      > work few
        request propose view 1 on genesis transactions
        wake at 300ms
      > wait 300ms
        wake at 425ms
      > wait 2000ms
        ask sign Z 1
        append vote Z 1
        sync
        send vote Z 1 by 3
        wake at 2735ms
      > built A
      > vote Z 1 by 0
        relay vote Z 1 by 0 except 0
      > vote Z 1 by 1
        relay vote Z 1 by 1 except 1
        append certificate Z 1
        send certificate Z 1
        wake at 2500ms
      """)
  }

  @Test("about a view that is notarized after it was given up")
  func lateNotarization() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > block A view 1 on genesis
      > block B view 2 on A
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
      > wait 300ms
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
        rest
      > certificate N 1 A
        relay certificate N 1 A except 9
        append certificate N 1 A
        wake at 500ms
      > proposal B
        relay proposal N 2 B except 9
        request block B
        wake at 600ms
      > stored B
        ask validate B
        ask sign N 2 B
        append block B
        append vote N 2 B
        sync
        send vote N 2 B by 2
      """)
  }

  @Test("about what is settled, again and late")
  func settled() {
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
      > certificate N 1 A
        relay certificate N 1 A except 9
        ask sign F 1 A
        append certificate N 1 A
        append vote F 1 A
        sync
        send vote F 1 A by 2
        wake at 200ms
      > certificate F 1 A
        relay certificate F 1 A except 9
        append certificate F 1 A
        sync
        commit A by F 1 A
      > certificate F 1 A
      > certificate N 1 A
      > proposal A
      > certificate Z 3
        relay certificate Z 3 except 9
        append certificate Z 3
        request certificates 2...3
        wake at 590ms
      > certificate Z 2
        relay certificate Z 2 except 9
        append certificate Z 2
      > work few
        request propose view 4 on A transactions
        wake at 450ms
      """)
  }

  @Test("in which what is said of the next view comes before the present one ends")
  func early() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > block A view 1 on genesis
      > block B view 2 on A
      > proposal B
        relay proposal N 2 B except 9
        request block B
        wake at 525ms
      > stored B
        rest
      > vote N 2 B by 1
        relay vote N 2 B by 1 except 1
      > vote Z 12 by 1
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
        ask validate B
        ask sign N 2 B
        ask sign F 2 B
        append certificate N 1 A
        append vote F 1 A
        append block B
        append vote N 2 B
        append certificate N 2 B
        append vote F 2 B
        sync
        send vote F 1 A by 2
        send vote N 2 B by 2
        send certificate N 2 B
        send vote F 2 B by 2
      """)
  }

  @Test("about a block from long ago, which gets no vote and may be final all the same")
  func longAgo() {
    check(
      """
      > node 2 of 4
        leaders of 1...6: 3 0 1 2 3 0
        sync
      > block A view 1 on genesis
      > wait 10001ms
      > proposal A
        relay proposal N 1 A except 9
        request block A
        wake at 10301ms
      > stored A
        ask validate A
      > certificate N 1 A
        relay certificate N 1 A except 9
        ask sign F 1 A
        append certificate N 1 A
        append block A
        append vote F 1 A
        sync
        send vote F 1 A by 2
        wake at 10201ms
      """)
  }

  @Test("about a closing block that five views notarize and none finalizes")
  func closingUnfinal() {
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
      > proposal A in 3 after 2
        relay proposal N 3 A except 9
        ask sign N 3 A
        append vote N 3 A
        sync
        send vote N 3 A by 2
        wake at 450ms
      > certificate N 3 A/2
        relay certificate N 3 A except 9
        ask sign F 3 A
        ask sign N 4 A
        append certificate N 3 A
        append vote F 3 A
        append vote N 4 A
        sync
        send vote F 3 A by 2
        send proposal N 4 A with N 3 A
        wake at 525ms
      > certificate N 4 A/3
        relay certificate N 4 A except 9
        ask sign F 4 A
        append certificate N 4 A
        append vote F 4 A
        sync
        send vote F 4 A by 2
      > proposal A in 5 after 4
        relay proposal N 5 A except 9
        ask sign N 5 A
        append vote N 5 A
        sync
        send vote N 5 A by 2
      > certificate N 5 A/4
        relay certificate N 5 A except 9
        ask sign F 5 A
        append certificate N 5 A
        append vote F 5 A
        sync
        send vote F 5 A by 2
      > proposal A in 6 after 5
        relay proposal N 6 A except 9
        ask sign N 6 A
        append vote N 6 A
        sync
        send vote N 6 A by 2
      > certificate F 6 A/5
        relay certificate F 6 A except 9
        append certificate F 6 A
        sync
        commit A by F 6 A
        rest
      """)
  }
}
