import Ledger
import Testing
import Transport

@Suite("A token bucket")
struct TokenBucketTests {
  private struct Sample {
    var bucket: TokenBucket

    init(rate: UInt64, burst: UInt64, at microseconds: UInt64 = 0) {
      bucket = TokenBucket(rate: rate, burst: burst, at: Instant(microseconds: microseconds))
    }

    mutating func take(_ amount: UInt64, at microseconds: UInt64) -> Bool {
      bucket.take(amount, at: Instant(microseconds: microseconds))
    }

    mutating func takeOnCredit(_ amount: UInt64, at microseconds: UInt64) -> Bool {
      bucket.takeOnCredit(amount, at: Instant(microseconds: microseconds))
    }

    func isFull(at microseconds: UInt64) -> Bool {
      var copy = bucket
      return copy.isFull(at: Instant(microseconds: microseconds))
    }
  }

  @Test("gives its burst at once, then its rate, and never more than the burst")
  func fills() {
    var bucket = Sample(rate: 3, burst: 10, at: 5)
    #expect(bucket.isFull(at: 5))
    let taken = [
      bucket.take(4, at: 5), bucket.take(6, at: 5), bucket.take(1, at: 333_338),
      bucket.take(1, at: 333_339), bucket.take(3, at: 1_333_000),
    ]
    #expect(taken == [true, true, false, true, false])
    #expect(!bucket.isFull(at: 3_600_000))
    #expect(bucket.isFull(at: 4_000_000))
    let later = [bucket.take(11, at: 100_000_000), bucket.take(10, at: 100_000_000)]
    #expect(later == [false, true])
  }

  @Test("gives on credit while anything is there, and nothing until the debt is paid")
  func credit() {
    var bucket = Sample(rate: 10, burst: 10)
    let taken = [
      bucket.takeOnCredit(30, at: 0), bucket.takeOnCredit(1, at: 2_000_000),
      bucket.takeOnCredit(1, at: 2_100_000),
    ]
    #expect(taken == [true, false, true])
    #expect(!bucket.isFull(at: 2_500_000))
    #expect(bucket.isFull(at: 3_100_000))
    let owing = [
      bucket.takeOnCredit(.max, at: 3_100_000), bucket.takeOnCredit(1, at: 1 << 60),
    ]
    #expect(owing == [true, false])
  }

  @Test("holds at the bounds of its numbers, and is not misled by a clock that stands back")
  func bounds() {
    var none = Sample(rate: 0, burst: 0)
    #expect(none.isFull(at: .max))
    let nothing = [none.take(1, at: .max), none.takeOnCredit(1, at: .max)]
    #expect(nothing == [false, false])
    var greatest = Sample(rate: 1 << 40, burst: 1 << 40)
    let all = [
      greatest.take(.max, at: 0), greatest.take(1 << 40, at: 0), greatest.take(1, at: 0),
      greatest.take(1 << 40, at: .max),
    ]
    #expect(all == [false, true, false, true])
    var bucket = Sample(rate: 1, burst: 1, at: 5_000_000)
    let taken = [
      bucket.take(1, at: 5_000_000), bucket.take(1, at: 0), bucket.take(1, at: 5_999_999),
      bucket.take(1, at: 6_000_000),
    ]
    #expect(taken == [true, false, false, true])
  }
}
