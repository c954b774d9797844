/// Everything outside a command that it may see or touch. Tests make one up.
package struct ProgramHost: Sendable {
  package let output: OutputStream
  package let diagnostics: OutputStream
  package let environment: ProcessEnvironment
  package let monotonicClock: MonotonicClock
  package let wallClock: WallClock
  package let zone: LocalZone
  package let interrupt: InterruptFlag

  package init(
    output: OutputStream, diagnostics: OutputStream, environment: ProcessEnvironment,
    monotonicClock: MonotonicClock, wallClock: WallClock, zone: LocalZone, interrupt: InterruptFlag
  ) {
    self.output = output
    self.diagnostics = diagnostics
    self.environment = environment
    self.monotonicClock = monotonicClock
    self.wallClock = wallClock
    self.zone = zone
    self.interrupt = interrupt
  }

  /// The process itself: descriptors 1 and 2, its clocks, its signals.
  package static var process: ProgramHost {
    let environment = ProcessEnvironment.process
    func stream(_ descriptor: Int32) -> OutputStream {
      OutputStream(
        .descriptor(descriptor), .detect(descriptor: descriptor, environment: environment))
    }
    return ProgramHost(
      output: stream(1), diagnostics: stream(2), environment: environment, monotonicClock: .system,
      wallClock: .system, zone: .system, interrupt: .process)
  }
}
