@preconcurrency import Glibc

/// An open file of a `PosixDisk`; also a held lock, which goes with the descriptor.
final class PosixFile: DiskFile, DiskLock {
  let path: DiskPath
  let descriptor: FileDescriptor

  init(_ path: DiskPath, _ descriptor: consuming FileDescriptor) {
    self.path = path
    self.descriptor = descriptor
  }

  func byteCount() throws(DiskError) -> UInt64 {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else { throw DiskError(.size, path, .current) }
    return UInt64(status.st_size)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(DiskError) -> Int
  {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = retrying {
        pread(descriptor.number, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
      }
      guard count >= 0 else { throw DiskError(.read, path, .current) }
      guard count > 0 else { break }
      done += count
    }
    return done
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(DiskError) {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = retrying {
        pwrite(descriptor.number, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
      }
      guard count > 0 else {
        throw DiskError(.write, path, count == 0 ? .io : .current)
      }
      done += count
    }
  }

  func truncate(to byteCount: UInt64) throws(DiskError) {
    guard retrying({ ftruncate(descriptor.number, off_t(byteCount)) }) == 0 else {
      throw DiskError(.truncate, path, .current)
    }
  }

  /// Not retried on EINTR either: a sync that did not say yes is a failed sync.
  func sync() throws(DiskError) {
    guard fdatasync(descriptor.number) == 0 else { throw DiskError(.sync, path, .current) }
  }
}
