import Glibc

/// One value of a row: 16 bytes, text lies in the batch's arena.
package struct RowCell: Sendable, Hashable {
    package enum Kind: UInt8, Sendable { case null, integer, real, text }
    package let kind: Kind
    /// The integer, the bit pattern of the double, or offset (high 32 bits) and length (low 32 bits) in the arena.
    package let word: UInt64

    static let null = RowCell(kind: .null, word: 0)
}

/// Rows of one unified table on their way from a page to the store.
///
/// Texts are kept as UTF-8 in one arena, so that bytes can go from JSON to the store without becoming Swift strings.
/// NUL bytes are left out of texts: PostgreSQL cannot hold them. An arena holds less than 4 GiB. Nothing here is generic:
/// generic code of another module is not specialised, and every value of every page comes through here.
package struct RowBatch: Sendable {
    package let table: Table
    /// `table.columns.count` cells a row, row after row.
    package private(set) var cells: [RowCell] = []
    /// The texts of all rows.
    package private(set) var arena: [UInt8] = []
    /// For each row the position of its record in the page, or -1 for a row that only accompanies records (a person).
    package private(set) var records: [Int32] = []

    private let width: Int

    package init(_ table: Table) {
        self.table = table
        width = table.columns.count
    }

    package var count: Int { records.count }
    package var isEmpty: Bool { records.isEmpty }
    package var sizeInBytes: Int { arena.count + cells.count * MemoryLayout<RowCell>.stride }

    /// Begins a row with every cell null.
    package mutating func beginRow(record: Int) {
        records.append(Int32(clamping: record))
        for _ in 0..<width { cells.append(.null) }
    }

    /// Takes back the row begun last: its record turned out to be unreadable.
    package mutating func removeLastRow() {
        guard !records.isEmpty else { return }
        records.removeLast()
        cells.removeLast(width)
    }

    /// Takes back every row of the record `record`, which must be the newest record.
    package mutating func removeRows(ofRecord record: Int) {
        while let last = records.last, last == Int32(clamping: record) { removeLastRow() }
    }

    package mutating func set(_ column: Int, integer: Int64) {
        setCell(column, RowCell(kind: .integer, word: UInt64(bitPattern: integer)))
    }
    package mutating func set(_ column: Int, real: Double) {
        setCell(column, RowCell(kind: .real, word: real.bitPattern))
    }
    package mutating func set(_ column: Int, text: UnsafeBufferPointer<UInt8>) {
        let offset = arena.count
        arena.append(contentsOf: text)
        if let start = text.baseAddress, memchr(start, 0, text.count) != nil { removeNULs(from: offset) }
        setText(column, from: offset)
    }
    package mutating func set(_ column: Int, text: String) {
        var text = text
        text.withUTF8 { set(column, text: $0) }
    }
    /// Lets `body` append text to the arena, as a JSON serialiser does.
    package mutating func set(_ column: Int, appending body: (inout [UInt8]) -> Void) {
        let offset = arena.count
        body(&arena)
        setText(column, from: offset)
    }

    /// Says that the column's text begins at `offset` and ends with the arena.
    private mutating func setText(_ column: Int, from offset: Int) {
        setCell(column, RowCell(kind: .text, word: UInt64(offset) << 32 | UInt64(arena.count - offset)))
    }

    private mutating func setCell(_ column: Int, _ cell: RowCell) {
        precondition(column < width && !records.isEmpty, "a cell outside of its row")
        cells[cells.count - width + column] = cell
    }

    private mutating func removeNULs(from offset: Int) {
        let kept = arena[offset...].filter { $0 != 0 }
        arena.replaceSubrange(offset..., with: kept)
    }

    /// Gives back the memory that the rows grew into and do not fill: they may wait for a while.
    package mutating func trim() {
        if arena.capacity > arena.count + arena.count / 8 { arena = arena.withUnsafeBufferPointer { Array($0) } }
        if cells.capacity > cells.count + cells.count / 8 { cells = cells.withUnsafeBufferPointer { Array($0) } }
    }

    package func cell(row: Int, column: Int) -> RowCell { cells[row * width + column] }

    /// The bytes of a text cell.
    package func text(of cell: RowCell) -> ArraySlice<UInt8> {
        let offset = Int(cell.word >> 32)
        return arena[offset..<(offset + Int(cell.word & 0xFFFF_FFFF))]
    }

    /// The cell as a value, for tests and for screens; the loading path reads cells.
    package func value(row: Int, column: Int) -> RowValue {
        let cell = cell(row: row, column: column)
        return switch cell.kind {
        case .null: .null
        case .integer: .integer(Int64(bitPattern: cell.word))
        case .real: .real(Double(bitPattern: cell.word))
        case .text: .text(String(decoding: text(of: cell), as: UTF8.self))
        }
    }
}

/// A value of a row by itself. Booleans are 0 and 1, instants are microseconds.
package enum RowValue: Sendable, Hashable, Codable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
}

extension RowBatch {
    /// The batch without the rows of some records. The arena is shared.
    package func removing(records unwanted: Set<Int32>) -> RowBatch { keeping { !unwanted.contains(records[$0]) } }

    /// The batch without some rows, by position. The arena is shared.
    package func removing(rows unwanted: Set<Int>) -> RowBatch { keeping { !unwanted.contains($0) } }

    private func keeping(_ isKept: (Int) -> Bool) -> RowBatch {
        var kept = RowBatch(table)
        kept.arena = arena
        for row in 0..<count where isKept(row) {
            kept.records.append(records[row])
            kept.cells.append(contentsOf: cells[(row * width)..<((row + 1) * width)])
        }
        return kept
    }
}
