import Cryptography
import Ledger
import SimulatedMachine
import Storage
import TestSupport
import Testing

/// The bytes were computed by an independent program from docs/formats/storage.md.
@Suite("The formats of the files")
struct FormatTests {
  private static let network = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

  @Test("a segment, its certificates and their seals have the published bytes")
  func segment() throws {
    let disk = SimulatedDisk()
    // Full with its first block.
    let configuration = BlockLog.Configuration(
      network: StorageSample.network, segmentByteCount: 117)
    try BlockLog.create(on: disk, configuration)
    var log = try BlockLog.open(on: disk, configuration)
    for height in 1...2 as ClosedRange<UInt64> {
      let entry = BlockLog.Entry(
        block: Array("first block".utf8), certificate: Array("certificate".utf8))
      try log.append([entry], from: Height(height))
    }

    let segment =
      "6879706f7468656320626c6f636b7320310a0000000000000000000000000000" + Self.network
      + "0100000000000000ffffffffffffffff" + String(repeating: "0", count: 64)
      + "7298b0c80b000000535a1149666972737420626c6f636b"
    let certificates =
      "6879706f746865632063657274696669636174657320310a0000000000000000" + Self.network
      + "01000000000000003bbb412913000000270f71e001000000000000006365727469666963617465"
    let followingHeader =
      "6879706f7468656320626c6f636b7320310a0000000000000000000000000000" + Self.network
      + "02000000000000000100000000000000"
      + "aedb64acd89d612f5c5e4644b2c199185471d781905a33059e97b6f1458e884cb903cc39"
    #expect(try hexadecimal(disk, "blocks/00000000000000000001.blocks") == segment)
    #expect(
      try hexadecimal(disk, "certificates/00000000000000000001.certificates") == certificates)
    #expect(
      try hexadecimal(disk, "blocks/00000000000000000002.blocks").hasPrefix(followingHeader))
    #expect(
      try String(decoding: disk.bytes("blocks/00000000000000000001.sha256"), as: UTF8.self)
        == "aedb64acd89d612f5c5e4644b2c199185471d781905a33059e97b6f1458e884c"
        + "  00000000000000000001.blocks\n")
    #expect(
      try String(decoding: disk.bytes("certificates/00000000000000000001.sha256"), as: UTF8.self)
        == SHA256.hash(disk.bytes("certificates/00000000000000000001.certificates")).description
        + "  00000000000000000001.certificates\n")
  }

  @Test("a journal has the published bytes, twice")
  func journal() throws {
    let disk = SimulatedDisk()
    try Journal.create(on: disk, network: StorageSample.network)
    var journal = try Journal.open(on: disk, network: StorageSample.network)
    journal.append(Journal.Record(kind: 7, bytes: Array("vote".utf8)))
    try journal.sync()

    let expected =
      "6879706f74686563206a6f75726e616c20310a00000000000000000000000000" + Self.network
      + "0000000000000000f8aefc41"
      + "2d00000062b424e50000000000000000"
      + "b4724f69aa4eedc186cdb35a1e5744faae866471b63bd64aa3644f8e0f8a408507766f7465"
    #expect(try hexadecimal(disk, "journal/00000000000000000000.a") == expected)
    #expect(try hexadecimal(disk, "journal/00000000000000000000.b") == expected)
  }

  @Test("a data directory names its version and its network")
  func dataDirectory() throws {
    let disk = SimulatedDisk()
    _ = try DataDirectory.create(on: disk, StorageSample.configuration)
    #expect(
      try String(decoding: disk.bytes("format"), as: UTF8.self)
        == "hypothec data 1\nnetwork \(Self.network)\n")
  }

  @Test("a position has the published bytes")
  func position() {
    let position = StatePosition(height: Height(0x0102), stateRoot: StorageSample.network)
    #expect(Hexadecimal.encode(position.bytes) == "010000000000000102" + Self.network)
    #expect(StatePosition(bytes: position.bytes) == position)
    #expect(StatePosition(bytes: [2] + position.bytes.dropFirst()) == nil)
    #expect(StatePosition(bytes: position.bytes + [0]) == nil)
  }

  private func hexadecimal(_ disk: SimulatedDisk, _ path: String) throws -> String {
    Hexadecimal.encode(try disk.bytes(path))
  }
}
