/// Row-level security: what a tenant's connection sees and may write (PostgreSQL manual, "Row Security Policies").
enum PostgresTenancy {
    /// Forced, so that it holds for the tables' owner too.
    static func policy(on table: String) -> String {
        let name = "pulse.\(UnifiedTables.quoted(table))"
        return """
            ALTER TABLE \(name) ENABLE ROW LEVEL SECURITY; ALTER TABLE \(name) FORCE ROW LEVEL SECURITY;
            DROP POLICY IF EXISTS tenant ON \(name);
            CREATE POLICY tenant ON \(name) USING (tenant = current_setting('pulse.tenant', TRUE))
            """
    }

    /// Tables that tell, while the database is looked after, which tenants there are and were, and how long they keep what
    /// they share.
    static let seenInUpkeep = ["tenants", PostgresPartitioning.retention, PostgresRemovals.table]

    static func upkeep(on table: String) -> String {
        let name = "pulse.\(UnifiedTables.quoted(table))"
        return """
            DROP POLICY IF EXISTS upkeep ON \(name);
            CREATE POLICY upkeep ON \(name) FOR SELECT USING (current_setting('pulse.upkeep', TRUE) = 'on')
            """
    }
}
