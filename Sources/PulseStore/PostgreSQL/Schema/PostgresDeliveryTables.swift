/// SQL by which messages about alerts are on their way to receivers. A migration of its own.
enum PostgresDeliveryTables {
    static let declaration = """
        CREATE TABLE deliveries (
            tenant text NOT NULL REFERENCES tenants,
            receiver text NOT NULL,
            alert text NOT NULL,
            since timestamptz NOT NULL,
            event text NOT NULL,
            document jsonb NOT NULL,
            recurrences bigint NOT NULL,
            created_at timestamptz NOT NULL,
            due_at timestamptz NOT NULL,
            attempts bigint NOT NULL,
            next_at timestamptz,
            ended_at timestamptz,
            outcome text,
            failure text,
            PRIMARY KEY (tenant, receiver, alert, since, event)
        );
        CREATE INDEX deliveries_due ON deliveries (tenant, receiver, next_at) WHERE next_at IS NOT NULL;
        COMMENT ON TABLE deliveries IS 'What receivers of alerts are told: one row a message, kept a month.';
        COMMENT ON COLUMN deliveries.receiver IS 'Its name in the configuration.';
        COMMENT ON COLUMN deliveries.alert IS 'The alert''s id.';
        COMMENT ON COLUMN deliveries.since IS 'Since when the alert was there, or as bad: one that comes back is another.';
        COMMENT ON COLUMN deliveries.event IS 'raised or resolved.';
        COMMENT ON COLUMN deliveries.document IS 'JSON: the alert as it was then.';
        COMMENT ON COLUMN deliveries.recurrences IS 'How often the alert came back since it was told.';
        COMMENT ON COLUMN deliveries.created_at IS 'When it was queued.';
        COMMENT ON COLUMN deliveries.due_at IS 'When it was to be tried first.';
        COMMENT ON COLUMN deliveries.attempts IS 'How often it was tried.';
        COMMENT ON COLUMN deliveries.next_at IS 'When it is tried, or tried again; null when it is over.';
        COMMENT ON COLUMN deliveries.ended_at IS 'Null while it is on its way.';
        COMMENT ON COLUMN deliveries.outcome IS 'delivered, given_up, or quiet: nobody has to be told. Null while on its way.';
        COMMENT ON COLUMN deliveries.failure IS 'Why the last try failed.'
        """

    /// The tables that it adds.
    static let names = ["deliveries"]
}
