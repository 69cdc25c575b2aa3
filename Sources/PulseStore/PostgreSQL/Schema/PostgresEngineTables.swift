/// SQL by which engines are known by name, and log lines tell whose they are. A migration of its own.
enum PostgresEngineTables {
    static let declaration = """
        CREATE TABLE engines (
            tenant text NOT NULL REFERENCES tenants,
            engine text NOT NULL,
            host text NOT NULL,
            pid bigint NOT NULL,
            version text NOT NULL,
            started_at timestamptz NOT NULL,
            seen_at timestamptz NOT NULL,
            ended_at timestamptz,
            report jsonb NOT NULL,
            PRIMARY KEY (tenant, engine)
        );
        ALTER TABLE logs ADD COLUMN engine text;
        COMMENT ON TABLE engines IS 'Engines that work, or worked lately.';
        COMMENT ON COLUMN engines.engine IS 'What runs name as their holder.';
        COMMENT ON COLUMN engines.pid IS 'The number of its process.';
        COMMENT ON COLUMN engines.version IS 'Of Pulse.';
        COMMENT ON COLUMN engines.started_at IS 'By its own clock.';
        COMMENT ON COLUMN engines.seen_at IS 'When it was heard of last, by the server''s clock.';
        COMMENT ON COLUMN engines.ended_at IS 'Null while it works, and when it fell silent.';
        COMMENT ON COLUMN engines.report IS 'JSON: what it said last of its work.';
        COMMENT ON COLUMN engines.host IS 'The machine.';
        COMMENT ON COLUMN logs.engine IS 'The engine that wrote it; null of what commands wrote.'
        """

    /// The tables that it adds.
    static let names = ["engines"]
}
