extension OwnTables {
    /// What is kept of tenants that were removed; and checkpoints are found by their age.
    static let removals = """
        CREATE TABLE removed_tenants ( -- Tenants whose data was removed. Nothing else is left of them.
            tenant TEXT NOT NULL,
            begun_at INTEGER NOT NULL,
            ended_at INTEGER, -- When the last row was gone; null of a removal that was interrupted.
            principal TEXT NOT NULL,
            reason TEXT NOT NULL,
            row_count INTEGER NOT NULL, -- Rows removed so far.
            correlation TEXT NOT NULL,
            PRIMARY KEY (tenant, begun_at)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX checkpoints_by_age ON checkpoints (tenant, saved_at);
        """
}
