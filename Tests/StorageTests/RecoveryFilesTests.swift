import SimulatedMachine
import Storage
import TestSupport
import Testing

@Suite("Recovery records on the disk")
struct RecoveryFilesTests {
  private func disk() throws -> SimulatedDisk {
    let disk = SimulatedDisk()
    _ = try DataDirectory.create(on: disk, StorageSample.configuration)
    return disk
  }

  private func bytes(_ disk: SimulatedDisk, limit: Int = 100) throws -> [[UInt8]] {
    try RecoveryFiles.all(on: disk, byteLimit: limit).map(\.bytes)
  }

  @Test("are none at first, in the order of their heights later, and outlive a power cut")
  func kept() throws {
    let disk = try disk()
    #expect(try bytes(disk) == [])
    try RecoveryFiles.keep([2, 2], height: 20, on: disk)
    try RecoveryFiles.keep([1], height: 3, on: disk)
    disk.restart(.synced)
    #expect(try bytes(disk) == [[1], [2, 2]])
    try RecoveryFiles.keep([9, 9, 9], height: 20, on: disk)
    disk.restart(.synced)
    #expect(try bytes(disk) == [[1], [9, 9, 9]])
    #expect(
      try RecoveryFiles.all(on: disk, byteLimit: 100).map(\.path.text) == [
        "recovery/00000000000000000003.recovery", "recovery/00000000000000000020.recovery",
      ])
  }

  @Test("that are longer than any are damage, and other files are not looked at")
  func tooLong() throws {
    let disk = try disk()
    try RecoveryFiles.keep([UInt8](repeating: 1, count: 9), height: 1, on: disk)
    #expect(try bytes(disk, limit: 9).count == 1)
    let path = DiskPath("recovery/00000000000000000001.recovery")
    #expect(throws: StorageError.damaged(Damage(.surplus, in: path, at: 8..<9))) {
      try bytes(disk, limit: 8)
    }
    for name in ["00000000000000000002.recovery.new", "2.recovery", "note"] {
      _ = try disk.open(DiskPath("recovery").appending(name), .createEmpty)
    }
    #expect(try bytes(disk).count == 1)
  }
}
