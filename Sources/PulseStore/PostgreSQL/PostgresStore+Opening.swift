package import PulseDomain
package import PulsePostgres

extension PostgresStore {
    /// Migrations carried out by this Pulse.
    static var version: Int64 { Int64(PostgresMigrations.all.count) }

    /// Connects, brings the schema up to date and adds the tenant.
    ///
    /// - Parameter changesNothing: the database is only looked at: its schema has to be the present one.
    /// Throws `StoreError`: `unavailable`, `tooNew`, `tooOld`, `readOnly`, `locked`.
    package static func open(
        _ settings: PostgresSettings, tenant: TenantID, options: Options = Options(), changesNothing: Bool = false
    ) async throws -> PostgresStore {
        var settings = settings
        settings.sessionParameters["pulse.tenant"] = tenant.rawValue
        let location = settings.location
        let pool = PostgresPool(settings, limits: options.limits, execution: options.execution)
        let store = PostgresStore(location: location, tenant: tenant, options: options, pool: pool)
        do {
            try await pool.withConnection { connection in
                guard !changesNothing else { return try PostgresSchema.checkIsKnown(connection, location: location) }
                try PostgresSchema.bringUpToDate(connection, location: location)
                try PostgresSchema.add(tenant, connection)
            }
        } catch {
            await pool.close()
            if let error = error as? PostgresError { throw StoreError(error, location: location) }
            throw error
        }
        return store
    }
}
