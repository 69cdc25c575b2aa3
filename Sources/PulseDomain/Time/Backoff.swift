/// Exponential backoff with full jitter (Amazon Builders' Library, "Timeouts, retries, and backoff with jitter").
package struct Backoff: Sendable, Hashable {
    /// The longest wait before the first retry.
    package var base: Duration
    package var longest: Duration

    package init(base: Duration = .seconds(1), longest: Duration = .minutes(2)) {
        self.base = base
        self.longest = longest
    }

    /// A random wait between a tenth of the ceiling and the ceiling, which doubles with each attempt. `attempt` counts
    /// from 1.
    package func wait(beforeRetry attempt: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        wait(beforeRetry: attempt, share: Double.random(in: 0...1, using: &generator))
    }

    /// The same, with the random number given: 0 to 1.
    package func wait(beforeRetry attempt: Int, share: Double) -> Duration {
        let doublings = min(max(0, attempt - 1), 30)
        // Never at once: who refuses at once is not asked in a tight loop.
        return .seconds(min(longest.inSeconds, base.inSeconds * Double(1 << doublings)) * (0.1 + 0.9 * share))
    }
}
