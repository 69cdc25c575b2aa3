/// SQL of what is kept of tenants that were removed. A migration of its own.
enum PostgresRemovals {
    static let declaration = """
        CREATE TABLE removed_tenants (
            tenant text NOT NULL,
            begun_at timestamptz NOT NULL,
            ended_at timestamptz,
            principal text NOT NULL,
            reason text NOT NULL,
            row_count bigint NOT NULL,
            correlation text NOT NULL,
            PRIMARY KEY (tenant, begun_at)
        );
        COMMENT ON TABLE removed_tenants IS 'Tenants whose data was removed: by whom, and why. Nothing else is left of them.';
        COMMENT ON COLUMN removed_tenants.tenant IS 'Whose data it was.';
        COMMENT ON COLUMN removed_tenants.begun_at IS 'When removing began.';
        COMMENT ON COLUMN removed_tenants.ended_at IS 'When the last row was gone; null of a removal that was interrupted.';
        COMMENT ON COLUMN removed_tenants.row_count IS 'Rows removed so far.'
        """

    /// The tables that it adds.
    static let names = [table]
    static let table = "removed_tenants"
}
