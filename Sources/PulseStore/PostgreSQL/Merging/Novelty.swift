import PulseDomain
import Synchronization

/// Which tables are expected to have none of a partition's next rows: those of whose last rows none was there.
///
/// Only a guess, which saves looking for each row first. What proves it is the tables' own key, inside the transaction: a
/// row that is there makes the insertion fail, and the rows are compared after all.
final class Novelty: Sendable {
    private let tables = Mutex<[PartitionID: [TableName: Confidence]]>([:])
    /// Partitions remembered; forgetting one costs a comparison.
    private static let limit = 10_000

    func expected(of partition: PartitionID?) -> Set<TableName> {
        guard let partition else { return [] }
        return tables.withLock { Set($0[partition, default: [:]].filter(\.value.isEarned).keys) }
    }

    /// Notes what became of a batch: tables none of whose rows were there, and others.
    func note(new: Set<TableName>, others: Set<TableName>, of partition: PartitionID?) {
        guard let partition else { return }
        tables.withLock { tables in
            if tables.count >= Self.limit, tables[partition] == nil { tables = [:] }
            for name in new { tables[partition, default: [:]][name, default: Confidence()].confirm() }
            for name in others { tables[partition, default: [:]][name, default: Confidence()].refute() }
        }
    }
}
