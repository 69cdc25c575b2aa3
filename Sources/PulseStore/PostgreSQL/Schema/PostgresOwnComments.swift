/// What the columns of Pulse's own tables mean, where ``PostgresOwnTables`` does not say it beside them.
///
/// The same name means the same everywhere, so each is told once.
enum PostgresOwnComments {
    /// Comments every column that has no comment yet.
    static var declaration: String {
        let told = meanings.map { name, meaning in
            "(\(PostgresUnifiedTables.literal(name)), \(PostgresUnifiedTables.literal(meaning)))"
        }
        return """
            DO $comments$ DECLARE found record; BEGIN
                FOR found IN
                    SELECT tables.relname, columns.attname, told.meaning FROM pg_attribute AS columns
                    JOIN pg_class AS tables ON tables.oid = columns.attrelid
                    JOIN (VALUES \(told.joined(separator: ",\n                "))) AS told (name, meaning)
                        ON told.name = columns.attname
                    WHERE tables.relnamespace = 'pulse'::regnamespace AND tables.relkind IN ('r', 'p') AND columns.attnum > 0
                        AND NOT columns.attisdropped AND col_description(tables.oid, columns.attnum) IS NULL
                LOOP
                    EXECUTE format('COMMENT ON COLUMN pulse.%I.%I IS %L', found.relname, found.attname, found.meaning);
                END LOOP;
            END $comments$;
            COMMENT ON TABLE pulse.schema_version IS 'Which schema the database has.';
            COMMENT ON SCHEMA pulse IS 'Engineering data of Pulse: tables, and views (v_...) of what is there.'
            """
    }

    private static let meanings = [
        ("tenant", "Whose data it is."), ("source", "The configured source."), ("stream", "The kind of record."),
        ("job", "The job: source/stream."), ("partition", "The partition of the stream."), ("run", "The run."),
        ("id", "Number within the tenant."), ("name", "Name."), ("value", "The last number given out."),
        ("text", "The text."), ("title", "As people read it."), ("reference", "What requests call it."),
        ("last_success_at", "When a run of it last succeeded."),
        ("last_success_extracted", "Records that the last run that succeeded had found."),
        ("state", "Where it stands."), ("state_since", "Since when."), ("started_by", "Who or what started it."),
        ("reason", "Why."), ("priority", "Higher ones are claimed first."), ("created_at", "When it was queued."),
        ("started_at", "When it was first claimed; null before."), ("ended_at", "When it ended; null before."),
        ("extracted", "Records found."), ("inserted", "Rows added."), ("updated", "Rows changed."),
        ("unchanged", "Records that changed nothing."), ("quarantined", "Records that could not be loaded."),
        ("filtered", "Records left out by a declared rule."), ("tombstoned", "Rows marked as gone at the source."),
        ("requests", "Requests sent."), ("holder", "The engine that holds it."),
        ("lease_until", "Until when its holder may be silent."),
        ("correlation", "Marks everything that follows from one command."), ("mode", "As the run's."),
        ("sequence", "Grows."), ("cursor", "Where the page was asked for."), ("pages", "Pages read."),
        ("expected", "Records that the provider announced; null where it does not."),
        ("page_size", "The page size that worked; null for the usual one."),
        ("walk", "The walk that lists them."), ("walk_started_at", "When the walk began."),
        ("is_suspicious", "Whether nothing was found where there always was something."),
        ("saved_at", "When it was committed."), ("request", "The request, without secrets."),
        ("fetched_at", "When the answer came."), ("body", "The answer's bytes."), ("page_id", "The raw page."),
        ("record_id", "The record's id, where it has one."), ("code", "The kind of error."),
        ("payload", "What the provider sent of the record."), ("at", "When."),
        ("replays", "How often it was tried again."), ("table_name", "The table."), ("row_id", "The row's id."),
        ("replaced_at", "When it was replaced."), ("column_name", "The column that the census was limited by."),
        ("column_value", "The value that it was limited to."), ("records", "Rows found gone."),
        ("known", "Rows that were known."), ("undone_at", "When it was taken back."),
        ("finding", "The tombstone that it belongs to."), ("identity", "Whose quota it is."),
        ("bucket", "Which quota it is."), ("most", "The limit; null when not known."),
        ("remaining", "What is left; null when not known."), ("resets_at", "When it is full again."),
        ("blocked_until", "Until when nothing may be sent."), ("updated_at", "When it was last seen."),
        ("points", "Points spent."), ("endpoint", "What the breaker is for."),
        ("position", "Its place, or whether a breaker is closed, open or half open."),
        ("failures", "Failures in a row."), ("opened_at", "When it opened."), ("probes_at", "When it tries again."),
        ("because", "What made it open."), ("level", "How grave it is."), ("message", "The sentence."),
        ("alert", "What it is about."), ("since", "Since when."), ("principal", "Who acted."),
        ("action", "What was asked for."), ("subject", "What it was about."), ("outcome", "What came of it."),
        ("is_refused", "Whether it was refused."), ("version", "Migrations carried out."),
        ("unified", "A digest of what declares the unified tables and views."),
    ]
}
