/// Where time comes from. Everything that waits or stamps takes one, so that tests and the demo own the clock.
///
/// `now` is the wall clock and may jump; ``elapsed`` never goes back. Waits are measured by `elapsed` and re-read `now`
/// when they end.
package protocol TimeSource: Sendable {
    /// The wall clock in UTC.
    var now: Instant { get }
    /// Time since an arbitrary start, never decreasing.
    var elapsed: Duration { get }
    /// Suspends for `duration`, or not at all when it is not positive. Throws `CancellationError` as soon as the task
    /// is cancelled. Holds no thread.
    func sleep(for duration: Duration) async throws
}

extension TimeSource {
    /// Suspends until the wall clock reads `instant` as far as can be told now.
    package func sleep(until instant: Instant) async throws { try await sleep(for: instant - now) }
}
