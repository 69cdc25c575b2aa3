package import PulseDomain

extension SQLStore {
    package func rowCount(in scope: CensusScope, of source: SourceID) async throws -> Int {
        let tenant = tenant
        return try await read { try scope.count(in: $0, tenant: tenant, source: source) }
    }

    package func rowCount(of table: TableName) async throws -> Int {
        let name = tenant.rawValue
        let table = try declared(table)
        return try await read { db in
            try db.value(
                """
                SELECT count(*) FROM \(UnifiedTables.quoted(table.name.rawValue))
                WHERE tenant = ? AND deleted_at IS NULL
                """, [name]) ?? 0
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
            return try rows.map { try $0.values.map(RowValue.init) }
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
                try RowVersion(
                    json: row["document"], replacedBy: RunID(row["replaced_by"]), replacedAt: row["replaced_at"])
            }
        }
    }
}

extension RowValue {
    fileprivate init(_ value: SQLValue) throws {
        switch value {
        case .null: self = .null
        case .boolean(let flag): self = .integer(flag ? 1 : 0)
        case .integer(let integer): self = .integer(integer)
        case .real(let real): self = .real(real)
        case .text(let text): self = .text(text)
        case .instant(let instant): self = .integer(instant.microseconds)
        case .bytes: throw StoredValueError(description: "bytes in a unified table")
        }
    }
}
