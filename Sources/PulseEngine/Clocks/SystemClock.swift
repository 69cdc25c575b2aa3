import Glibc
package import PulseDomain

/// The machine's own clock.
package struct SystemClock: TimeSource {
    private let origin = ContinuousClock.now

    package init() {}

    package var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    package var elapsed: Duration { origin.duration(to: .now) }

    package func sleep(for duration: Duration) async throws {
        guard duration > .zero else { return try Task.checkCancellation() }
        try await Task.sleep(for: duration)
    }
}

/// A clock that runs faster (or slower) than the machine's by a constant rate: the demo's.
package struct ScaledClock: TimeSource {
    private let system = SystemClock()
    private let start: Instant
    /// Simulated seconds in a real one, above 0.
    package let rate: Double

    package init(startingAt start: Instant, rate: Double) {
        precondition(rate > 0, "a clock has to go on")
        self.start = start
        self.rate = rate
    }

    package var now: Instant { start + elapsed }
    package var elapsed: Duration { system.elapsed * rate }

    package func sleep(for duration: Duration) async throws { try await system.sleep(for: duration / rate) }
}
