import GRDBSQLite
import PulseDomain
import PulseMeasuring

/// The rows of the unified tables of a database, in memory, in the transactions that wrote them.
struct RawRows {
    fileprivate struct Cell {
        var kind: Int32
        /// The integer, the bits of the double, or offset (high 32 bits) and length (low 32 bits) in the texts.
        var word: UInt64
    }
    fileprivate struct Rows {
        let table: String
        let columns: [String]
        var cells: [Cell] = []
        var texts: [UInt8] = []
        /// For each transaction the rows up to which it goes.
        var ends: [Int] = []
        var count: Int { columns.isEmpty ? 0 : cells.count / columns.count }
    }
    private var tables: [Rows] = []
    private(set) var transactions = 0
    var count: Int { tables.reduce(0) { $0 + $1.count } }

    /// Reads what was loaded into the file. Rows of one commit carry the same time.
    init(readingFrom path: String) throws {
        let database = try RawDatabase(path)
        let times = try UnifiedSchema.tables.reduce(into: Set<Int64>()) { times, table in
            let statement = try database.prepare("SELECT DISTINCT loaded_at FROM \"\(table.name)\"")
            while try statement.step() { times.insert(sqlite3_column_int64(statement.handle, 0)) }
        }
        let commits = times.sorted()
        transactions = commits.count
        for table in UnifiedSchema.tables {
            let statement = try database.prepare("SELECT * FROM \"\(table.name)\" ORDER BY loaded_at, rowid")
            let width = sqlite3_column_count(statement.handle)
            var rows = Rows(
                table: table.name.rawValue,
                columns: (0..<width).map { String(cString: sqlite3_column_name(statement.handle, $0)) })
            guard let time = rows.columns.firstIndex(of: "loaded_at") else {
                throw BenchError("\(table.name) has no loaded_at.")
            }
            var next = 0
            while try statement.step() {
                let commit = sqlite3_column_int64(statement.handle, Int32(time))
                while commits[next] < commit {
                    rows.ends.append(rows.count)
                    next += 1
                }
                for column in 0..<width { rows.add(statement.handle, column) }
            }
            while rows.ends.count < commits.count { rows.ends.append(rows.count) }
            if rows.count > 0 { tables.append(rows) }
        }
    }

    /// Inserts the rows into a file that has the schema: one transaction for each that there was.
    func insert(into path: String) throws {
        let database = try RawDatabase(path)
        // As Pulse's own connection has it.
        try database.execute(
            """
            PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;
            PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;
            """)
        let statements = try tables.map { rows in
            let names = rows.columns.map { "\"\($0)\"" }.joined(separator: ", ")
            let places = rows.columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
            return try database.prepare("INSERT INTO \"\(rows.table)\" (\(names)) VALUES (\(places))")
        }
        for transaction in 0..<transactions {
            try database.execute("BEGIN IMMEDIATE")
            for (rows, statement) in zip(tables, statements) {
                let begin = transaction == 0 ? 0 : rows.ends[transaction - 1]
                try rows.insert(begin..<rows.ends[transaction], with: statement)
            }
            try database.execute("COMMIT")
        }
    }
}

extension RawRows.Rows {
    fileprivate mutating func add(_ handle: OpaquePointer, _ column: Int32) {
        let kind = sqlite3_column_type(handle, column)
        var word: UInt64 = 0
        switch kind {
        case SQLITE_INTEGER: word = UInt64(bitPattern: sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: word = sqlite3_column_double(handle, column).bitPattern
        case SQLITE_TEXT:
            let start = sqlite3_column_text(handle, column)
            let count = Int(sqlite3_column_bytes(handle, column))
            word = UInt64(texts.count) << 32 | UInt64(count)
            texts.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
        default: break
        }
        cells.append(RawRows.Cell(kind: kind, word: word))
    }

    fileprivate func insert(_ range: Range<Int>, with statement: RawStatement) throws {
        let handle = statement.handle
        try cells.withUnsafeBufferPointer { cells in
            try texts.withUnsafeBytes { texts in
                for row in range {
                    for column in columns.indices {
                        let cell = cells[row * columns.count + column]
                        let place = Int32(column + 1)
                        switch cell.kind {
                        case SQLITE_INTEGER: sqlite3_bind_int64(handle, place, Int64(bitPattern: cell.word))
                        case SQLITE_FLOAT: sqlite3_bind_double(handle, place, Double(bitPattern: cell.word))
                        case SQLITE_TEXT:
                            let start = (texts.baseAddress ?? UnsafeRawPointer(handle)) + Int(cell.word >> 32)
                            sqlite3_bind_text64(
                                handle, place, start.assumingMemoryBound(to: CChar.self), cell.word & 0xFFFF_FFFF, nil,
                                UInt8(SQLITE_UTF8))
                        default: sqlite3_bind_null(handle, place)
                        }
                    }
                    _ = try statement.step()
                    sqlite3_reset(handle)
                }
                sqlite3_clear_bindings(handle)
            }
        }
    }
}

/// SQLite without anything around it.
private final class RawDatabase {
    let handle: OpaquePointer

    init(_ path: String) throws {
        var opened: OpaquePointer?
        guard sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK, let opened
        else {
            sqlite3_close(opened)
            throw BenchError("\(path) cannot be opened.")
        }
        handle = opened
    }

    // Statements may outlive this reference: then it is closed with the last of them.
    deinit { sqlite3_close_v2(handle) }

    func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
            throw BenchError(String(cString: sqlite3_errmsg(handle)))
        }
    }

    func prepare(_ sql: String) throws -> RawStatement {
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &prepared, nil) == SQLITE_OK, let prepared else {
            throw BenchError(String(cString: sqlite3_errmsg(handle)))
        }
        return RawStatement(prepared)
    }
}

private final class RawStatement {
    let handle: OpaquePointer
    init(_ handle: OpaquePointer) { self.handle = handle }
    deinit { sqlite3_finalize(handle) }

    /// Whether there is a row.
    func step() throws -> Bool {
        let code = sqlite3_step(handle)
        guard code == SQLITE_ROW || code == SQLITE_DONE else {
            throw BenchError(String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))))
        }
        return code == SQLITE_ROW
    }
}
