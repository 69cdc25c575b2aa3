import PulseDomain
import PulsePostgres

/// A table that both databases have, as it is copied.
struct CopiedTable: Sendable {
    struct Column: Sendable {
        let name: String
        let kind: Kind
    }

    /// Types, as PostgreSQL calls them.
    enum Kind: String, Sendable {
        case text, boolean, bytea
        case integer = "bigint"
        case real = "double precision"
        case instant = "timestamp with time zone"
        case json = "jsonb"
    }

    let name: String
    let columns: [Column]
    /// The columns after the tenant by which the source's rows are read on; empty: by SQLite's own number of the row.
    let key: [String]

    /// Rows that are read and committed together.
    let chunk: Int

    var list: String { columns.map { UnifiedTables.quoted($0.name) }.joined(separator: ", ") }
    var quoted: String { UnifiedTables.quoted(name) }

    /// Whether a row belongs to the copy itself and not to what is copied.
    static let note = "store.copy"
    /// What leaves that row out.
    var condition: String { name == "notes" ? " AND name <> '\(Self.note)'" : "" }

    // MARK: What there is

    /// The tables of a source that are copied, those that others refer to first.
    ///
    /// - Parameter chunk: Rows that are committed together; a twentieth of it where they have bodies, which are large.
    static func all(
        of source: SQLiteStore, to target: PostgresStore, chunk: Int = 2_000
    ) async throws -> [CopiedTable] {
        let found = try await columns(of: target)
        let own = PostgresOwnTables.names.filter { $0 != "tenants" } + PostgresDeliveryTables.names
        let names = own + UnifiedSchema.tables.map(\.name.rawValue)
        return try await source.read { db in
            try names.compactMap { name in
                let there = try db.rows("SELECT name, pk FROM pragma_table_info(?) ORDER BY pk", [name])
                // What a shared database alone needs is not in a file.
                guard !there.isEmpty, let columns = found[name] else { return nil }
                let known = Set(try there.map { try $0["name"] as String })
                if let missing = known.subtracting(columns.map(\.name)).min() {
                    throw StoreError.inconsistent("the target has no column \(name).\(missing)")
                }
                let isKeyed: Int = try db.value("SELECT wr FROM pragma_table_list WHERE name = ?", [name]) ?? 0
                let key = try there.filter { try ($0["pk"] as Int) > 0 }.map { try $0["name"] as String }
                return CopiedTable(
                    name: name, columns: columns.filter { known.contains($0.name) },
                    key: isKeyed == 1 ? key.filter { $0 != "tenant" } : [],
                    chunk: columns.contains { $0.kind == .bytea } ? max(1, chunk / 20) : chunk)
            }
        }
    }

    private static func columns(of target: PostgresStore) async throws -> [String: [Column]] {
        try await target.read { db in
            let rows = try db.rows(
                """
                SELECT c.relname::text AS relation, a.attname::text AS name, format_type(a.atttypid, NULL) AS type
                FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
                WHERE c.relnamespace = 'pulse'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
                    AND NOT a.attisdropped
                ORDER BY c.relname, a.attnum
                """, [])
            var columns: [String: [Column]] = [:]
            for row in rows {
                let (relation, name, type): (String, String, String) = (
                    try row["relation"], try row["name"], try row["type"]
                )
                guard let kind = Kind(rawValue: type) else { continue }
                columns[relation, default: []].append(Column(name: name, kind: kind))
            }
            return columns
        }
    }
}

extension CopiedTable.Kind {
    /// A value of either database as both have it: SQLite keeps booleans and instants as integers, and PostgreSQL takes
    /// no NUL in a document.
    func normal(_ value: SQLValue) -> SQLValue {
        switch (self, value) {
        case (.boolean, .integer(let integer)): .boolean(integer != 0)
        case (.instant, .integer(let microseconds)): .instant(Instant(microseconds: microseconds))
        case (.real, .integer(let integer)): .real(Double(integer))
        case (.json, .text(let text)) where text.contains(#"\u0000"#): .text(Self.withoutNUL(text))
        default: value
        }
    }

    /// A document without escaped NULs; `\\u0000` is a backslash and stays.
    private static func withoutNUL(_ json: String) -> String {
        var text: [UInt8] = []
        var rest = Array(json.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let next = rest.first else {
                text.append(byte)
                continue
            }
            if rest.starts(with: "u0000".utf8) {
                rest = rest.dropFirst(5)
            } else {
                text += [byte, next]
                rest = rest.dropFirst()
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Writes a value as COPY takes it. Throws for one of another type: the source was changed by something else.
    func write(_ value: SQLValue, to writer: inout CopyWriter) throws {
        switch (self, normal(value)) {
        case (_, .null): writer.writeNull()
        case (.text, .text(let text)): writer.write(text: text)
        case (.json, .text(let text)):
            var text = text
            text.withUTF8 { writer.write(json: UnsafeRawBufferPointer($0)) }
        case (.integer, .integer(let integer)): writer.write(integer: integer)
        case (.boolean, .boolean(let flag)): writer.write(boolean: flag)
        case (.instant, .instant(let instant)): writer.write(instant: instant.microseconds)
        case (.real, .real(let real)): writer.write(real: real)
        case (.bytea, .bytes(let bytes)): bytes.withUnsafeBytes { writer.write(bytes: $0) }
        default: throw StoredValueError(description: "a value that is no \(rawValue)")
        }
    }
}
