/// What became of what a census found gone.
package enum TombstoneState: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing is marked: too much seemed gone at once, so someone has to confirm it.
    case held
    /// The rows are marked as deleted.
    case applied
    /// Taken back, or outdated by a later census.
    case undone
}

/// What a census found gone.
package struct TombstoneFinding: Sendable, Hashable, Codable {
    /// Grows with every finding of a store.
    package var id: Int64
    package var partition: PartitionID
    /// The run whose census noticed it.
    package var run: RunID
    package var scope: CensusScope
    /// Records gone, without what they own.
    package var records: Int
    /// Of how many.
    package var known: Int
    /// When it was noticed.
    package var at: Instant
    /// Held back until confirmed.
    package var isHeld: Bool
    package var undoneAt: Instant?

    package init(
        id: Int64, partition: PartitionID, run: RunID, scope: CensusScope, records: Int, known: Int, at: Instant,
        isHeld: Bool, undoneAt: Instant? = nil
    ) {
        self.id = id
        self.partition = partition
        self.run = run
        self.scope = scope
        self.records = records
        self.known = known
        self.at = at
        self.isHeld = isHeld
        self.undoneAt = undoneAt
    }

    /// Whether so much seems gone that a lost permission is likelier than deletions.
    package var isImplausible: Bool { Plausibility.isImplausible(seen: known - records, known: known) }

    package var state: TombstoneState {
        if undoneAt != nil { return .undone }
        return isHeld ? .held : .applied
    }
}

/// Which findings to list.
package struct TombstoneFilter: Sendable, Hashable, Codable {
    package var job: JobID?
    /// `nil`: all.
    package var state: TombstoneState?
    /// Only findings older than this one: the last id of the page before. `nil` for the newest.
    package var before: Int64?
    package var limit: Int

    package init(job: JobID? = nil, state: TombstoneState? = nil, before: Int64? = nil, limit: Int = 200) {
        self.job = job
        self.state = state
        self.before = before
        self.limit = limit
    }
}

/// A row that a finding is about: marked as deleted, or to be marked when the finding is confirmed.
package struct TombstoneRow: Sendable, Hashable, Codable {
    /// Where a list goes on. Rows are ordered by it: the finding's own table first, then those of what it owns.
    package struct Position: Sendable, Hashable, Codable {
        package var table: TableName
        package var id: String

        package init(table: TableName, id: String) {
            self.table = table
            self.id = id
        }
    }

    package var finding: Int64
    package var table: TableName
    /// The provider's own id.
    package var id: String
    /// What people call it: `PAY-12`, a pull request's number, a title; `nil` where the table has no such column.
    package var label: String?
    /// When it was marked as deleted; `nil` while the finding is held.
    package var deletedAt: Instant?

    package init(finding: Int64, table: TableName, id: String, label: String? = nil, deletedAt: Instant? = nil) {
        self.finding = finding
        self.table = table
        self.id = id
        self.label = label
        self.deletedAt = deletedAt
    }

    package var position: Position { Position(table: table, id: id) }
}
