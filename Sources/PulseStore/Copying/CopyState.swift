import PulseDomain

/// How far a copy is, kept in the target and committed with the rows: a copy that was killed goes on behind the last
/// row that is there.
struct CopyState: Sendable, Codable, Hashable {
    /// A part of a key, as SQLite has it.
    enum KeyPart: Sendable, Codable, Hashable {
        case integer(Int64)
        case text(String)
    }

    /// What is under way.
    struct Table: Sendable, Codable, Hashable {
        var name: String
        /// The key of the last row that was copied; empty at the begin.
        var after: [KeyPart] = []
        var sum = TableSum()
    }

    var source: SourceMark
    /// What was copied whole, by table.
    var finished: [String: TableSum] = [:]
    var current: Table?
    var isDone = false

    var rows: Int { finished.values.reduce(0) { $0 + $1.rows } + (current?.sum.rows ?? 0) }
}

extension CopyState.KeyPart: SQLBindable {
    var sqlValue: SQLValue {
        switch self {
        case .integer(let integer): .integer(integer)
        case .text(let text): .text(text)
        }
    }

    init(_ value: SQLValue) throws {
        switch value {
        case .integer(let integer): self = .integer(integer)
        case .text(let text): self = .text(text)
        default: throw StoredValueError(description: "a key that is neither text nor a number")
        }
    }
}

/// What a source is known by, and whether it was used since.
struct SourceMark: Sendable, Codable, Hashable {
    /// The mark of its first run, which is random; empty before it.
    var firstRun: String
    /// The last numbers that it gave out: commands and engines leave at least a line in log or audit.
    var counters: [String: Int64]

    static func of(_ source: SQLiteStore) async throws -> SourceMark {
        let tenant = source.tenant.rawValue
        return try await source.read { db in
            let rows = try db.rows("SELECT name, value FROM counters WHERE tenant = ?", [tenant])
            return SourceMark(
                firstRun: try db.value(
                    "SELECT correlation FROM runs WHERE tenant = ? ORDER BY id LIMIT 1", [tenant]) ?? "",
                counters: Dictionary(
                    uniqueKeysWithValues: try rows.map { (try $0["name"] as String, try $0["value"] as Int64) }))
        }
    }
}
