/// Which checkpoints of a job to list, newest first.
package struct CheckpointFilter: Sendable, Hashable, Codable {
    /// Where a list goes on.
    package struct Position: Sendable, Hashable, Codable {
        package var savedAt: Instant
        package var sequence: Int64
        package var partition: PartitionKey

        package init(savedAt: Instant, sequence: Int64, partition: PartitionKey) {
            self.savedAt = savedAt
            self.sequence = sequence
            self.partition = partition
        }
    }

    package var job: JobID
    /// `nil`: of all partitions.
    package var partition: PartitionKey?
    /// Only what is listed behind this one: the last checkpoint of the page before. `nil` for the newest.
    package var before: Position?
    package var limit: Int

    package init(job: JobID, partition: PartitionKey? = nil, before: Position? = nil, limit: Int = 100) {
        self.job = job
        self.partition = partition
        self.before = before
        self.limit = limit
    }
}

extension Checkpoint {
    package var position: CheckpointFilter.Position {
        CheckpointFilter.Position(savedAt: savedAt, sequence: sequence, partition: partition.key)
    }
}
