import CLibpq

/// The rows that a statement returned. Bound to the connection's thread.
package final class PostgresResult {
    let handle: OpaquePointer
    private lazy var positions: [String: Int32] = Dictionary(
        (0..<columnCount).compactMap { column in PQfname(handle, column).map { (String(cString: $0), column) } },
        uniquingKeysWith: { first, _ in first })

    /// Takes the result over.
    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(handle) }

    package var count: Int { Int(PQntuples(handle)) }
    /// The names of the columns.
    package var columns: [String] {
        (0..<columnCount).map { PQfname(handle, $0).map { String(cString: $0) } ?? "" }
    }
    private var columnCount: Int32 { PQnfields(handle) }

    /// How many rows an INSERT, UPDATE, DELETE or COPY touched.
    package var affected: Int {
        PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0
    }

    package subscript(index: Int) -> PostgresRow { PostgresRow(result: self, index: Int32(index)) }
    package var rows: [PostgresRow] { (0..<count).map { self[$0] } }
    package var first: PostgresRow? { count == 0 ? nil : self[0] }

    fileprivate func position(of column: String) throws -> Int32 {
        guard let position = positions[column] else {
            throw PostgresError(kind: .statement, state: "", message: "the result has no column \(column)")
        }
        return position
    }

    fileprivate func value(_ row: Int32, _ column: Int32) throws -> PostgresValue {
        guard column < columnCount, PQgetisnull(handle, row, column) == 0 else { return .null }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(handle, row, column), count: Int(PQgetlength(handle, row, column)))
        return try PostgresValue(type: PQftype(handle, column), bytes: bytes)
    }
}

/// One row of a result.
package struct PostgresRow {
    let result: PostgresResult
    let index: Int32

    /// The value of a column by its name; throws when there is none of this name.
    package func value(_ column: String) throws -> PostgresValue {
        try result.value(index, result.position(of: column))
    }

    /// The value of a column by its position, counted from 0; null behind the last.
    package func value(_ column: Int) throws -> PostgresValue { try result.value(index, Int32(column)) }
}
