import PulseDomain
package import PulsePostgres

extension PostgresSurvey {
    /// What opening the store would change in the schema, a sentence each; empty: nothing.
    package func pendingChanges(_ settings: PostgresSettings) async throws -> [String] {
        guard let version = schema?.version else { return ["The tables are made."] }
        var changes = PostgresMigrations.all.enumerated().dropFirst(Int(version)).map { index, migration in
            "Migration \(index + 1): \(migration.what)"
        }
        let digest = PostgresSchema.digest
        let (found, isSame) = try await Self.reading(settings, tenant: nil) { db in
            let rows = try db.rows(
                """
                SELECT c.relname::text AS relation, a.attname::text AS name
                FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
                WHERE c.relnamespace = 'pulse'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
                """, [])
            let unified: String? = try db.value("SELECT unified FROM pulse.schema_version", [])
            return (
                Set(try rows.map { "\(try $0["relation"] as String).\(try $0["name"] as String)" }), unified == digest
            )
        }
        changes += UnifiedTables.missing { found.contains("\($0).\($1)") }
        return changes + (isSame ? [] : ["Views, comments and policies are renewed."])
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
