/// SQL of the tables that Pulse keeps for itself, as PostgreSQL has them. Every key begins with the tenant.
///
/// Part of migration 1: what was released is not edited; later changes are migrations of their own.
enum PostgresOwnTables {
    static let first = """
        CREATE TABLE tenants (
            tenant text NOT NULL PRIMARY KEY
        );

        CREATE TABLE counters (
            tenant text NOT NULL REFERENCES tenants,
            name text NOT NULL,
            value bigint NOT NULL,
            PRIMARY KEY (tenant, name)
        );

        CREATE TABLE notes (
            tenant text NOT NULL REFERENCES tenants,
            name text NOT NULL,
            text text NOT NULL,
            PRIMARY KEY (tenant, name)
        );

        CREATE TABLE shared_notes (
            tenant text NOT NULL REFERENCES tenants,
            name text NOT NULL,
            text text,
            PRIMARY KEY (tenant, name)
        );

        CREATE TABLE sources (
            tenant text NOT NULL REFERENCES tenants,
            source text NOT NULL,
            PRIMARY KEY (tenant, source)
        );

        CREATE TABLE jobs (
            tenant text NOT NULL REFERENCES tenants,
            job text NOT NULL,
            position bigint NOT NULL,
            is_listed boolean NOT NULL,
            definition jsonb NOT NULL,
            hold jsonb,
            last_success_at timestamptz,
            last_success_extracted bigint,
            PRIMARY KEY (tenant, job)
        );

        CREATE TABLE partitions (
            tenant text NOT NULL REFERENCES tenants,
            job text NOT NULL,
            partition text NOT NULL,
            title text NOT NULL,
            reference text NOT NULL,
            PRIMARY KEY (tenant, job, partition)
        );

        CREATE TABLE runs (
            tenant text NOT NULL REFERENCES tenants,
            id bigint NOT NULL,
            job text NOT NULL,
            mode text NOT NULL,
            state text NOT NULL,
            state_details jsonb NOT NULL,
            state_since timestamptz NOT NULL,
            started_by text NOT NULL,
            reason text NOT NULL,
            priority bigint NOT NULL,
            created_at timestamptz NOT NULL,
            started_at timestamptz,
            ended_at timestamptz,
            extracted bigint NOT NULL DEFAULT 0,
            inserted bigint NOT NULL DEFAULT 0,
            updated bigint NOT NULL DEFAULT 0,
            unchanged bigint NOT NULL DEFAULT 0,
            quarantined bigint NOT NULL DEFAULT 0,
            filtered bigint NOT NULL DEFAULT 0,
            tombstoned bigint NOT NULL DEFAULT 0,
            requests bigint NOT NULL DEFAULT 0,
            attempts bigint NOT NULL DEFAULT 0,
            fence bigint NOT NULL DEFAULT 0,
            holder text,
            lease_until timestamptz,
            correlation text NOT NULL,
            PRIMARY KEY (tenant, id)
        );
        CREATE INDEX runs_by_job ON runs (tenant, job, id);
        CREATE INDEX runs_open ON runs (tenant, id) WHERE state NOT IN ('stopped', 'failed', 'succeeded');

        CREATE TABLE job_changes (
            tenant text NOT NULL REFERENCES tenants,
            job text NOT NULL,
            number bigint NOT NULL,
            PRIMARY KEY (tenant, job)
        );
        CREATE INDEX job_changes_by_number ON job_changes (tenant, number);

        CREATE TABLE checkpoints (
            tenant text NOT NULL,
            job text NOT NULL,
            partition text NOT NULL,
            sequence bigint NOT NULL,
            source text NOT NULL,
            stream text NOT NULL,
            run bigint NOT NULL,
            mode text NOT NULL,
            cursor text,
            watermark jsonb,
            high_water jsonb,
            extracted bigint NOT NULL,
            inserted bigint NOT NULL,
            updated bigint NOT NULL,
            unchanged bigint NOT NULL,
            quarantined bigint NOT NULL,
            filtered bigint NOT NULL,
            tombstoned bigint NOT NULL,
            pages bigint NOT NULL,
            expected bigint,
            page_size bigint,
            walk bigint,
            walk_started_at timestamptz,
            is_suspicious boolean NOT NULL DEFAULT FALSE,
            saved_at timestamptz NOT NULL,
            PRIMARY KEY (tenant, job, partition, sequence),
            FOREIGN KEY (tenant, run) REFERENCES runs (tenant, id)
        );
        CREATE INDEX checkpoints_by_run ON checkpoints (tenant, run);

        CREATE TABLE raw_pages (
            tenant text NOT NULL,
            id bigint NOT NULL,
            job text NOT NULL,
            source text NOT NULL,
            stream text NOT NULL,
            partition text NOT NULL,
            run bigint NOT NULL,
            cursor text NOT NULL,
            request text NOT NULL,
            fetched_at timestamptz NOT NULL,
            correlation text NOT NULL,
            size bigint NOT NULL,
            is_compressed boolean NOT NULL,
            body bytea NOT NULL,
            PRIMARY KEY (tenant, id),
            FOREIGN KEY (tenant, run) REFERENCES runs (tenant, id)
        );
        CREATE INDEX raw_pages_by_job ON raw_pages (tenant, job, id);
        CREATE INDEX raw_pages_by_age ON raw_pages (tenant, fetched_at);
        CREATE INDEX raw_pages_by_run ON raw_pages (tenant, run);

        CREATE TABLE quarantine (
            tenant text NOT NULL,
            id bigint NOT NULL,
            job text NOT NULL,
            source text NOT NULL,
            stream text NOT NULL,
            partition text NOT NULL,
            run bigint NOT NULL,
            page_id bigint,
            cursor text NOT NULL,
            record_id text,
            code text NOT NULL,
            reason text NOT NULL,
            payload bytea NOT NULL,
            state text NOT NULL,
            at timestamptz NOT NULL,
            replays bigint NOT NULL DEFAULT 0,
            PRIMARY KEY (tenant, id),
            FOREIGN KEY (tenant, run) REFERENCES runs (tenant, id)
        );
        CREATE INDEX quarantine_by_state ON quarantine (tenant, state, job, id);
        CREATE INDEX quarantine_by_record ON quarantine (tenant, job, partition, record_id);
        CREATE INDEX quarantine_by_run ON quarantine (tenant, run);

        CREATE TABLE row_versions (
            tenant text NOT NULL,
            table_name text NOT NULL,
            source text NOT NULL,
            row_id text NOT NULL,
            id bigint GENERATED ALWAYS AS IDENTITY,
            document jsonb NOT NULL,
            replaced_by bigint NOT NULL,
            replaced_at timestamptz NOT NULL,
            PRIMARY KEY (tenant, id)
        );
        CREATE INDEX row_versions_by_row ON row_versions (tenant, table_name, source, row_id, id);

        CREATE TABLE tombstones (
            tenant text NOT NULL,
            id bigint NOT NULL,
            job text NOT NULL,
            source text NOT NULL,
            stream text NOT NULL,
            partition text NOT NULL,
            run bigint NOT NULL,
            table_name text NOT NULL,
            column_name text,
            column_value text,
            records bigint NOT NULL,
            known bigint NOT NULL,
            at timestamptz NOT NULL,
            census_started_at timestamptz NOT NULL,
            is_held boolean NOT NULL,
            undone_at timestamptz,
            PRIMARY KEY (tenant, id)
        );

        CREATE TABLE tombstone_candidates (
            tenant text NOT NULL,
            finding bigint NOT NULL,
            row_id text NOT NULL,
            PRIMARY KEY (tenant, finding, row_id),
            FOREIGN KEY (tenant, finding) REFERENCES tombstones (tenant, id)
        );

        CREATE TABLE census_ids (
            tenant text NOT NULL,
            job text NOT NULL,
            partition text NOT NULL,
            walk bigint NOT NULL,
            row_id text NOT NULL,
            PRIMARY KEY (tenant, job, partition, walk, row_id)
        );

        CREATE TABLE quotas (
            tenant text NOT NULL REFERENCES tenants,
            identity text NOT NULL,
            bucket text NOT NULL,
            most bigint,
            remaining bigint,
            resets_at timestamptz,
            "window" bigint,
            blocked_until timestamptz,
            updated_at timestamptz NOT NULL,
            PRIMARY KEY (tenant, identity, bucket)
        );

        CREATE TABLE quota_ledger (
            tenant text NOT NULL,
            run bigint NOT NULL,
            at timestamptz NOT NULL,
            identity text NOT NULL,
            bucket text NOT NULL,
            requests bigint NOT NULL,
            points bigint NOT NULL,
            FOREIGN KEY (tenant, run) REFERENCES runs (tenant, id)
        );
        CREATE INDEX quota_ledger_by_quota ON quota_ledger (tenant, identity, bucket, at);
        CREATE INDEX quota_ledger_by_run ON quota_ledger (tenant, run);

        CREATE TABLE breakers (
            tenant text NOT NULL REFERENCES tenants,
            source text NOT NULL,
            endpoint text NOT NULL,
            position text NOT NULL,
            failures bigint NOT NULL,
            opened_at timestamptz,
            probes_at timestamptz,
            because text,
            PRIMARY KEY (tenant, source, endpoint)
        );

        CREATE TABLE logs (
            tenant text NOT NULL REFERENCES tenants,
            sequence bigint NOT NULL,
            at timestamptz NOT NULL,
            level text NOT NULL,
            job text,
            partition text,
            message text NOT NULL,
            facts jsonb,
            correlation text,
            PRIMARY KEY (tenant, sequence)
        );

        CREATE TABLE alerts (
            tenant text NOT NULL REFERENCES tenants,
            alert text NOT NULL,
            since timestamptz NOT NULL,
            position bigint NOT NULL,
            document jsonb NOT NULL,
            ended_at timestamptz,
            PRIMARY KEY (tenant, alert, since)
        );
        CREATE INDEX alerts_present ON alerts (tenant, position) WHERE ended_at IS NULL;

        CREATE TABLE audit_log (
            tenant text NOT NULL REFERENCES tenants,
            sequence bigint NOT NULL,
            at timestamptz NOT NULL,
            principal text NOT NULL,
            action text NOT NULL,
            subject text NOT NULL,
            reason text NOT NULL,
            outcome text NOT NULL,
            is_refused boolean NOT NULL,
            correlation text NOT NULL,
            PRIMARY KEY (tenant, sequence)
        );

        COMMENT ON TABLE tenants IS 'Whose data is in this file.';
        COMMENT ON TABLE counters IS 'The last number given out, by what is numbered.';
        COMMENT ON TABLE notes IS 'Small texts that an engine keeps by name.';
        COMMENT ON TABLE sources IS 'Configured accounts that rows came from.';
        COMMENT ON TABLE jobs IS 'What is to be synchronised and when.';
        COMMENT ON COLUMN jobs.job IS 'source/stream';
        COMMENT ON COLUMN jobs.position IS 'Order in the configuration.';
        COMMENT ON COLUMN jobs.is_listed IS 'False once it is gone from the configuration.';
        COMMENT ON COLUMN jobs.definition IS 'JSON.';
        COMMENT ON COLUMN jobs.hold IS 'JSON: by whom, why, since when; null when it may start.';
        COMMENT ON TABLE partitions IS 'Parts of a job that have cursors of their own.';
        COMMENT ON TABLE runs IS 'Executions of jobs.';
        COMMENT ON COLUMN runs.mode IS 'incremental, full, census, or range FROM TO.';
        COMMENT ON COLUMN runs.state_details IS 'JSON: the state with what belongs to it.';
        COMMENT ON COLUMN runs.attempts IS 'How often it was claimed.';
        COMMENT ON COLUMN runs.fence IS 'Grows with each claim; only its newest holder may write.';
        COMMENT ON TABLE checkpoints IS 'Where partitions stood, one for each commit; the highest sequence counts.';
        COMMENT ON COLUMN checkpoints.cursor IS 'Null when the walk is complete.';
        COMMENT ON COLUMN checkpoints.watermark IS 'JSON.';
        COMMENT ON COLUMN checkpoints.high_water IS 'JSON.';
        COMMENT ON COLUMN checkpoints.walk IS 'Null when its beginning is not known.';
        COMMENT ON TABLE raw_pages IS 'Responses as they came; without those that changed nothing.';
        COMMENT ON COLUMN raw_pages.size IS 'Bytes before compression.';
        COMMENT ON COLUMN raw_pages.is_compressed IS 'True: body is a zlib stream.';
        COMMENT ON TABLE quarantine IS 'Records that could not be loaded.';
        COMMENT ON COLUMN quarantine.state IS 'waiting, replayed, discarded.';
        COMMENT ON TABLE row_versions IS 'What changed rows were before.';
        COMMENT ON COLUMN row_versions.id IS 'Grows.';
        COMMENT ON COLUMN row_versions.document IS 'JSON by column name.';
        COMMENT ON COLUMN row_versions.replaced_by IS 'The run.';
        COMMENT ON TABLE tombstones IS 'What was found gone at a source.';
        COMMENT ON COLUMN tombstones.census_started_at IS 'Rows written later are not judged.';
        COMMENT ON COLUMN tombstones.is_held IS 'True until confirmed.';
        COMMENT ON TABLE tombstone_candidates IS 'Rows that a held finding is about.';
        COMMENT ON TABLE census_ids IS 'What censuses under way have listed so far.';
        COMMENT ON TABLE shared_notes IS 'What engines know together: who leads, and where limits stand.';
        COMMENT ON TABLE job_changes IS 'The number of the newest change of a job''s runs or hold: other engines read what is new to them.';
        COMMENT ON COLUMN job_changes.number IS 'Without gaps, in the order in which changes were committed.';
        COMMENT ON TABLE quotas IS 'Providers'' limits as last seen.';
        COMMENT ON COLUMN quotas."window" IS 'Microseconds.';
        COMMENT ON TABLE quota_ledger IS 'What each commit had spent.';
        COMMENT ON TABLE breakers IS 'Circuit breakers by endpoint.';
        COMMENT ON TABLE logs IS 'The newest log lines.';
        COMMENT ON COLUMN logs.facts IS 'JSON; null when there are none.';
        COMMENT ON TABLE alerts IS 'Present alerts, and past ones with their end.';
        COMMENT ON COLUMN alerts.document IS 'JSON.';
        COMMENT ON TABLE audit_log IS 'Who did what.';

        CREATE SEQUENCE raw_page_numbers;
        CREATE SEQUENCE quarantine_numbers;
        """

    /// The tables of ``first``: all of them have a column `tenant`.
    static let names = [
        "tenants", "counters", "notes", "shared_notes", "sources", "jobs", "partitions", "runs", "job_changes",
        "checkpoints",
        "raw_pages",
        "quarantine", "row_versions", "tombstones", "tombstone_candidates", "census_ids", "quotas",
        "quota_ledger", "breakers", "logs", "alerts", "audit_log",
    ]
}
