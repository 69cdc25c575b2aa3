import Foundation
import PulseDomain
import Synchronization
import Testing

@testable import PulseStore

/// An SQLite file is moved into PostgreSQL: whole, once, and whatever interrupts it.
@Suite struct StoreCopyTests {
    private let file: SQLiteFixture
    private let database: PostgresFixture

    init() async throws {
        file = try SQLiteFixture()
        database = try await PostgresFixture()
    }

    /// Rows in every table, more than a chunk of some; those of another tenant beside them.
    private func fill(_ source: SQLiteStore, _ target: PostgresStore) async throws {
        var statements: [String] = []
        for table in try await CopiedTable.all(of: source, to: target) {
            let count = ["runs", "logs", "raw_pages"].contains(table.name) ? 50 : 3
            for tenant in ["acme", "other"] {
                let values = table.columns.map { column in
                    switch (column.name, column.kind) {
                    case ("tenant", _): "'\(tenant)'"
                    case ("mode", .text): "'full'"
                    case ("name", .text) where table.name == "counters":
                        "CASE n WHEN 1 THEN 'run' WHEN 2 THEN 'log' ELSE 'audit' END"
                    // What counts from now on has to begin behind what is there.
                    case ("value", .integer): "n + 1000"
                    case (_, .text): "'\(column.name) ä\u{1F600} ' || n"
                    case ("id", .integer) where table.name == "row_versions": "n * 2\(tenant == "acme" ? "" : " + 1")"
                    case (_, .integer): "n"
                    case (_, .real): "n / 3.0"
                    case (_, .boolean): "n % 2"
                    case (_, .instant): "1750000000000001 + n"
                    case (_, .json): #"'{"z": [1.50, 1e2], "a":"\"\\u0000\u0000é", "n":' || n || '}'"#
                    case (_, .bytea): "zeroblob(n)"
                    }
                }
                statements.append(
                    """
                    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < \(count))
                    INSERT INTO \(table.quoted) (\(table.list)) SELECT \(values.joined(separator: ", ")) FROM numbers
                    """)
            }
        }
        try file.execute(statements.joined(separator: ";\n"))
        // Columns may be null.
        try file.execute(
            "UPDATE work_items SET description = NULL, story_points = NULL, deleted_at = NULL WHERE rowid = 3")
    }

    private func stores(filled: Bool = true) async throws -> (SQLiteStore, PostgresStore) {
        let (source, target) = (try await file.openSQLite(), try await database.openPostgres())
        if filled { try await fill(source, target) }
        return (source, target)
    }

