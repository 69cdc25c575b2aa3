import PulseDomain
import PulseSimulation

/// The clock of the providers: nobody sets theirs when ours is set (``SimulationExecutor/jump(by:)``).
struct ProviderTime: TimeSource {
    private let clock: SimulationExecutor
    private let origin: Instant

    init(_ clock: SimulationExecutor) {
        self.clock = clock
        origin = clock.now - clock.elapsed
    }

    var now: Instant { origin + clock.elapsed }
    var elapsed: Duration { clock.elapsed }
    func sleep(for duration: Duration) async throws { try await clock.sleep(for: duration) }
}
