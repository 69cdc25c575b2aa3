import PulseDomain
import PulsePostgres

/// Rows of one table that are brought in by one statement: each id once.
struct StagedRows {
    let table: Table
    private(set) var places: [RowPlace] = []
    /// What each column will need at most.
    private var sizes: [Int]
    private var sizeInBytes = 0

    /// More than this goes with further statements: the client library keeps a buffer as long as the longest.
    private static let limitInBytes = 512 << 10

    init(_ table: Table) {
        self.table = table
        sizes = Array(repeating: 0, count: table.columns.count)
    }

    var isEmpty: Bool { places.isEmpty }
    var isFull: Bool { sizeInBytes >= Self.limitInBytes }

    mutating func add(_ place: RowPlace, from rows: PageBatches) {
        places.append(place)
        rows.withRow(place) { cells, _ in
            for column in cells.indices {
                let size = cells[column].kind == .text ? 5 + Int(cells[column].word & 0xFFFF_FFFF) : 12
                sizes[column] += size
                sizeInBytes += size
            }
        }
    }

    /// The parameters that hold the rows: their pages, then each of their columns.
    func parameters(from rows: PageBatches, pageIDs: [Int64?]) throws -> [PostgresValue] {
        var ids = PostgresArray(of: .integer, sizeInBytes: 12 * places.count)
        for place in places {
            if let page = pageIDs[rows.pages[place.batch]] { ids.append(integer: page) } else { ids.appendNull() }
        }
        return try [.array(ids)]
            + PostgresMergeStatements.of(table).positions.map { .array(try array(of: $0, from: rows)) }
    }

    private func array(of position: Int, from rows: PageBatches) throws -> PostgresArray {
        let (column, width) = (table.columns[position], table.columns.count)
        return try PostgresArray(of: column.type.element, writing: sizes[position]) { array in
            // Rows of one batch come after each other: its texts are lent once.
            var next = places.startIndex
            while next < places.endIndex {
                let batch = places[next].batch
                try rows.batches[batch].arena.withUnsafeBytes { arena in
                    try rows.batches[batch].cells.withUnsafeBufferPointer { cells in
                        while next < places.endIndex, places[next].batch == batch {
                            try append(cells[places[next].row * width + position], as: column, arena, to: &array)
                            next += 1
                        }
                    }
                }
            }
        }
    }

    private func append(
        _ cell: RowCell, as column: Column, _ arena: UnsafeRawBufferPointer, to array: inout PostgresArray.Writer
    ) throws {
        switch (column.type, cell.kind) {
        case (_, .null): array.appendNull()
        case (.text, .text): array.append(bytes: cell.bytes(in: arena))
        case (.json, .text): array.append(json: cell.bytes(in: arena))
        case (.integer, .integer): array.append(integer: Int64(bitPattern: cell.word))
        case (.instant, .integer): array.append(instant: Int64(bitPattern: cell.word))
        case (.boolean, .integer): array.append(boolean: cell.word != 0)
        case (.real, .real):
            let real = Double(bitPattern: cell.word)
            // SQLite keeps what is no number as null.
            if real.isNaN { array.appendNull() } else { array.append(real: real) }
        case (.real, .integer): array.append(real: Double(Int64(bitPattern: cell.word)))
        default:
            throw StoreError.inconsistent(
                "\(table.name).\(column.name) was given \(cell.kind) and is of type \(column.type.rawValue)")
        }
    }
}

extension ColumnType {
    fileprivate var element: PostgresArray.Element {
        switch self {
        case .text: .text
        case .json: .json
        case .integer: .integer
        case .boolean: .boolean
        case .real: .real
        case .instant: .instant
        }
    }
}
