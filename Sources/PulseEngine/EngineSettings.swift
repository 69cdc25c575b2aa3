package import PulseDomain
package import PulseStore

/// What can be set about an engine as a whole.
package struct EngineSettings: Sendable, Hashable {
    /// Records that are committed together, about; whole pages always (DESIGN §4).
    package var batchRecords = 1_000
    /// Runs side by side.
    package var concurrentRuns = 6
    package var keepsRawPages = true
    /// How long what grows for ever is kept.
    package var retention = Retention()
    package var keepsRowVersions = true
    /// The share of rows above which a census asks before it sets tombstones.
    package var holdTombstonesAbove = 0.2
    /// Tries of one request before its failure is passed on.
    package var requestTries = 6
    /// How often a partition that failed for a passing reason is tried again within a run.
    package var partitionTries = 3
    /// Waits before a run that failed for a passing reason is taken up again by itself, one after the other; after the
    /// last one a person is needed.
    package var runRetries: [Duration] = [.minutes(1), .minutes(5), .minutes(15), .hours(1)]
    package var backoff = Backoff()
    /// Between tries of a store that does not answer, which have no end. Whoever is answered first tells the others.
    package var storeBackoff = Backoff(base: .seconds(1), longest: .seconds(10))
    package var breaker = BreakerState.Policy()
    /// How long a lease lasts without a heartbeat.
    package var lease: Duration = .seconds(60)
    /// Log lines kept in the store.
    package var logLines = 20_000
    package var seed: UInt64 = 0
    /// Whether the engine's jobs are all that there are; else the store goes on listing others.
    package var knowsAllJobs = true
    /// Whether jobs start when their schedules say so; else they start once when they never ran, or by command.
    package var followsSchedules = true
    /// Whether the engine is only looked at and never runs: then nothing is written to the store.
    package var onlyLooks = false

    package init() {}
}
