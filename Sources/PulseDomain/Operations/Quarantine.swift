/// What became of a quarantined record.
package enum QuarantineState: String, Sendable, Hashable, Codable, CaseIterable {
    case waiting, replayed, discarded
}

/// A record that could not be loaded, with everything that is needed to understand and replay it.
package struct QuarantineEntry: Sendable, Hashable, Codable {
    package var id: Int64
    package var partition: PartitionID
    package var run: RunID
    /// The position of the page that it came from.
    package var cursor: Cursor
    package var record: RejectedRecord
    package var state: QuarantineState
    package var at: Instant
    /// How often a replay was tried.
    package var replays: Int

    package init(
        id: Int64, partition: PartitionID, run: RunID, cursor: Cursor, record: RejectedRecord,
        state: QuarantineState = .waiting, at: Instant, replays: Int = 0
    ) {
        self.id = id
        self.partition = partition
        self.run = run
        self.cursor = cursor
        self.record = record
        self.state = state
        self.at = at
        self.replays = replays
    }
}

/// Which quarantined records to list, newest first.
package struct QuarantineFilter: Sendable, Hashable, Codable {
    package var job: JobID?
    /// `nil`: all.
    package var state: QuarantineState?
    /// Only records older than this one: the last id of the page before. `nil` for the newest.
    package var before: Int64?
    package var limit: Int

    package init(
        job: JobID? = nil, state: QuarantineState? = .waiting, before: Int64? = nil, limit: Int = 200
    ) {
        self.job = job
        self.state = state
        self.before = before
        self.limit = limit
    }
}
