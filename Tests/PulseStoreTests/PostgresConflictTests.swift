import PulseConnectors
import PulseDomain
import PulsePostgres
import Synchronization
import Testing

@testable import PulseStore

@Suite struct PostgresConflictTests {
    @Test func `a commit that a deadlock took back is made again, with its pages`() async throws {
        let fixture = try await PostgresFixture()
        // The first insertion of each table's first row fails as a deadlock's victim does.
        try await fixture.execute(
            """
            CREATE SEQUENCE pulse.tries; GRANT USAGE ON SEQUENCE pulse.tries TO pulse_engine;
            CREATE FUNCTION pulse.collide() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF nextval('pulse.tries') < 3 THEN
                        RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01';
                    END IF;
                    RETURN NEW;
                END $$;
            CREATE TRIGGER collide BEFORE INSERT ON pulse.raw_pages
                FOR EACH ROW EXECUTE FUNCTION pulse.collide()
            """)
        let store = try await fixture.openPostgres()
        let run = try await store.addRun(
            NewRun(
                job: "jira/issues", mode: .full, by: .engine, reason: "", priority: 0, createdAt: .epoch,
                correlation: "c"))
        let fence = try #require(
            try await store.claim(run.id, holder: "w", at: .epoch, leaseUntil: .epoch + .hours(1)))
        var rows = RowWriter<PersonColumns>()
        rows.beginRow(record: 0)
        rows.set(.id, "ada")
        let partition = PartitionID(tenant: "acme", source: "jira", stream: "issues", key: "*")
        let body = Array(String(repeating: #"{"key":"PAY-1"}"#, count: 100).utf8)
        let page = LoadedPage(
            raw: RawPage(
                partition: partition, cursor: Cursor(json: "{}"), request: "GET /", body: body, fetchedAt: .epoch,
                correlation: "c"), content: PageContent(extracted: 1, batches: [rows.batch]))
        let result = try await store.commit(
            Batch(
                pages: [page],
                checkpoint: Checkpoint(partition: partition, run: run.id, mode: .full, cursor: nil, savedAt: .epoch)),
            fence: fence)
        #expect(result.counts.inserted == 1)
        #expect(try await store.rawPages(of: "jira/issues", after: 0, limit: 10).map(\.page.body) == [body])
        await store.close()
    }

    @Test func `what a process left open while it was stopped is begun anew, and is no outage`() async throws {
        let fixture = try await PostgresFixture()
        let store = try await fixture.openPostgres()
        let tries = Mutex(0)
        let settings = fixture.settings
        let seen = try await store.write { db -> Int in
            let isFirst = tries.withLock { count in
                count += 1
                return count == 1
            }
            if isFirst {
                let own: Int = try #require(try db.value("SELECT pg_backend_pid()", []))
                try db.run("SET LOCAL idle_in_transaction_session_timeout = 1", [])
                // The server ends what hangs, as it does when the process is stopped: until then nothing is asked.
                let other = try PostgresConnection(settings)
                while try other.query(
                    "SELECT pg_sleep(0.01), 1 FROM pg_stat_activity WHERE pid = $1", [.integer(Int64(own))]
                ).count > 0 {}
            }
            return try #require(try db.value("SELECT count(*) FROM pulse.tenants", []))
        }
        #expect(seen == 1 && tries.withLock { $0 } == 2)
        await store.close()
    }
}
