import Glibc

/// Descriptors 0, 1 and 2 of the process.
package enum StandardDescriptors {
  /// Occupies those that the process was started without (`>&-`). Otherwise the first file that
  /// is opened becomes standard output, and the answer is written into it. What takes their place
  /// refuses reading and writing, so that the loss is told.
  package static func occupy() {
    for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) == -1 {
      let occupied = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
      // The lowest free descriptor is given out first. A system without /dev/null cannot be told.
      if occupied != descriptor { _exit(ExitCode.inputOutputError.rawValue) }
    }
  }
}
