import Consensus
import Ledger
import Node
import SimulatedMachine

/// Answers with fewer blocks, other blocks or spoilt ones, and claims heights that it does not have.
struct SyncLiar: Liar {
  func say(_ message: PeerMessage, to peer: Int, _ mind: inout Mind) -> [PeerMessage] {
    switch message {
    case .range(let range): answer(range, &mind)
    case .block(let bytes): mind.random.chance(percent: 30) ? [] : [.block(spoilt(bytes, &mind))]
    case .status(let status): [.status(boast(status, &mind))]
    default: [message]
    }
  }

  private func spoilt(_ bytes: [UInt8], _ mind: inout Mind) -> [UInt8] {
    guard !bytes.isEmpty, mind.random.chance(percent: 50) else { return bytes }
    var bytes = bytes
    bytes[mind.random.below(bytes.count)] ^= 0x10
    return bytes
  }

  private func answer(_ range: BlockRange, _ mind: inout Mind) -> [PeerMessage] {
    var blocks = range.blocks
    switch mind.random.below(6) {
    case 0: return []
    case 1: blocks = []
    case 2: blocks = Array(blocks.dropLast())
    case 3: blocks.reverse()
    case 4:
      guard !blocks.isEmpty else { return [.range(range)] }
      let index = mind.random.below(blocks.count)
      blocks[index] = spoilt(blocks[index], &mind)
    default: return [.range(range), .range(range)]
    }
    return [
      .range(BlockRange(first: range.first, blocks: blocks, certificate: range.certificate))
    ]
  }

  private func boast(_ status: PeerStatus, _ mind: inout Mind) -> PeerStatus {
    let said = status.consensus
    let heights: [UInt64] = [
      said.finalizedHeight.rawValue + 1, said.finalizedHeight.rawValue + 1_000_000, .max, 0,
    ]
    return PeerStatus(
      consensus: Status(
        epoch: said.epoch, view: said.view, finalizedView: said.finalizedView,
        finalizedHeight: Height(heights[mind.random.below(heights.count)])),
      head: status.head, role: status.role, neighbours: status.neighbours, clock: status.clock,
      sentAt: status.sentAt, echo: status.echo)
  }
}
