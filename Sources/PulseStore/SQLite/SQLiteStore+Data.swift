import GRDB
import GRDBSQLite
package import PulseDomain

extension SQLiteStore {
    package func rowCount(in scope: CensusScope, of source: SourceID) async throws -> Int {
        let tenant = tenant
        return try await read { try scope.count(in: $0, tenant: tenant, source: source) }
    }

    package func rowCount(of table: TableName) async throws -> Int {
        let name = tenant.rawValue
        let table = try declared(table)
        return try await read { db in
            try Int.fetchOne(
                db,
                cachedSQL: """
                    SELECT count(*) FROM \(UnifiedTables.quoted(table.name.rawValue))
                    WHERE tenant = ? AND deleted_at IS NULL
                    """, arguments: [name]) ?? 0
        }
    }

    package func rows(of table: TableName, includingDeleted: Bool, after id: RowID?, limit: Int) async throws
        -> [[RowValue]]
    {
        let name = tenant.rawValue
        let table = try declared(table)
        return try await read { db in
            let columns = (table.columns + Table.provenance).map { UnifiedTables.quoted($0.name) }
            let presence = includingDeleted ? "" : "AND deleted_at IS NULL"
            let rows = try db.rows(
                """
                SELECT \(columns.joined(separator: ", ")) FROM \(UnifiedTables.quoted(table.name.rawValue))
                WHERE tenant = ? AND (source, id) > (?, ?) \(presence) ORDER BY source, id LIMIT ?
                """, [name, id?.source.rawValue ?? "", id?.id ?? "", max(0, limit)])
            return rows.map { $0.databaseValues.map(RowValue.init) }
        }
    }

    package func versions(of table: TableName, row: RowID) async throws -> [RowVersion] {
        let name = tenant.rawValue
        let table = try declared(table)
        return try await read { db in
            try db.rows(
                """
                SELECT document, replaced_by, replaced_at FROM row_versions
                WHERE tenant = ? AND table_name = ? AND source = ? AND row_id = ? ORDER BY id DESC
                """, [name, table.name.rawValue, row.source.rawValue, row.id]
            ).map { row in
                RowVersion(
                    json: row["document"], replacedBy: RunID(row["replaced_by"]), replacedAt: row["replaced_at"])
            }
        }
    }

    package func check() async throws -> [String] {
        try await read { db in
            var findings = try String.fetchAll(db, sql: "PRAGMA quick_check(20)").filter { $0 != "ok" }
                .map { "The database is damaged: \($0)." }
            for violation in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").prefix(20) {
                findings.append(
                    "A row of \(violation["table"] as String) refers to a row of \(violation["parent"] as String) "
                        + "that is not there.")
            }
            return findings
        }
    }

    /// The declaration of a unified table.
    func declared(_ name: TableName) throws -> Table {
        guard let table = UnifiedSchema.table(name) else {
            throw StoreError.inconsistent("there is no table \(name)")
        }
        return table
    }
}

extension RowValue {
    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let integer): self = .integer(integer)
        case .double(let real): self = .real(real)
        case .string(let text): self = .text(text)
        case .blob(let bytes): self = .text(String(decoding: bytes, as: UTF8.self))
        }
    }
}
