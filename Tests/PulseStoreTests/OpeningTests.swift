import Foundation
import GRDB
import PulseConnectors
import PulseDomain
import Testing

@testable import PulseStore

/// Opening finds out what a file is before it touches it.
struct OpeningTests {
    private let fixture: SQLiteFixture

    init() throws { fixture = try SQLiteFixture(isEmpty: true) }

    private func open(_ path: String? = nil) async throws -> SQLiteStore {
        try await SQLiteStore.open(
            .file(path ?? fixture.path), tenant: "acme", options: SQLiteStore.Options(patience: .milliseconds(50)))
    }

    private var location: String { "sqlite:\(fixture.path)" }

    @Test func `a new file gets the whole schema, the mark and the version`() async throws {
        let store = try await open()
        #expect(store.location == location)
        #expect(try await store.check().isEmpty)
        await store.close()
        let header = try Data(contentsOf: URL(fileURLWithPath: fixture.path)).prefix(100)
        #expect(Array(header[68..<72]) == Array("PLSE".utf8))
        #expect(Array(header[60..<64]) == [0, 0, 0, UInt8(Migrations.version)])
        let tables = try await fixture.physicalRows()
        for table in UnifiedSchema.tables { #expect(tables[table.name.rawValue] == 0) }
        for view in UnifiedSchema.tables { try fixture.execute("SELECT * FROM \"v_\(view.name)\"") }
        for view in AnalystView.all { try fixture.execute("SELECT * FROM \"\(view.name)\"") }
    }

    @Test func `opening again changes nothing of the schema`() async throws {
        await (try await open()).close()
        let before = try fixture.schema()
        await (try await open()).close()
        #expect(try fixture.schema() == before)
    }

    @Test func `an empty file is as good as none`() async throws {
        try Data().write(to: URL(fileURLWithPath: fixture.path))
        #expect(try await open().jobs().isEmpty)
    }

    @Test(arguments: ["text", "short", "other database"])
    func `a foreign file is refused and left exactly as it is`(kind: String) async throws {
        switch kind {
        case "text": try Data(repeating: 65, count: 5_000).write(to: URL(fileURLWithPath: fixture.path))
        case "short": try Data([1]).write(to: URL(fileURLWithPath: fixture.path))
        default: try fixture.execute("CREATE TABLE work_items (mine)")
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        await #expect(throws: StoreError.foreign(location: location)) { try await open() }
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path) == ["pulse.db"])
    }

