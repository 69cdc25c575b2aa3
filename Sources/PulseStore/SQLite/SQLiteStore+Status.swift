import GRDB
package import PulseDomain

extension SQLiteStore {
    /// What the tenant has in the file.
    package func status(tenants: [TenantID]) async throws -> StoreStatus {
        let (location, tenant) = (location, tenant)
        return try await readDatabase { db in
            let names = try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM sqlite_schema AS s WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                        AND EXISTS (SELECT 1 FROM pragma_table_info(s.name) AS c WHERE c.name = 'tenant')
                    ORDER BY name
                    """)
            let tables = try names.map { name in
                let rows = try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM \(UnifiedTables.quoted(name)) WHERE tenant = ?",
                    arguments: [tenant.rawValue])
                return StoreStatus.Table(name: name, rows: rows ?? 0, bytes: nil)
            }
            let version = try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? ""
            return StoreStatus(
                location: location, database: "SQLite \(version)",
                schema: try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0,
                knownSchema: Int64(Migrations.version), tenant: tenant, tenants: tenants, tables: tables,
                bytes: try Int.fetchOne(
                    db, sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))
        }
    }

    /// Every page and every entry of every index: it takes as long as reading the file several times.
    package func checkThoroughly() async throws -> [String] {
        try await readDatabase { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
                .map { "The database is damaged: \($0)." }
        }
    }
}
