import GRDB
import GRDBSQLite
import PulseConnectors
import PulseDomain
import Testing

@testable import PulseStore

/// What is SQLite's own about commits.
struct CommitTests {
    private let fixture: SQLiteFixture
    private let partition = PartitionID(tenant: "acme", source: "jira", stream: "issues", key: "*")

    init() throws { fixture = try SQLiteFixture() }

    private func claimedRun(_ store: SQLiteStore) async throws -> Fence {
        let run = try await store.addRun(
            NewRun(
                job: partition.job, mode: .full, by: .engine, reason: "", priority: 0, createdAt: .epoch,
                correlation: "c"))
        return try #require(
            try await store.claim(run.id, holder: "w", at: .epoch, leaseUntil: .epoch + .hours(1)))
    }

    private func batch(_ fence: Fence, records: Int = 500) -> Batch {
        var (rows, people) = (RowWriter<WorkItemColumns>(), RowWriter<PersonColumns>())
        for record in 0..<records {
            rows.beginRow(record: record)
            rows.set(.id, "\(record)")
            rows.set(.key, "PAY-\(record)")
            rows.set(.projectID, "10")
            rows.set(.title, "Title")
            people.beginRow(record: -1)
            people.set(.id, "person-\(record)")
        }
        let content = PageContent(
            extracted: records, batches: [rows.batch, people.batch],
            childSets: (0..<records).map { ChildSet(table: "work_item_comments", owner: "\($0)", ids: []) })
        let page = LoadedPage(
            raw: RawPage(
                partition: partition, cursor: Cursor(json: "{}"), request: "GET /", body: Array("{}".utf8),
                fetchedAt: .epoch, correlation: "c"), content: content)
        return Batch(
            pages: [page],
            checkpoint: Checkpoint(
                partition: partition, run: fence.run, mode: .full, cursor: nil, savedAt: .epoch))
    }

    @Test func `loading again changes two rows of the whole database: the run and the checkpoint`() async throws {
        let store = try await fixture.openSQLite()
        let fence = try await claimedRun(store)
        _ = try await store.commit(batch(fence), fence: fence)
        func changes() async throws -> Int32 {
            try await store.write { sqlite3_total_changes(try $0.database.sqliteConnection) }
        }
        let before = try await changes()
        #expect(try await store.commit(batch(fence), fence: fence).counts.unchanged == 500)
        #expect(try await changes() - before == 2)
    }

    @Test(arguments: [SQLiteStore.Execution.background, .inline])
    func `a commit of a cancelled task happens whole`(execution: SQLiteStore.Execution) async throws {
        let store = try await SQLiteStore.open(
            .file(fixture.path), tenant: "acme", options: SQLiteStore.Options(execution: execution))
        let fence = try await claimedRun(store)
        let batch = batch(fence)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await store.commit(batch, fence: fence)
        }
        #expect(try await task.value.counts.inserted == 500)
        #expect(try await store.rowCount(of: "work_items") == 500)
        #expect(try await store.checkpoint(of: partition)?.sequence == 1)
    }

    @Test func `commits of several partitions at once all come through`() async throws {
        let store = try await fixture.openSQLite()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                let source = SourceID("source-\(number)")
                let partition = PartitionID(tenant: "acme", source: source, stream: "issues", key: "*")
                let fence = try await claimedRun(store)
                var batch = batch(fence, records: 50)
                batch.pages[0].raw.partition = partition
                batch.checkpoint.partition = partition
                group.addTask { [batch] in
                    for _ in 0..<3 { _ = try await store.commit(batch, fence: fence) }
                    #expect(try await store.checkpoint(of: partition)?.sequence == 3)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.rowCount(of: "work_items") == 400)
        #expect(try await store.rawPages(of: "source-0/issues", after: 0, limit: 10).count == 1)
    }

    @Test func `keys are looked up through their indexes, whatever else there is to sort`() async throws {
        let store = try await fixture.openSQLite()
        func plan(_ sql: String) async throws -> String {
            try await store.readDatabase { db in
                try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: ["acme", "PAY-1"])
                    .map { $0["detail"] as String }.joined(separator: "\n")
            }
        }
        #expect(try await plan(LinkResolver.item).contains("work_items_by_key (tenant=? AND key=?)"))
        let alias = try await plan(LinkResolver.alias)
        #expect(alias.contains("work_item_aliases_by_id (tenant=? AND id=?)"))
        #expect(alias.contains("(tenant=? AND source=? AND id=?)"))
    }

    @Test func `bodies are kept smaller than they came, or as they came`() throws {
        let text = Array(String(repeating: #"{"key":"PAY-1"}"#, count: 100).utf8)
        let stored = StoredBody(compressing: text)
        #expect(stored.isCompressed && stored.bytes.count < text.count / 5)
        #expect(try stored.expanded(to: text.count) == text)
        #expect(throws: StoredValueError.self) { try stored.expanded(to: text.count - 1) }
        #expect(throws: StoredValueError.self) {
            try StoredBody(bytes: [1, 2, 3], isCompressed: true).expanded(to: 9)
        }
        #expect(StoredBody(compressing: [1]).bytes == [1])
        #expect(StoredBody(compressing: []).bytes.isEmpty)
    }
}
