import Ledger
import TestSupport
import Testing

@testable import Node

@Suite("The final blocks that the log lacks")
struct UnloggedBlocksTests {
  @Test("are found by height and by hash, until the log has them")
  func found() throws {
    let driver = try ChainDriver(seed: 7)
    for _ in 0..<5 { try driver.grow() }
    let blocks = driver.chain.unloggedBlocks
    #expect(blocks.all.map(\.height) == (1...5).map { Height($0) })
    for block in blocks.all {
      #expect(blocks[block.hash]?.height == block.height)
      #expect(blocks[block.height]?.hash == block.hash)
    }
    #expect(blocks[Height(6)] == nil)
    #expect(blocks[.genesis] == nil)
    driver.chain.markLogged(through: Height(3))
    let left = driver.chain.unloggedBlocks
    #expect(left.all.map(\.height) == [Height(4), Height(5)])
    #expect(left[Height(3)] == nil)
    #expect(left[blocks.all[2].hash] == nil)
    #expect(left[blocks.all[4].hash]?.height == Height(5))
  }
}