    /// The rows of a table, as both databases mean them.
    private func rows(of table: CopiedTable, in store: some SQLStore) async throws -> [[String]] {
        let tenant = store.tenant.rawValue
        let rows = try await store.read { db in
            try db.rows("SELECT \(table.list) FROM \(table.quoted) WHERE tenant = ?\(table.condition)", [tenant])
        }
        return try rows.map { row in
            try zip(row.values, table.columns).map { value, column in
                if case (.json, .text(let text)) = (column.kind, column.kind.normal(value)) {
                    let document = try JSONSerialization.jsonObject(with: Data(text.utf8))
                    return String(
                        decoding: try JSONSerialization.data(withJSONObject: document, options: .sortedKeys),
                        as: UTF8.self)
                }
                return "\(column.kind.normal(value))"
            }
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func expectSame(_ source: SQLiteStore, _ target: PostgresStore) async throws {
        let tables = try await CopiedTable.all(of: source, to: target)
        #expect(tables.count > 35)
        for table in tables {
            let (left, right) = (try await rows(of: table, in: source), try await rows(of: table, in: target))
            #expect(!left.isEmpty)
            #expect(left == right, "\(table.name)")
        }
    }

    @Test func `every table of the tenant arrives as it was, and nothing of another one`() async throws {
        let (source, target) = try await stores()
        let report = try await StoreCopy(from: source, to: target, chunk: 20).run()
        #expect(report.isSame && !report.wasResumed && !report.wasComplete, "\(report.tables.filter { !$0.isSame })")
        try await expectSame(source, target)
        let counts = try await database.physicalRows()
        #expect(counts["logs"] == 50 && counts["work_items"] == 3)
        // Numbers go on.
        let run = try await target.addRun(Self.newRun)
        #expect(run.id.rawValue == 1_002)
        let (page, entry) = try await target.write { db in
            (try db.nextNumber(.rawPage, of: "acme"), try db.nextNumber(.quarantine, of: "acme"))
        }
        #expect(page > 50 && entry > 3)
    }

    private static let newRun = NewRun(
        job: "jira/issues", mode: .full, by: .engine, reason: "", priority: 0, createdAt: .epoch, correlation: "c")

    @Test(arguments: ["jobs", "runs", "checkpoints", "row_versions", "people", "work_item_commits"])
    func `a copy that ends at a table goes on there`(_ table: String) async throws {
        let (source, target) = try await stores()
        try await database.breakInsertions(into: table)
        await #expect(throws: StoreError.self) { try await StoreCopy(from: source, to: target, chunk: 20).run() }
        #expect(try await database.physicalRows()[table] == 0)
        try await database.repair()
        let report = try await StoreCopy(from: source, to: target, chunk: 20).run()
        #expect(report.isSame && report.wasResumed)
        try await expectSame(source, target)
    }

    @Test func `who copied is in the audit of both, once, whatever interrupted it`() async throws {
        let (source, target) = try await stores(filled: false)
        let change = AdministrativeChange(
            by: Principal("ada"), reason: "We grow.", at: Instant(seconds: 1_750_000_000),
            correlation: CorrelationID("c"))
        try await database.breakInsertions(into: "audit_log")
        let copy = StoreCopy(from: source, to: target)
        await #expect(throws: StoreError.self) { try await copy.run(as: change) }
        try await database.repair()
        #expect(try await copy.run(as: change).isSame)
        #expect(try await copy.run(as: change).isSame)
        for store in [source, target] as [any Store] {
            let told = try await store.audit(before: nil, limit: 10)
            #expect(told.map(\.action) == ["copy_store"] && told.first?.by == Principal("ada"))
            #expect(told.first?.outcome.contains(target.location) == true)
        }
    }

    @Test func `a copy that ends within a table goes on behind the last row that is there`() async throws {
        let (source, target) = try await stores()
        try await database.execute(
            """
            CREATE FUNCTION pulse.broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
            CREATE TRIGGER broken BEFORE INSERT ON pulse.logs FOR EACH ROW WHEN (NEW.sequence = 48)
                EXECUTE FUNCTION pulse.broken()
            """)
        await #expect(throws: StoreError.self) { try await StoreCopy(from: source, to: target, chunk: 20).run() }
        #expect(try await database.physicalRows()["logs"] == 40)
        try await database.repair()
        #expect(try await StoreCopy(from: source, to: target, chunk: 20).run().isSame)
        try await expectSame(source, target)
    }

    @Test func `a complete copy is compared once more, and what differs is told`() async throws {
        let (source, target) = try await stores()
        let copy = StoreCopy(from: source, to: target, chunk: 20)
        #expect(try await copy.run().isSame)
        let again = try await copy.run()
        #expect(again.isSame && again.wasComplete)
        try await database.execute("UPDATE pulse.work_items SET title = 'another' WHERE run_id = 2")
        let changed = try await copy.run()
        #expect(changed.tables.filter { !$0.isSame }.map(\.table) == ["work_items"])
        await #expect(throws: StoreCopyError.finished(target.location)) { try await copy.run(restarting: true) }
    }

    @Test func `what others loaded stays, and is not mixed with a copy`() async throws {
        let (source, target) = try await stores()
        _ = try await target.addRun(Self.newRun)
        let error = await #expect(throws: StoreCopyError.self) {
            try await StoreCopy(from: source, to: target, chunk: 20).run()
        }
        #expect(error?.code == "copy.target_holds")
        #expect(try await target.runs(of: nil, limit: 1_000).count == 1)
    }

    @Test func `an unfinished copy of another store, or of one that was used since, begins again only when told`()
        async throws
    {
        let (source, target) = try await stores()
        try await database.breakInsertions(into: "work_items")
        let copy = StoreCopy(from: source, to: target, chunk: 20)
        await #expect(throws: StoreError.self) { try await copy.run() }
        try await database.repair()
        _ = try await source.addRun(Self.newRun)
        await #expect(throws: StoreCopyError.sourceChanged(target.location)) { try await copy.run() }

        let another = try SQLiteFixture()
        let other = try await another.openSQLite()
        _ = try await other.addRun(Self.newRun)
        await #expect(throws: StoreCopyError.otherSource(target.location)) {
            try await StoreCopy(from: other, to: target, chunk: 20).run()
        }
        #expect(try await copy.run(restarting: true).isSame)
        try await expectSame(source, target)
    }

    @Test func `progress grows to the whole`() async throws {
        let (source, target) = try await stores()
        let told = Mutex<[StoreCopy.Progress]>([])
        _ = try await StoreCopy(from: source, to: target, chunk: 20).run { progress in
            told.withLock { $0.append(progress) }
        }
        let seen = told.withLock(\.self)
        let copying = seen.filter { !$0.isComparing }
        #expect(copying.map(\.copied) == copying.map(\.copied).sorted())
        #expect(copying.contains { $0.table == "logs" && $0.copied > 40 })
        #expect(seen.last?.isComparing == true && Set(seen.map(\.total)).count == 1)
    }
}
