import Cryptography
import SimulatedMachine
import Storage
import TestSupport
import Testing

@Suite("A data directory")
struct DataDirectoryTests {
  private let configuration = StorageSample.configuration

  private func create(_ disk: SimulatedDisk) throws {
    _ = try DataDirectory.create(on: disk, configuration)
  }

  private func open(_ disk: SimulatedDisk, _ network: Digest? = nil) throws {
    _ = try DataDirectory.open(on: disk, network: network)
  }

  @Test("opens once it was created, and knows its network")
  func opens() throws {
    let disk = SimulatedDisk()
    #expect(throws: StorageError.notADataDirectory) { try open(disk) }
    try create(disk)
    let network = try DataDirectory.open(on: disk).network
    #expect(network == StorageSample.network)
    #expect(throws: StorageError.alreadyADataDirectory) { try create(disk) }
  }

  @Test("serves one process at a time")
  func lock() throws {
    let disk = SimulatedDisk()
    let directory = try DataDirectory.create(on: disk, configuration)
    #expect(throws: StorageError.inUse(processIdentifier: 1)) { try open(disk) }
    #expect(throws: StorageError.inUse(processIdentifier: 1)) { try create(disk) }
    let network = directory.network
    #expect(network == StorageSample.network)
  }

  @Test("refuses another network and a newer format")
  func refusals() throws {
    let disk = SimulatedDisk()
    try create(disk)
    let path = DiskPath("format")
    #expect(throws: StorageError.foreignNetwork(path, StorageSample.network)) {
      try open(disk, .zero)
    }
    let text = "hypothec data 2\nnetwork \(StorageSample.network)\nmore\n"
    disk.replace(path, with: Array(text.utf8))
    #expect(throws: StorageError.newerFormat(path, version: "2")) { try open(disk) }
    for text in ["", "hypothec data 1\n", "hypothec data 1\nnetwork 00\n", "something else\n"] {
      disk.replace(path, with: Array(text.utf8))
      let damage = Damage(.header, in: path, at: 0..<UInt64(text.utf8.count))
      #expect(throws: StorageError.damaged(damage)) { try open(disk) }
    }
  }

  @Test("refuses to set up where files of a log lie without a format file")
  func refusesLostFormat() throws {
    let disk = SimulatedDisk()
    try create(disk)
    disk.replace(DiskPath("format"), with: nil)
    #expect(throws: StorageError.notADataDirectory) { try open(disk) }
    #expect(throws: StorageError.alreadyADataDirectory) { try create(disk) }
  }

  @Test("says why it cannot open", arguments: [DiskError.Reason.readOnly, .accessDenied])
  func cannotLock(_ reason: DiskError.Reason) throws {
    let disk = SimulatedDisk()
    try create(disk)
    disk.inject(.fail(reason), at: disk.operationCount)
    #expect(throws: StorageError.disk(DiskError(.lock, DiskPath("lock"), reason))) {
      try open(disk)
    }
  }
}
