import PulseDomain
import PulsePostgres

/// Where a row of a batch of pages is.
struct RowPlace: Hashable {
    let page: Int
    /// Of the page's batches.
    let batch: Int
    let row: Int
}

/// Rows of one table that are merged by one statement: each id once.
struct StagedRows {
    let table: Table
    private(set) var places: [RowPlace] = []

    init(_ table: Table) { self.table = table }

    mutating func add(_ place: RowPlace) { places.append(place) }

    /// Sends the rows to the staging table, which is empty; a row's position among `places` comes with it.
    func copy(from pages: [PageContent], pageIDs: [Int64?], through connection: PostgresConnection) throws {
        let statements = PostgresMergeStatements.of(table)
        let positions = statements.positions
        try connection.copyIn(statements.copy) { writer in
            for (order, place) in places.enumerated() {
                let batch = pages[place.page].batches[place.batch]
                try writer.beginRow(columns: positions.count + 2)
                writer.write(integer: Int64(order))
                if let page = pageIDs[place.page] { writer.write(integer: page) } else { writer.writeNull() }
                try batch.arena.withUnsafeBytes { arena in
                    for position in positions {
                        try Self.write(
                            batch.cell(row: place.row, column: position), as: table.columns[position], of: table, arena,
                            to: &writer)
                    }
                }
            }
        }
    }

    private static func write(
        _ cell: RowCell, as column: Column, of table: Table, _ arena: UnsafeRawBufferPointer,
        to writer: inout CopyWriter
    ) throws {
        switch (column.type, cell.kind) {
        case (_, .null): writer.writeNull()
        case (.text, .text): writer.write(bytes: cell.bytes(in: arena))
        case (.json, .text): writer.write(json: cell.bytes(in: arena))
        case (.integer, .integer): writer.write(integer: Int64(bitPattern: cell.word))
        case (.instant, .integer): writer.write(instant: Int64(bitPattern: cell.word))
        case (.boolean, .integer): writer.write(boolean: cell.word != 0)
        case (.real, .real):
            let real = Double(bitPattern: cell.word)
            // SQLite keeps what is no number as null.
            if real.isNaN { writer.writeNull() } else { writer.write(real: real) }
        case (.real, .integer): writer.write(real: Double(Int64(bitPattern: cell.word)))
        default:
            throw StoreError.inconsistent(
                "\(table.name).\(column.name) was given \(cell.kind) and is of type \(column.type.rawValue)")
        }
    }
}
