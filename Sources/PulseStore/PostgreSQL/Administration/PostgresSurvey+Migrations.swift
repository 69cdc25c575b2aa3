import PulseDomain
package import PulsePostgres

extension PostgresSurvey {
    /// What opening the store would change in the schema, a sentence each; empty: nothing.
    package func pendingChanges(_ settings: PostgresSettings) async throws -> [String] {
        guard let version = schema?.version else { return ["The tables are made."] }
        var changes: [String] = []
        if version < Self.knownVersion {
            changes.append("Migrations \(version + 1) to \(Self.knownVersion) are carried out.")
        }
        let found = try await Self.reading(settings, tenant: nil) { db in
            let rows = try db.rows(
                """
                SELECT c.relname::text AS relation, a.attname::text AS name
                FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
                WHERE c.relnamespace = 'pulse'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
                """, [])
            return Set(try rows.map { "\(try $0["relation"] as String).\(try $0["name"] as String)" })
        }
        return changes + UnifiedTables.missing { found.contains("\($0).\($1)") }
    }
}

extension UnifiedTables {
    /// A sentence for each table and column that is declared and not there.
    static func missing(unless isThere: (_ table: String, _ column: String) -> Bool) -> [String] {
        UnifiedSchema.tables.flatMap { table -> [String] in
            let columns = storedColumns(of: table).map(\.name).filter { !isThere(table.name.rawValue, $0) }
            guard columns.count < storedColumns(of: table).count else { return ["The table \(table.name) is made."] }
            return columns.map { "The column \(table.name).\($0) is added." }
        }
    }
}
