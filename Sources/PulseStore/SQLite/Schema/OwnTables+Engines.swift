extension OwnTables {
    /// Engines are known by name, and each log line tells whose it is.
    static let engines = """
        CREATE TABLE engines ( -- Engines that work, or worked lately. Instants are microseconds since 1970 in UTC.
            tenant TEXT NOT NULL REFERENCES tenants,
            engine TEXT NOT NULL, -- What runs name as their holder.
            host TEXT NOT NULL,
            pid INTEGER NOT NULL,
            version TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            seen_at INTEGER NOT NULL, -- When it was heard of last.
            ended_at INTEGER, -- Null while it works, and when it fell silent.
            report TEXT NOT NULL, -- JSON: what it said last of its work.
            PRIMARY KEY (tenant, engine)
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE logs ADD COLUMN engine TEXT; -- Null of what commands wrote.
        """
}
