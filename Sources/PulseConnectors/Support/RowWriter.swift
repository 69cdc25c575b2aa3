package import PulseDomain

/// Typed writing of rows: `rows.set(.title, …)` with the columns of one table.
///
/// Lives beside the connectors and not beside ``RowBatch``: the compiler specialises generic code within a module only,
/// and unspecialised it took as long as reading the page.
package struct RowWriter<Columns: TableColumns>: Sendable {
    package private(set) var batch: RowBatch

    package init() { batch = RowBatch(UnifiedSchema.table(of: Columns.self)) }

    package var count: Int { batch.count }

    package mutating func beginRow(record: Int) { batch.beginRow(record: record) }
    package mutating func removeLastRow() { batch.removeLastRow() }
    package mutating func removeRows(ofRecord record: Int) { batch.removeRows(ofRecord: record) }

    package mutating func set(_ column: Columns, _ text: String?) {
        if let text { batch.set(column.rawValue, text: text) }
    }
    /// Writes bytes that are UTF-8 as they are.
    package mutating func set(_ column: Columns, utf8 text: some Collection<UInt8>) {
        let isWritten: Void? = text.withContiguousStorageIfAvailable { batch.set(column.rawValue, text: $0) }
        if isWritten == nil { Array(text).withUnsafeBufferPointer { batch.set(column.rawValue, text: $0) } }
    }
    /// Lets `body` append text to the arena, as a JSON serialiser does.
    package mutating func set(_ column: Columns, appending body: (inout [UInt8]) -> Void) {
        batch.set(column.rawValue, appending: body)
    }
    package mutating func set(_ column: Columns, _ integer: Int64?) {
        if let integer { batch.set(column.rawValue, integer: integer) }
    }
    package mutating func set(_ column: Columns, _ real: Double?) {
        if let real { batch.set(column.rawValue, real: real) }
    }
    package mutating func set(_ column: Columns, _ flag: Bool?) {
        if let flag { batch.set(column.rawValue, integer: flag ? 1 : 0) }
    }
    package mutating func set(_ column: Columns, _ instant: Instant?) {
        if let instant { batch.set(column.rawValue, integer: instant.microseconds) }
    }
}
