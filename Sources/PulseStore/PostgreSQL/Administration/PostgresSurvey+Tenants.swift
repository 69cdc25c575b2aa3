package import PulsePostgres

extension PostgresSurvey {
    /// What is kept of the tenants that were removed, newest first. Throws `PostgresAccessError` and `StoreError`.
    package static func removals(_ settings: PostgresSettings) async throws -> [TenantRemoval.Record] {
        var settings = settings
        settings.sessionParameters["pulse.upkeep"] = "on"
        return try await reading(settings, tenant: nil) { db in
            let isThere: Bool? = try db.value(
                "SELECT to_regclass('pulse.\(PostgresRemovals.table)') IS NOT NULL", [])
            return isThere == true ? try TenantRemoval.records(db) : []
        }
    }
}
