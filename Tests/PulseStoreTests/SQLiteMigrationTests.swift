import GRDB
import PulseDomain
import Testing

@testable import PulseStore

/// Every earlier schema of a file becomes the present one, with what is in it.
@Suite struct SQLiteMigrationTests {
    private func names(_ fixture: SQLiteFixture) throws -> [String] {
        let queue = try DatabaseQueue(path: fixture.path)
        defer { try? queue.close() }
        return try queue.read {
            try String.fetchAll($0, sql: "SELECT name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY name")
        }
    }

    private func open(_ fixture: SQLiteFixture) async throws -> SQLiteStore {
        try await SQLiteStore.open(.file(fixture.path), tenant: "acme")
    }

    @Test(arguments: 1..<Migrations.all.count)
    func `an earlier schema becomes the same as a new one, and keeps what is in it`(version: Int) async throws {
        let fixture = try SQLiteFixture(isEmpty: true)
        let queue = try DatabaseQueue(path: fixture.path)
        try await queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA application_id = \(Migrations.applicationID)")
        }
        try Migrations.migrate(queue, upTo: version)
        try await queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO tenants VALUES ('acme');
                    INSERT INTO notes VALUES ('acme', 'a', 'b');
                    INSERT INTO runs (tenant, id, job, mode, state, state_details, state_since, started_by, reason,
                        priority, created_at, correlation)
                    VALUES ('acme', 1, 'jira/issues', 'full', 'queued', '{"queued":{}}', 0, '{}', '', 0, 0, 'c');
                    INSERT INTO counters VALUES ('acme', 'run', 1);
                    INSERT INTO quota_ledger VALUES ('acme', 1, 5, 'i', 'b', 1, 1);
                    INSERT INTO row_versions VALUES ('acme', 'people', 'jira', 'ada', 7, '{}', 1, 5);
                    INSERT INTO people (tenant, source, id, name, run_id, loaded_at)
                    VALUES ('acme', 'jira', 'ada', 'Ada', 1, 0)
                    """)
        }
        try queue.close()
        let plan = try await SQLiteStore.pendingChanges(inFile: fixture.path)
        #expect(plan == ["Migrations \(version + 1) to \(Migrations.version) are carried out."])
        let store = try await open(fixture)
        #expect(try await store.note("a") == "b")
        #expect(try await store.rowCount(of: "people") == 1)
        #expect(try await store.versions(of: "people", row: RowID(source: "jira", id: "ada")).count == 1)
        #expect(try await store.check() == [])
        #expect(try await StoreAudit(store).findings().flatMap(\.problems) == [])
        await store.close()
        let new = try SQLiteFixture(isEmpty: true)
        await (try open(new)).close()
        #expect(try names(fixture) == names(new))
        #expect(try await SQLiteStore.pendingChanges(inFile: fixture.path) == [])
    }

    @Test func `stores that are opened at once on nothing agree on who makes it`() async throws {
        let fixture = try SQLiteFixture(isEmpty: true)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { await (try open(fixture)).close() } }
            try await group.waitForAll()
        }
        let new = try SQLiteFixture(isEmpty: true)
        await (try open(new)).close()
        #expect(try names(fixture) == names(new))
    }
}
