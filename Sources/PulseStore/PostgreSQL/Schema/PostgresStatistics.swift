import PulseDomain
import PulsePostgres

/// What the planner is told about tables that have no statistics yet.
///
/// It takes a table that was never analysed for one where the tenant alone finds a row or two. All indexes begin with the
/// tenant, so it looks rows up by any of them and reads all of the tenant's rows for each one: a first load took time with
/// the square of its length, until autovacuum had come by. One look at rows as they will be sets it right: few tenants and
/// sources, many ids. Statistics of columns outlive their rows; of a table that is quite empty the planner still guesses,
/// which is why plans for loading are renewed (`renewsPlan`).
enum PostgresStatistics {
    /// Statistics for the unified tables that have none. Within a transaction.
    static func begin(_ connection: PostgresConnection) throws {
        let known = try connection.query(
            "SELECT DISTINCT tablename::text AS name FROM pg_stats WHERE schemaname = 'pulse' AND attname = 'source'")
        let names = try Set(known.rows.map { try $0.value("name") })
        for table in UnifiedSchema.tables where !names.contains(.text(table.name.rawValue)) {
            try connection.execute(statistics(of: table))
        }
    }

    /// Rows of a source that cannot be, looked at and taken away again; statistics stay.
    private static func statistics(of table: Table) -> String {
        let name = "pulse.\(UnifiedTables.quoted(table.name.rawValue))"
        let columns = UnifiedTables.storedColumns(of: table)
        let values = columns.map { column in
            switch column.name {
            case "tenant": "current_setting('pulse.tenant')"
            case "source": "''"
            case "deleted_at", "tombstone_id", "page_id": "NULL"
            default: value(of: column)
            }
        }
        return """
            INSERT INTO \(name) (\(columns.map { UnifiedTables.quoted($0.name) }.joined(separator: ", ")))
            SELECT \(values.joined(separator: ", ")) FROM generate_series(1, 300) AS number;
            ANALYZE \(name);
            DELETE FROM \(name) WHERE tenant = current_setting('pulse.tenant') AND source = ''
            """
    }

    private static func value(of column: Column) -> String {
        switch column.type {
        case .text: "'row ' || number"
        case .json: "'[]'"
        case .integer, .real: "number"
        case .boolean: "FALSE"
        case .instant: "now() - number * interval '1 hour'"
        }
    }
}
