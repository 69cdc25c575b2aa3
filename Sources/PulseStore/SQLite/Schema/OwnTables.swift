/// SQL of the tables that Pulse keeps for itself. Every key begins with the tenant.
///
/// Part of migration 1: what was released is not edited; later changes are migrations of their own.
enum OwnTables {
    static let first = """
        CREATE TABLE tenants ( -- Whose data is in this file.
            tenant TEXT NOT NULL PRIMARY KEY
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE counters ( -- The last number given out, by what is numbered.
            tenant TEXT NOT NULL REFERENCES tenants,
            name TEXT NOT NULL,
            value INTEGER NOT NULL,
            PRIMARY KEY (tenant, name)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE notes ( -- Small texts that an engine keeps by name.
            tenant TEXT NOT NULL REFERENCES tenants,
            name TEXT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (tenant, name)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE sources ( -- Configured accounts that rows came from.
            tenant TEXT NOT NULL REFERENCES tenants,
            source TEXT NOT NULL,
            PRIMARY KEY (tenant, source)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE jobs ( -- What is to be synchronised and when.
            tenant TEXT NOT NULL REFERENCES tenants,
            job TEXT NOT NULL, -- source/stream
            position INTEGER NOT NULL, -- Order in the configuration.
            is_listed INTEGER NOT NULL, -- 0 once it is gone from the configuration.
            definition TEXT NOT NULL, -- JSON.
            hold TEXT, -- JSON: by whom, why, since when; null when it may start.
            last_success_at INTEGER, -- Microseconds since 1970 in UTC.
            last_success_extracted INTEGER,
            PRIMARY KEY (tenant, job)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE partitions ( -- Parts of a job that have cursors of their own.
            tenant TEXT NOT NULL REFERENCES tenants,
            job TEXT NOT NULL,
            partition TEXT NOT NULL,
            title TEXT NOT NULL,
            reference TEXT NOT NULL,
            PRIMARY KEY (tenant, job, partition)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE runs ( -- Executions of jobs. Instants are microseconds since 1970 in UTC.
            tenant TEXT NOT NULL REFERENCES tenants,
            id INTEGER NOT NULL,
            job TEXT NOT NULL,
            mode TEXT NOT NULL, -- incremental, full, census, or range FROM TO.
            state TEXT NOT NULL,
            state_details TEXT NOT NULL, -- JSON: the state with what belongs to it.
            state_since INTEGER NOT NULL,
            started_by TEXT NOT NULL,
            reason TEXT NOT NULL,
            priority INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            started_at INTEGER,
            ended_at INTEGER,
            extracted INTEGER NOT NULL DEFAULT 0,
            inserted INTEGER NOT NULL DEFAULT 0,
            updated INTEGER NOT NULL DEFAULT 0,
            unchanged INTEGER NOT NULL DEFAULT 0,
            quarantined INTEGER NOT NULL DEFAULT 0,
            filtered INTEGER NOT NULL DEFAULT 0,
            tombstoned INTEGER NOT NULL DEFAULT 0,
            requests INTEGER NOT NULL DEFAULT 0,
            attempts INTEGER NOT NULL DEFAULT 0, -- How often it was claimed.
            fence INTEGER NOT NULL DEFAULT 0, -- Grows with each claim; only its newest holder may write.
            holder TEXT,
            lease_until INTEGER,
            correlation TEXT NOT NULL,
            PRIMARY KEY (tenant, id)
        ) STRICT;
        CREATE INDEX runs_by_job ON runs (tenant, job, id);
        CREATE INDEX runs_open ON runs (tenant, id) WHERE state NOT IN ('stopped', 'failed', 'succeeded');

        CREATE TABLE checkpoints ( -- Where partitions stood, one for each commit; the highest sequence counts.
            tenant TEXT NOT NULL,
            job TEXT NOT NULL,
            partition TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            source TEXT NOT NULL,
            stream TEXT NOT NULL,
            run INTEGER NOT NULL,
            mode TEXT NOT NULL,
            cursor TEXT, -- Null when the walk is complete.
            watermark TEXT, -- JSON.
            high_water TEXT, -- JSON.
            extracted INTEGER NOT NULL,
            inserted INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            unchanged INTEGER NOT NULL,
            quarantined INTEGER NOT NULL,
            filtered INTEGER NOT NULL,
            tombstoned INTEGER NOT NULL,
            pages INTEGER NOT NULL,
            expected INTEGER,
            page_size INTEGER,
            saved_at INTEGER NOT NULL,
            PRIMARY KEY (tenant, job, partition, sequence),
            FOREIGN KEY (tenant, run) REFERENCES runs (tenant, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX checkpoints_by_run ON checkpoints (tenant, run);

        CREATE TABLE raw_pages ( -- Responses as they came; without those that changed nothing.
            tenant TEXT NOT NULL,
            id INTEGER NOT NULL,
            job TEXT NOT NULL,
            source TEXT NOT NULL,
            stream TEXT NOT NULL,
            partition TEXT NOT NULL,
            run INTEGER NOT NULL,
            cursor TEXT NOT NULL,
            request TEXT NOT NULL,
            fetched_at INTEGER NOT NULL,
            correlation TEXT NOT NULL,
            size INTEGER NOT NULL, -- Bytes before compression.
            is_compressed INTEGER NOT NULL, -- 1: body is a zlib stream.
            body BLOB NOT NULL,
            PRIMARY KEY (tenant, id),
            FOREIGN KEY (tenant, run) REFERENCES runs (tenant, id)
        ) STRICT;
        CREATE INDEX raw_pages_by_job ON raw_pages (tenant, job, id);
        CREATE INDEX raw_pages_by_age ON raw_pages (tenant, fetched_at);
        CREATE INDEX raw_pages_by_run ON raw_pages (tenant, run);

        CREATE TABLE quarantine ( -- Records that could not be loaded.
            tenant TEXT NOT NULL,
            id INTEGER NOT NULL,
            job TEXT NOT NULL,
            source TEXT NOT NULL,
            stream TEXT NOT NULL,
            partition TEXT NOT NULL,
            run INTEGER NOT NULL,
            page_id INTEGER,
            cursor TEXT NOT NULL,
            record_id TEXT,
            code TEXT NOT NULL,
            reason TEXT NOT NULL,
            payload BLOB NOT NULL,
            state TEXT NOT NULL, -- waiting, replayed, discarded.
            at INTEGER NOT NULL,
            replays INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (tenant, id),
            FOREIGN KEY (tenant, run) REFERENCES runs (tenant, id)
        ) STRICT;
        CREATE INDEX quarantine_by_state ON quarantine (tenant, state, job, id);
        CREATE INDEX quarantine_by_record ON quarantine (tenant, job, partition, record_id);
        CREATE INDEX quarantine_by_run ON quarantine (tenant, run);

        CREATE TABLE row_versions ( -- What changed rows were before.
            tenant TEXT NOT NULL,
            table_name TEXT NOT NULL,
            source TEXT NOT NULL,
            row_id TEXT NOT NULL,
            id INTEGER NOT NULL PRIMARY KEY, -- Grows.
            document TEXT NOT NULL, -- JSON by column name.
            replaced_by INTEGER NOT NULL, -- The run.
            replaced_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX row_versions_by_row ON row_versions (tenant, table_name, source, row_id, id);

        CREATE TABLE tombstones ( -- What was found gone at a source.
            tenant TEXT NOT NULL,
            id INTEGER NOT NULL,
            job TEXT NOT NULL,
            source TEXT NOT NULL,
            stream TEXT NOT NULL,
            partition TEXT NOT NULL,
            run INTEGER NOT NULL,
            table_name TEXT NOT NULL,
            column_name TEXT,
            column_value TEXT,
            records INTEGER NOT NULL,
            known INTEGER NOT NULL,
            at INTEGER NOT NULL,
            census_started_at INTEGER NOT NULL, -- Rows written later are not judged.
            is_held INTEGER NOT NULL, -- 1 until confirmed.
            undone_at INTEGER,
            PRIMARY KEY (tenant, id)
        ) STRICT;

        CREATE TABLE tombstone_candidates ( -- Rows that a held finding is about.
            tenant TEXT NOT NULL,
            finding INTEGER NOT NULL,
            row_id TEXT NOT NULL,
            PRIMARY KEY (tenant, finding, row_id),
            FOREIGN KEY (tenant, finding) REFERENCES tombstones (tenant, id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE census_ids ( -- What censuses under way have listed so far.
            tenant TEXT NOT NULL,
            job TEXT NOT NULL,
            partition TEXT NOT NULL,
            run INTEGER NOT NULL,
            row_id TEXT NOT NULL,
            PRIMARY KEY (tenant, job, partition, run, row_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE quotas ( -- Providers' limits as last seen.
            tenant TEXT NOT NULL REFERENCES tenants,
            identity TEXT NOT NULL,
            bucket TEXT NOT NULL,
            most INTEGER,
            remaining INTEGER,
            resets_at INTEGER,
            window INTEGER, -- Microseconds.
            blocked_until INTEGER,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (tenant, identity, bucket)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE quota_ledger ( -- What each commit had spent.
            tenant TEXT NOT NULL,
            run INTEGER NOT NULL,
            at INTEGER NOT NULL,
            identity TEXT NOT NULL,
            bucket TEXT NOT NULL,
            requests INTEGER NOT NULL,
            points INTEGER NOT NULL,
            FOREIGN KEY (tenant, run) REFERENCES runs (tenant, id)
        ) STRICT;
        CREATE INDEX quota_ledger_by_quota ON quota_ledger (tenant, identity, bucket, at);
        CREATE INDEX quota_ledger_by_run ON quota_ledger (tenant, run);

        CREATE TABLE breakers ( -- Circuit breakers by endpoint.
            tenant TEXT NOT NULL REFERENCES tenants,
            source TEXT NOT NULL,
            endpoint TEXT NOT NULL,
            position TEXT NOT NULL,
            failures INTEGER NOT NULL,
            opened_at INTEGER,
            probes_at INTEGER,
            because TEXT,
            PRIMARY KEY (tenant, source, endpoint)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE logs ( -- The newest log lines.
            tenant TEXT NOT NULL REFERENCES tenants,
            sequence INTEGER NOT NULL,
            at INTEGER NOT NULL,
            level TEXT NOT NULL,
            job TEXT,
            partition TEXT,
            message TEXT NOT NULL,
            facts TEXT, -- JSON; null when there are none.
            correlation TEXT,
            PRIMARY KEY (tenant, sequence)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE alerts ( -- Present alerts, and past ones with their end.
            tenant TEXT NOT NULL REFERENCES tenants,
            alert TEXT NOT NULL,
            since INTEGER NOT NULL,
            position INTEGER NOT NULL,
            document TEXT NOT NULL, -- JSON.
            ended_at INTEGER,
            PRIMARY KEY (tenant, alert, since)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX alerts_present ON alerts (tenant, position) WHERE ended_at IS NULL;

        CREATE TABLE audit_log ( -- Who did what.
            tenant TEXT NOT NULL REFERENCES tenants,
            sequence INTEGER NOT NULL,
            at INTEGER NOT NULL,
            principal TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            reason TEXT NOT NULL,
            outcome TEXT NOT NULL,
            is_refused INTEGER NOT NULL,
            correlation TEXT NOT NULL,
            PRIMARY KEY (tenant, sequence)
        ) STRICT, WITHOUT ROWID;
        """

    /// Walks have an identity of their own, so that another run can go on with them. Lists of censuses under way are
    /// given up: the next census begins anew.
    static let second = """
        ALTER TABLE checkpoints ADD COLUMN walk INTEGER; -- Null when its beginning is not known.
        ALTER TABLE checkpoints ADD COLUMN walk_started_at INTEGER;
        ALTER TABLE checkpoints ADD COLUMN is_suspicious INTEGER NOT NULL DEFAULT 0;
        DROP TABLE census_ids;
        CREATE TABLE census_ids ( -- What censuses under way have listed so far.
            tenant TEXT NOT NULL,
            job TEXT NOT NULL,
            partition TEXT NOT NULL,
            walk INTEGER NOT NULL,
            row_id TEXT NOT NULL,
            PRIMARY KEY (tenant, job, partition, walk, row_id)
        ) STRICT, WITHOUT ROWID;
        """

    /// What is deleted by its age is found by it.
    static let ages = """
        CREATE INDEX row_versions_by_age ON row_versions (tenant, replaced_at);
        CREATE INDEX quota_ledger_by_age ON quota_ledger (tenant, at);
        """
}
