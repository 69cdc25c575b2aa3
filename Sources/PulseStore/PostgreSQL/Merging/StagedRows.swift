import PulseDomain
import PulsePostgres

/// Where a row of a batch of pages is.
struct RowPlace: Hashable {
    let page: Int
    /// Of the page's batches.
    let batch: Int
    let row: Int
}

/// Rows of one table that are brought in by one statement: each id once.
struct StagedRows {
    let table: Table
    private(set) var places: [RowPlace] = []
    private var sizeInBytes = 0

    /// More than this goes with further statements: the client library keeps a buffer as long as the longest.
    private static let limitInBytes = 512 << 10

    init(_ table: Table) { self.table = table }

    var isEmpty: Bool { places.isEmpty }
    var isFull: Bool { sizeInBytes >= Self.limitInBytes }

    mutating func add(_ place: RowPlace, from batch: RowBatch) {
        places.append(place)
        for column in table.columns.indices {
            let cell = batch.cell(row: place.row, column: column)
            sizeInBytes += cell.kind == .text ? 4 + Int(cell.word & 0xFFFF_FFFF) : 12
        }
    }

    /// The parameters that hold the rows: their pages, then each of their columns.
    func parameters(from pages: [PageContent], pageIDs: [Int64?]) throws -> [PostgresValue] {
        var ids = PostgresArray(of: .integer, sizeInBytes: 12 * places.count)
        for place in places {
            if let page = pageIDs[place.page] { ids.append(integer: page) } else { ids.appendNull() }
        }
        return try [.array(ids)]
            + PostgresMergeStatements.of(table).positions.map { .array(try array(of: $0, from: pages)) }
    }

    private func array(of position: Int, from pages: [PageContent]) throws -> PostgresArray {
        let column = table.columns[position]
        let size = places.reduce(0) { size, place in
            let cell = pages[place.page].batches[place.batch].cell(row: place.row, column: position)
            return size + (cell.kind == .text ? 5 + Int(cell.word & 0xFFFF_FFFF) : 12)
        }
        var array = PostgresArray(of: column.type.element, sizeInBytes: size)
        // Rows of one batch come after each other: its texts are lent once.
        var next = places.startIndex
        while next < places.endIndex {
            let (page, number) = (places[next].page, places[next].batch)
            let batch = pages[page].batches[number]
            try batch.arena.withUnsafeBytes { arena in
                while next < places.endIndex, places[next].page == page, places[next].batch == number {
                    try append(batch.cell(row: places[next].row, column: position), as: column, arena, to: &array)
                    next += 1
                }
            }
        }
        return array
    }

    private func append(
        _ cell: RowCell, as column: Column, _ arena: UnsafeRawBufferPointer, to array: inout PostgresArray
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
