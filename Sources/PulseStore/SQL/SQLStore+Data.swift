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

    package func rows(_ filter: RowFilter) async throws -> [[RowValue]] {
        let table = try declared(filter.table)
        let columns = table.columns + Table.provenance
        var values: [SQLValue] = [
            .text(tenant.rawValue), .text(filter.after?.source.rawValue ?? ""), .text(filter.after?.id ?? ""),
        ]
        var conditions = filter.includesDeleted ? "" : " AND deleted_at IS NULL"
        for condition in filter.conditions {
            guard let column = columns.first(where: { $0.name == condition.column }), column.type != .json else {
                throw StoreError.inconsistent("rows of \(table.name) cannot be chosen by \(condition.column)")
            }
            let name = UnifiedTables.quoted(column.name)
            guard let value = try SQLValue(condition.value, as: column) else {
                conditions += " AND \(name) IS NULL"
                continue
            }
            conditions += " AND \(name) = ?"
            values.append(value)
        }
        values.append(.integer(Int64(max(0, filter.limit))))
        let statement = """
            SELECT \(columns.map { UnifiedTables.quoted($0.name) }.joined(separator: ", "))
            FROM \(UnifiedTables.quoted(table.name.rawValue))
            WHERE tenant = ? AND (source, id) > (?, ?)\(conditions) ORDER BY source, id LIMIT ?
            """
        return try await read { [values] db in
            try db.rows(statement, values.map { $0 }).map { try $0.values.map(RowValue.init) }
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

extension SQLValue {
    /// What a column is compared with; `nil` for null.
    fileprivate init?(_ value: RowValue, as column: Column) throws {
        switch (column.type, value) {
        case (_, .null): return nil
        case (.boolean, .integer(let flag)): self = .boolean(flag != 0)
        case (.instant, .integer(let time)): self = .instant(Instant(microseconds: time))
        case (.integer, .integer(let integer)): self = .integer(integer)
        case (.real, .real(let real)): self = .real(real)
        case (.real, .integer(let integer)): self = .real(Double(integer))
        case (.text, .text(let text)): self = .text(text)
        default: throw StoreError.inconsistent("the column \(column.name) cannot hold what it is compared with")
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