    private func claimedRun(in store: SQLiteStore) async throws -> Fence {
        let run = try await store.addRun(
            NewRun(
                job: "jira/issues", mode: .full, by: .engine, reason: "", priority: 0, createdAt: .epoch,
                correlation: "c"))
        return try #require(
            try await store.claim(run.id, holder: "w", at: .epoch, leaseUntil: .epoch + .hours(1)))
    }

    @Test func `a file of a newer Pulse is refused`() async throws {
        await (try await open()).close()
        try fixture.execute("PRAGMA user_version = 99")
        await #expect(throws: StoreError.tooNew(location: location, found: "99")) { try await open() }
    }

    @Test func `a file of the first schema keeps its checkpoints, whose walks have no known beginning`() async throws {
        let store = try await open()
        let fence = try await claimedRun(in: store)
        let partition = PartitionID(tenant: "acme", source: "jira", stream: "issues", key: "*")
        var checkpoint = Checkpoint(
            partition: partition, run: fence.run, mode: .full, cursor: Cursor(json: "{}"), pages: 4,
            walk: WalkOrigin(number: 1, startedAt: .epoch), savedAt: .epoch)
        checkpoint = try await store.commit(Batch(pages: [], checkpoint: checkpoint), fence: fence).checkpoint
        await store.close()
        try fixture.execute(
            """
            ALTER TABLE checkpoints DROP COLUMN walk;
            ALTER TABLE checkpoints DROP COLUMN walk_started_at;
            ALTER TABLE checkpoints DROP COLUMN is_suspicious;
            DROP TABLE census_ids;
            CREATE TABLE census_ids (
                tenant TEXT NOT NULL, job TEXT NOT NULL, partition TEXT NOT NULL, run INTEGER NOT NULL,
                row_id TEXT NOT NULL, PRIMARY KEY (tenant, job, partition, run, row_id)
            ) STRICT, WITHOUT ROWID;
            DROP TABLE engines;
            DROP TABLE deliveries;
            ALTER TABLE logs DROP COLUMN engine;
            DROP INDEX row_versions_by_age;
            DROP INDEX quota_ledger_by_age;
            DROP INDEX checkpoints_by_age;
            DROP TABLE removed_tenants;
            DELETE FROM grdb_migrations WHERE identifier <> '1';
            PRAGMA user_version = 1;
            """)
        let renewed = try await open()
        checkpoint.walk = nil
        #expect(try await renewed.checkpoint(of: partition) == checkpoint)
        checkpoint.walk = WalkOrigin(number: 2, startedAt: .epoch)
        let content = PageContent(censusIDs: ["1"])
        let page = LoadedPage(
            raw: RawPage(
                partition: partition, cursor: Cursor(json: "{}"), request: "GET /", body: [], fetchedAt: .epoch,
                correlation: "c"), content: content)
        #expect(
            try await renewed.commit(Batch(pages: [page], checkpoint: checkpoint), fence: fence).checkpoint.walk
                == checkpoint.walk)
    }

    @Test func `a folder, a missing folder and a device are unavailable`() async throws {
        for path in [fixture.folder.path, fixture.folder.path + "/no/pulse.db", "/dev/null"] {
            let error = await #expect(throws: StoreError.self) { try await open(path) }
            guard case .unavailable(_, let detail) = error else {
                Issue.record("\(path): \(String(describing: error))")
                continue
            }
            #expect(!detail.isEmpty)
        }
    }

    @Test func `a damaged file is told as damaged`() async throws {
        let store = try await open()
        await store.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: fixture.path))
        let size = try file.seekToEnd()
        try file.seek(toOffset: 200)
        try file.write(contentsOf: Data(repeating: 0x5A, count: Int(size) - 200))
        try file.close()
        let error = await #expect(throws: StoreError.self) { try await open() }
        guard case .damaged = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `what refers to nothing is found by the check`() async throws {
        let store = try await open()
        try fixture.execute("INSERT INTO quota_ledger VALUES ('acme', 77, 0, 'i', 'b', 1, 1)")
        #expect(try await store.check() == ["A row of quota_ledger refers to a row of runs that is not there."])
    }

    @Test func `a file that may not be written to is told as such`() async throws {
        let store = try await open()
        // The database's own refusal, which root meets too.
        try await store.writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = ON") }
        await #expect(throws: StoreError.readOnly(location: location)) { try await store.setNote("a", to: "b") }
    }

    @Test func `a file that was removed or replaced is told, nothing is written to it, and put back it goes on`()
        async throws
    {
        let store = try await open()
        try await store.setNote("a", to: "b")
        let (path, aside) = (fixture.path, fixture.path + ".aside")
        try FileManager.default.moveItem(atPath: path, toPath: aside)
        await #expect(throws: StoreError.removed(location: location)) { try await store.setNote("a", to: "c") }
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        await #expect(throws: StoreError.removed(location: location)) { try await store.setNote("a", to: "d") }
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: aside, toPath: path)
        #expect(try await store.note("a") == "b")
        try await store.setNote("a", to: "e")
        #expect(try await store.note("a") == "e")
    }

    @Test func `a full disk is told as full, and nothing of the batch stays`() async throws {
        let store = try await open()
        let fence = try await claimedRun(in: store)
        let pages = try await store.readDatabase { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        try await store.write { try $0.database.execute(sql: "PRAGMA max_page_count = \(pages + 10)") }
        var rows = RowWriter<PersonColumns>()
        for record in 0..<2_000 {
            rows.beginRow(record: record)
            rows.set(.id, "person-\(record)")
            rows.set(.name, String(repeating: "name ", count: 20))
        }
        let partition = PartitionID(tenant: "acme", source: "jira", stream: "issues", key: "*")
        let page = LoadedPage(
            raw: RawPage(
                partition: partition, cursor: Cursor(json: "{}"), request: "GET /", body: [], fetchedAt: .epoch,
                correlation: "c"), content: PageContent(extracted: 2_000, batches: [rows.batch]))
        let batch = Batch(
            pages: [page],
            checkpoint: Checkpoint(partition: partition, run: fence.run, mode: .full, cursor: nil, savedAt: .epoch))
        await #expect(throws: StoreError.full(location: location)) { try await store.commit(batch, fence: fence) }
        #expect(try await store.rowCount(of: "people") == 0)
        #expect(try await store.checkpoint(of: partition) == nil)
        // There is room again: the same batch goes through.
        try await store.write { try $0.database.execute(sql: "PRAGMA max_page_count = 1000000") }
        #expect(try await store.commit(batch, fence: fence).counts.inserted == 2_000)
    }

    @Test func `a database that another writer holds is told as locked`() async throws {
        let store = try await open()
        let queue = try DatabaseQueue(path: fixture.path)
        let error = #expect(throws: StoreError.self) {
            try hold(queue) { try writeNow(store) }
        }
        #expect(error == .locked(location: location, holder: nil))
        try writeNow(store)
    }

    // Synchronous, so that the lock is held across one call on this thread.
    private func hold(_ queue: DatabaseQueue, _ body: () throws -> Void) throws {
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            defer { try? db.execute(sql: "ROLLBACK") }
            try body()
        }
    }

    private func writeNow(_ store: SQLiteStore) throws {
        do {
            try store.writer.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) { .commit }
            }
        } catch { throw StoreError(error, location: store.location) }
    }

    @Test(
        arguments: [
            (ResultCode.SQLITE_FULL, "store.full"), (.SQLITE_BUSY, "store.locked"), (.SQLITE_CORRUPT, "store.damaged"),
            (.SQLITE_NOTADB, "store.damaged"), (.SQLITE_READONLY, "store.read_only"),
            (.SQLITE_CANTOPEN, "store.unavailable"), (.SQLITE_IOERR, "store.disk_error"),
            (.SQLITE_CONSTRAINT, "store.database"),
        ])
    func `each kind of refusal has its own error`(code: ResultCode, expected: String) {
        let error = StoreError(DatabaseError(resultCode: code, message: "m"), location: "sqlite:/x")
        #expect(error.code == expected)
        #expect(!error.sentence.isEmpty && !error.remedy.isEmpty)
    }

    @Test func `two stores in memory know nothing of each other`() async throws {
        let one = try await SQLiteStore.open(.memory, tenant: "acme")
        let two = try await SQLiteStore.open(.memory, tenant: "acme", options: SQLiteStore.Options(execution: .inline))
        try await one.setNote("a", to: "b")
        #expect(try await one.note("a") == "b")
        #expect(try await two.note("a") == nil)
    }

    @Test func `a schema that lost parts is completed`() async throws {
        await (try await open()).close()
        try fixture.execute(
            """
            DROP VIEW v_pull_request_phases; DROP VIEW v_pull_request_throughput_by_week; DROP VIEW v_dora_by_week;
            DROP VIEW v_people; DROP INDEX people_by_email; ALTER TABLE people DROP COLUMN is_bot;
            DROP VIEW v_worklogs; DROP TABLE worklogs;
            """)
        let store = try await open()
        #expect(try await store.rows(of: "people", includingDeleted: true, after: nil, limit: 1).isEmpty)
        #expect(try await store.rowCount(of: "worklogs") == 0)
        await store.close()
        try fixture.execute("SELECT is_bot FROM v_people; SELECT author_is_bot FROM v_pull_request_phases")
    }
}
