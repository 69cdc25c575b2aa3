import PulseDomain

/// A store whose tables are those of an SQL database: all statements but the bulk ones are the same.
package protocol SQLStore: Store {
    /// Runs `body` in one transaction that sees what is committed and holds back writers of the same rows.
    func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value
    /// Runs `body` on a snapshot of what is committed, beside writers.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value
    /// Whether pages may be compressed on another thread.
    var isConcurrent: Bool { get }
}

extension SQLStore {
    /// Refuses what belongs to another tenant.
    func checkOwns(_ partition: PartitionID) throws {
        guard partition.tenant == tenant else {
            throw StoreError.inconsistent("the partition \(partition) belongs to another tenant")
        }
    }

    /// The declaration of a unified table.
    func declared(_ name: TableName) throws -> Table {
        guard let table = UnifiedSchema.table(name) else {
            throw StoreError.inconsistent("there is no table \(name)")
        }
        return table
    }
}
