import PulseDomain

/// Where a row is: in a batch of ``PageBatches``.
struct RowPlace: Hashable {
    let batch: Int
    let row: Int
}

/// The batches of several pages, one after the other.
///
/// Cells are read where they lie: a copy of a batch counts references, which takes longer than reading a row of it.
struct PageBatches {
    private(set) var batches: [RowBatch] = []
    /// The page of each batch.
    private(set) var pages: [Int] = []

    init(_ contents: [PageContent]) {
        for (page, content) in contents.enumerated() {
            batches += content.batches
            pages += content.batches.map { _ in page }
        }
    }

    /// The places of the rows of each table, and the tables in the order in which they come first.
    func places() throws -> [(table: Table, places: [RowPlace])] {
        var found: [(table: Table, places: [RowPlace])] = []
        for (index, batch) in batches.enumerated() where !batch.isEmpty {
            let places = batch.records.indices.map { RowPlace(batch: index, row: $0) }
            if let known = found.firstIndex(where: { $0.table.name == batch.table.name }) {
                found[known].places += places
                continue
            }
            guard let table = UnifiedSchema.table(batch.table.name), table.columns == batch.table.columns else {
                throw StoreError.inconsistent("there is no table \(batch.table.name) with these columns")
            }
            found.append((table, places))
        }
        return found
    }

    /// A text of a row; empty for cells of other kinds.
    func string(_ place: RowPlace, _ column: Int) -> String {
        let cell = batches[place.batch].cell(row: place.row, column: column)
        guard cell.kind == .text else { return "" }
        return String(decoding: batches[place.batch].text(of: cell), as: UTF8.self)
    }

    /// Lends the cells of a row, and the texts that they refer to.
    @inline(__always)
    func withRow<Value>(
        _ place: RowPlace, _ body: (UnsafeBufferPointer<RowCell>, UnsafeRawBufferPointer) throws -> Value
    ) rethrows -> Value {
        try batches[place.batch].arena.withUnsafeBytes { arena in
            try batches[place.batch].cells.withUnsafeBufferPointer { cells in
                let width = batches[place.batch].table.columns.count
                return try body(
                    UnsafeBufferPointer(rebasing: cells[(place.row * width)..<((place.row + 1) * width)]), arena)
            }
        }
    }
}
