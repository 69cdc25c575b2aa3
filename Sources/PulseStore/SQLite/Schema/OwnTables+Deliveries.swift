extension OwnTables {
    /// The fifth migration: messages about alerts are on their way to receivers.
    static let deliveries = """
        CREATE TABLE deliveries ( -- What receivers of alerts are told: one row a message, kept a month.
            tenant TEXT NOT NULL REFERENCES tenants,
            receiver TEXT NOT NULL, -- Its name in the configuration.
            alert TEXT NOT NULL, -- The alert's id.
            since INTEGER NOT NULL, -- Since when the alert was there, or as bad: one that comes back is another.
            event TEXT NOT NULL, -- raised or resolved.
            document TEXT NOT NULL, -- JSON: the alert as it was then.
            recurrences INTEGER NOT NULL, -- How often the alert came back since it was told.
            created_at INTEGER NOT NULL, -- When it was queued.
            due_at INTEGER NOT NULL, -- When it was to be tried first.
            attempts INTEGER NOT NULL, -- How often it was tried.
            next_at INTEGER, -- When it is tried, or tried again; null when it is over.
            ended_at INTEGER, -- Null while it is on its way.
            outcome TEXT, -- delivered, given_up, or quiet: nobody has to be told. Null while on its way.
            failure TEXT, -- Why the last try failed.
            PRIMARY KEY (tenant, receiver, alert, since, event)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX deliveries_due ON deliveries (tenant, receiver, next_at) WHERE next_at IS NOT NULL;
        """
}
