package import PulseDomain

/// What engines need that share a store. Every call throws ``StoreError``.
///
/// The store has the clock that all of them go by: where `at` is asked for, a server's clock comes before it.
package protocol StoreSharing: Sendable {
    /// The jobs of which something changed (a run, a hold) after the change numbered `after`, and the number of the last
    /// change that is seen with them. Numbers are given in the order in which changes are committed, without gaps: none is
    /// ever missed.
    func changes(after: Int64) async throws -> StoreChanges
    /// An element whenever something may have changed, also after a connection was lost and is there again. Ends when
    /// there are no such notices: then it is looked at now and then. One consumer.
    func notices() -> AsyncStream<Void>
    /// Runs that workers held whose leases have ended.
    func expiredRuns(at now: Instant) async throws -> [StoredRun]
    /// Changes a text that engines keep under a name, one after the other. `body` gets the present text, `nil` when there
    /// is none, and the time; it may be called again when another was quicker. Nothing is written where it changes nothing.
    func change<Value: Sendable>(
        _ name: String, at now: Instant, _ body: @escaping @Sendable (inout String?, Instant) throws -> Value
    ) async throws -> Value
}

/// See ``StoreSharing/changes(after:)``.
package struct StoreChanges: Sendable, Hashable {
    package var last: Int64
    package var jobs: [JobID]

    package init(last: Int64, jobs: [JobID]) {
        self.last = last
        self.jobs = jobs
    }
}
