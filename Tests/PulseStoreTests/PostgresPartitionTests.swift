import PulseConnectors
import PulseDomain
import PulsePostgres
import PulseStoreConformance
import Testing

@testable import PulseStore

/// Tables that grow for ever lose whole partitions, when no tenant keeps them any longer.
@Suite(.serialized) struct PostgresPartitionTests {
    private let retention = Retention(rawPages: .days(7), rowVersions: nil, ledger: .days(90))

    /// Adds a raw page of a time to a tenant.
    private func addPage(_ store: PostgresStore, at time: Instant) async throws {
        let run = try await store.addRun(
            NewRun(
                job: "jira/issues", mode: .full, by: .engine, reason: "", priority: 0, createdAt: time,
                correlation: "c")
        ).id
        let fence = try #require(
            try await store.claim(run, holder: "w", at: time, leaseUntil: time + .hours(1)))
        let partition = PartitionID(tenant: store.tenant, source: "jira", stream: "issues", key: "*")
        let raw = RawPage(
            partition: partition, cursor: Cursor(json: "{}"), request: "GET /", body: [1], fetchedAt: time,
            correlation: "c")
        var people = RowWriter<PersonColumns>()
        people.beginRow(record: 0)
        people.set(.id, "\(run)")
        people.set(.name, "Ada")
        let page = LoadedPage(raw: raw, content: PageContent(extracted: 1, batches: [people.batch]))
        _ = try await store.commit(
            Batch(
                pages: [page],
                checkpoint: Checkpoint(partition: partition, run: run, mode: .full, cursor: nil, savedAt: time)),
            fence: fence)
    }

    private func pages(_ store: PostgresStore) async throws -> Int {
        try await store.rawPages(of: "jira/issues", after: 0, limit: 100).count
    }

    private func partitions(_ fixture: PostgresFixture, of table: RetainedTable) async throws -> [PostgresPartition] {
        let pool = PostgresPool(fixture.settings)
        let found = try await pool.withConnection { try PostgresPartitions.all(of: table, $0) }
        await pool.close()
        return try #require(found)
    }

    @Test func `a new database has partitions for what comes`() async throws {
        let fixture = try await PostgresFixture()
        let now = try await fixture.serverTime()
        for table in RetainedTable.allCases {
            let found = try await partitions(fixture, of: table)
            #expect(found.count == 2 + (PostgresPartitions.ahead[table] ?? 0))
            #expect(found.first?.name == "\(table.rawValue)_past" && found.last?.name == "\(table.rawValue)_other")
            let ends = found.compactMap(\.end)
            #expect(ends == ends.sorted() && ends.allSatisfy { $0 > now })
        }
    }

    @Test func `a partition goes when the last tenant lets it go, and until then each loses its own rows`() async throws
    {
        let fixture = try await PostgresFixture()
        let (acme, rival) = (try await fixture.openPostgres(), try await fixture.openPostgres("rival"))
        let now = try await fixture.serverTime()
        for store in [acme, rival] {
            for day in 0..<3 { try await addPage(store, at: now + .days(day)) }
        }
        let before = try await partitions(fixture, of: .rawPages).compactMap(\.end)
        // The first three days are over for acme; the rival keeps them.
        let later = before[2] + .days(7)
        let patient = Retention(rawPages: .days(30), rowVersions: .days(1), ledger: .days(1))
        #expect(try await rival.renewPartitions(patient, at: now) == [])
        #expect(try await acme.renewPartitions(retention, at: later) == [])
        #expect(try await pages(acme) == 3)
        #expect(try await acme.prune(.rawPages, before: later - .days(7), limit: 2) == 2)
        #expect(try await acme.prune(.rawPages, before: later - .days(7), limit: 2) == 1)
        #expect(try await pages(acme) == 0)
        #expect(try await pages(rival) == 3)
        // Former versions are kept for ever by one of them.
        let dropped = try await rival.renewPartitions(retention, at: later)
        #expect(dropped.count == 3 && dropped.allSatisfy { $0.hasPrefix("raw_pages_") })
        #expect(try await partitions(fixture, of: .rawPages).compactMap(\.end) == Array(before[3...]))
        #expect(try await pages(rival) == 0)
        // What comes too late has a place, and goes again.
        try await addPage(acme, at: now)
        #expect(try await pages(acme) == 1)
        #expect(try await acme.prune(.rawPages, before: later - .days(7), limit: 10) == 1)
        for store in [acme, rival] { await store.close() }
    }

    @Test func `a tenant that has not said how long it keeps what keeps everything`() async throws {
        let fixture = try await PostgresFixture()
        let acme = try await fixture.openPostgres()
        let far = try await fixture.serverTime() + .days(4_000)
        try await fixture.execute("INSERT INTO pulse.tenants VALUES ('asleep')")
        let short = Retention(rawPages: .days(1), rowVersions: .days(1), ledger: .days(1))
        #expect(try await acme.renewPartitions(short, at: far) == [])
        try await fixture.execute("DELETE FROM pulse.tenants WHERE tenant = 'asleep'")
        #expect(try await acme.renewPartitions(short, at: far).count == 10)
        await acme.close()
    }

    @Test func `a table that somebody reads is left for the next time`() async throws {
        let fixture = try await PostgresFixture()
        var options = PostgresStore.Options(usesServerClock: false)
        options.upkeepPatience = .milliseconds(20)
        let acme = try await PostgresStore.open(fixture.settings, tenant: "acme", options: options)
        let far = try await fixture.serverTime() + .days(4_000)
        let reader = try PostgresConnection(fixture.settings)
        try reader.execute("BEGIN; SELECT 1 FROM pulse.raw_pages LIMIT 1")
        let dropped = try await acme.renewPartitions(Retention(), at: far)
        #expect(!dropped.contains { $0.hasPrefix("raw_pages_") } && dropped.contains("quota_ledger_past"))
        try reader.execute("ROLLBACK")
        let later = try await acme.renewPartitions(Retention(), at: far)
        #expect(later.count { $0.hasPrefix("raw_pages_") } == 4)
        await acme.close()
    }

    @Test func `row-level security holds in a partition by its own name, also in one made later`() async throws {
        let fixture = try await PostgresFixture()
        let (acme, rival) = (try await fixture.openPostgres(), try await fixture.openPostgres("rival"))
        let now = try await fixture.serverTime()
        try await addPage(acme, at: now + .days(2))
        let names = try await partitions(fixture, of: .rawPages).map(\.name)
        try await fixture.execute("DROP TABLE pulse.\(names[3])")
        _ = try await acme.renewPartitions(retention, at: now)
        #expect(try await partitions(fixture, of: .rawPages).map(\.name) == names)
        for table in RetainedTable.allCases {
            for partition in try await partitions(fixture, of: table) {
                let seen = try await rival.read { db in
                    try db.value("SELECT count(*) FROM \(partition.name)", []) as Int?
                }
                #expect(seen == 0)
                let isForced: Bool? = try await acme.read { db in
                    try db.value(
                        """
                        SELECT relrowsecurity AND relforcerowsecurity AND obj_description(oid, 'pg_class') <> ''
                        FROM pg_class WHERE oid = to_regclass('pulse.\(partition.name)')
                        """, [])
                }
                #expect(isForced == true, "\(partition.name)")
            }
        }
        #expect(try await pages(acme) == 1)
        for store in [acme, rival] { await store.close() }
    }
}
