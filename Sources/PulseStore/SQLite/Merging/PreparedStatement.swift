import Foundation
import GRDB
import GRDBSQLite
import PulseDomain

/// A statement driven through SQLite's own interface, for the loading path: values are bound where they lie.
///
/// Whoever binds static memory unbinds before the memory goes (``clear()``).
struct PreparedStatement {
    /// Keeps `handle` alive.
    private let statement: Statement
    private let handle: OpaquePointer

    init(_ db: Database, _ sql: String) throws {
        statement = try db.cachedStatement(sql: sql)
        handle = statement.sqliteStatement
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    // MARK: Binding. Indexes are 1-based; bindings stay until they are replaced.

    func bind(_ index: Int32, _ integer: Int64) throws { try check(sqlite3_bind_int64(handle, index, integer)) }
    func bind(_ index: Int32, _ real: Double) throws { try check(sqlite3_bind_double(handle, index, real)) }
    func bindNull(_ index: Int32) throws { try check(sqlite3_bind_null(handle, index)) }

    /// The bytes stay where they are until ``clear()`` or until another value takes their place.
    func bind(_ index: Int32, unowned bytes: UnsafeRawBufferPointer) throws {
        // A null pointer would bind NULL and not an empty text.
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
            return try check(sqlite3_bind_text(handle, index, "", 0, transientDestructor))
        }
        let text = start.assumingMemoryBound(to: CChar.self)
        try check(sqlite3_bind_text64(handle, index, text, UInt64(bytes.count), nil, UInt8(SQLITE_UTF8)))
    }

    /// SQLite takes a copy.
    func bind(_ index: Int32, copying text: String) throws {
        try check(sqlite3_bind_text(handle, index, text, Int32(clamping: text.utf8.count), transientDestructor))
    }

    // MARK: Running

    /// Runs to the end; how many rows it changed.
    func run() throws -> Int32 {
        let code = sqlite3_step(handle)
        let changes = sqlite3_changes(sqlite3_db_handle(handle))
        sqlite3_reset(handle)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw failure(code) }
        return changes
    }

    /// Whether there is a row; its columns are valid until ``reset()``.
    func step() throws -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        sqlite3_reset(handle)
        guard code == SQLITE_DONE else { throw failure(code) }
        return false
    }

    func reset() { sqlite3_reset(handle) }

    func clear() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    // MARK: Columns, 0-based

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func text(_ column: Int32) -> String {
        String(decoding: bytes(column), as: UTF8.self)
    }

    /// Whether the column holds what the cell does; NaN counts as null, as SQLite stores it.
    func column(_ column: Int32, holds cell: RowCell, in arena: UnsafeRawBufferPointer) -> Bool {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_NULL: cell.kind == .null || cell.kind == .real && Double(bitPattern: cell.word).isNaN
        case SQLITE_INTEGER where cell.kind == .integer:
            Int64(bitPattern: cell.word) == sqlite3_column_int64(handle, column)
        case SQLITE_INTEGER, SQLITE_FLOAT:
            // A column of type REAL turns whole numbers into reals, one of type INTEGER the other way round.
            switch cell.kind {
            case .real: Double(bitPattern: cell.word) == sqlite3_column_double(handle, column)
            case .integer: Double(Int64(bitPattern: cell.word)) == sqlite3_column_double(handle, column)
            case .null, .text: false
            }
        default: cell.kind == .text && cell.bytes(in: arena).elementsEqual(to: bytes(column))
        }
    }

    private func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        // The pointer first: asking for it may convert, and the count is that of the converted text.
        let start = sqlite3_column_text(handle, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private func failure(_ code: Int32) -> any Error {
        let database = sqlite3_db_handle(handle)
        let message = sqlite3_errmsg(database).map { String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: sqlite3_extended_errcode(database)), message: message)
    }
}

/// `SQLITE_TRANSIENT`, a cast that is not imported: SQLite copies before the call returns.
private let transientDestructor = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension UnsafeRawBufferPointer {
    fileprivate func elementsEqual(to other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let left = baseAddress, let right = other.baseAddress else { return true }
        return left == right || memcmp(left, right, count) == 0
    }
}
