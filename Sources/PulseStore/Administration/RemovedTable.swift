import PulseDomain

/// A table that has rows of tenants, as they are removed from it. What there is is asked of the database: a table that is
/// made tomorrow is not forgotten.
struct RemovedTable: Sendable {
    let name: String
    /// What tells rows apart within a statement.
    private let places: [String]

    /// Every one but the tenants' own, and what is kept of removals: those that others refer to last.
    static func all(_ db: any SQLSession) throws -> [RemovedTable] {
        let (found, references) = try db is PostgresSession ? postgres(db) : sqlite(db)
        var rest = found.filter { !["tenants", PostgresRemovals.table].contains($0.name) }
        var ordered: [RemovedTable] = []
        while !rest.isEmpty {
            let referred = Set(rest.flatMap { table in (references[table.name] ?? []).filter { $0 != table.name } })
            let next = rest.filter { !referred.contains($0.name) }
            guard !next.isEmpty else { throw StoreError.inconsistent("tables refer to each other in a circle") }
            ordered += next
            rest.removeAll { referred.contains($0.name) == false }
        }
        return ordered
    }

    /// Partitions by themselves: a row's place is one within its partition.
    private static func postgres(_ db: any SQLSession) throws -> ([RemovedTable], [String: Set<String>]) {
        let tables = try db.rows(
            """
            SELECT c.relname::text AS name FROM pg_class AS c
            WHERE c.relnamespace = 'pulse'::regnamespace AND c.relkind = 'r'
                AND EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant')
            ORDER BY c.relname
            """, [])
        let references = try db.rows(
            """
            SELECT a.relname::text AS name, b.relname::text AS target FROM pg_constraint AS k
            JOIN pg_class AS a ON a.oid = k.conrelid JOIN pg_class AS b ON b.oid = k.confrelid
            WHERE k.contype = 'f' AND k.connamespace = 'pulse'::regnamespace
            """, [])
        return (
            try tables.map { RemovedTable(name: try $0["name"], places: ["ctid"]) }, try grouped(references)
        )
    }

    private static func sqlite(_ db: any SQLSession) throws -> ([RemovedTable], [String: Set<String>]) {
        let tables = try db.rows(
            """
            SELECT l.name AS name, l.wr AS is_keyed FROM pragma_table_list AS l
            WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite_%'
                AND EXISTS (SELECT 1 FROM pragma_table_info(l.name) WHERE name = 'tenant')
            ORDER BY l.name
            """, [])
        let references = try db.rows(
            """
            SELECT l.name AS name, f."table" AS target FROM pragma_table_list AS l
            JOIN pragma_foreign_key_list(l.name) AS f WHERE l.schema = 'main' AND l.type = 'table'
            """, [])
        let found = try tables.map { row in
            let name: String = try row["name"]
            guard try row["is_keyed"] as Int == 1 else { return RemovedTable(name: name, places: ["rowid"]) }
            let key = try db.rows("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", [name])
            return RemovedTable(name: name, places: try key.map { try $0["name"] })
        }
        return (found, try grouped(references))
    }

    private static func grouped(_ references: [SQLRow]) throws -> [String: Set<String>] {
        var grouped: [String: Set<String>] = [:]
        for row in references { grouped[try row["name"] as String, default: []].insert(try row["target"] as String) }
        return grouped
    }

    /// Removes at most so many rows; how many it were.
    func remove(_ limit: Int, of tenant: String, _ db: any SQLSession) throws -> Int {
        let table = UnifiedTables.quoted(name)
        let list = places.map(UnifiedTables.quoted).joined(separator: ", ")
        let some = "SELECT \(list) FROM \(table) WHERE tenant = ?1 LIMIT ?2"
        let condition = db is PostgresSession ? "ctid = ANY (ARRAY(\(some)))" : "(\(list)) IN (\(some))"
        return try db.run("DELETE FROM \(table) WHERE tenant = ?1 AND \(condition)", [tenant, limit])
    }
}
