package import PulseDomain
package import PulsePostgres

extension PostgresSurvey {
    /// What a tenant has in the database. Replicas will do, and nothing is changed. `nil` when there are no tables.
    ///
    /// Throws `PostgresAccessError` when there is no connection, and `StoreError`.
    package static func status(_ settings: PostgresSettings, tenant: TenantID) async throws -> StoreStatus? {
        let survey = try await take(settings, tenant: tenant)
        guard try survey.hasTables(), let version = survey.schema?.version else { return nil }
        let (tables, bytes) = try await reading(settings, tenant: tenant) { db in
            let found = try db.rows(
                """
                SELECT c.relname::text AS name, pg_total_relation_size(c.oid) + coalesce((
                        SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = c.oid
                    ), 0)::bigint AS bytes
                FROM pg_class AS c
                WHERE c.relnamespace = 'pulse'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                    AND EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant')
                ORDER BY c.relname
                """, [])
            let tables = try found.map { row in
                let name: String = try row["name"]
                let rows: Int? = try db.value(
                    "SELECT count(*) FROM pulse.\(UnifiedTables.quoted(name)) WHERE tenant = ?", [tenant.rawValue])
                return StoreStatus.Table(name: name, rows: rows ?? 0, bytes: try row["bytes"] as Int)
            }
            return (tables, try db.value("SELECT pg_database_size(current_database())", []) as Int?)
        }
        return StoreStatus(
            location: survey.location, database: survey.product, schema: version, knownSchema: knownVersion,
            tenant: tenant, tenants: survey.tenants, tables: tables, bytes: bytes, isReplica: survey.isReplica,
            lag: survey.lag)
    }

    /// `PostgreSQL 15.4`.
    package var product: String { "PostgreSQL \(serverVersion / 10_000).\(serverVersion % 10_000)" }

    /// Lends a transaction that may only read, as a tenant.
    static func reading<Value: Sendable>(
        _ settings: PostgresSettings, tenant: TenantID?, _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        var settings = settings
        settings.isForWriting = false
        if let tenant { settings.sessionParameters["pulse.tenant"] = tenant.rawValue }
        let location = settings.location
        let pool = PostgresPool(settings, limits: .init(connections: 1, patience: .zero))
        do {
            let value = try await pool.transaction(isReadOnly: true) { connection in
                try body(PostgresSession(connection: connection, stopwatch: { .zero }))
            }
            await pool.close()
            guard let value else { throw StoreError.closed }
            return value
        } catch {
            await pool.close()
            if let error = error as? PostgresError {
                throw [.connection, .access, .address].contains(error.kind)
                    ? PostgresAccessError(error, location: location) : StoreError(error, location: location)
            }
            throw error
        }
    }
}
