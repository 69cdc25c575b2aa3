import PulseDomain
import PulseStoreConformance
import Synchronization
import Testing

@testable import PulseStore

/// What no constraint of a database says is looked at, in both of them.
@Suite(.serialized) struct StoreAuditTests {
    struct Damage: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var sql: String
        var says: String
    }

    private static let damages = [
        Damage(
            testDescription: "a row of no run", sql: "UPDATE work_items SET run_id = 999 WHERE id = '1'",
            says: "1 row of work_items with a run that is not there."),
        Damage(
            testDescription: "a row of a page of another source", sql: "UPDATE raw_pages SET source = 'other'",
            says: "of work_items with a page of another source."),
        Damage(
            testDescription: "a row that is there and gone",
            sql: "UPDATE work_items SET tombstone_id = 1 WHERE id = '1'",
            says: "1 row of work_items with a tombstone, and yet there."),
        Damage(
            testDescription: "a tombstone that was never made", sql: "UPDATE work_items SET tombstone_id = 77",
            says: "of work_items with a tombstone whose number was not given out."),
        Damage(
            testDescription: "rows without their owner", sql: "DELETE FROM work_items",
            says: "to nothing in work_items, which owns"),
        Damage(
            testDescription: "former versions of nothing", sql: "UPDATE row_versions SET row_id = 'x'",
            says: "1 former version of work_items without a row."),
        Damage(
            testDescription: "records that are not accounted for", sql: "UPDATE runs SET extracted = extracted + 1",
            says: "Run 1 of jira/issues has records that are not accounted for."),
        Damage(
            testDescription: "spending of no run", sql: "UPDATE quota_ledger SET run = 999",
            says: "1 row of quota_ledger without a run."),
        Damage(
            testDescription: "a gap between checkpoints", sql: "UPDATE checkpoints SET sequence = 9 WHERE sequence = 2",
            says: "Checkpoint 9 of jira/issues, PAY, does not follow the one before."),
        Damage(
            testDescription: "a checkpoint that goes back",
            sql: """
                UPDATE checkpoints SET saved_at = (SELECT since FROM alerts) WHERE sequence = 3;
                UPDATE checkpoints SET saved_at = (SELECT max(at) FROM audit_log) WHERE sequence = 2
                """,
            says: "Checkpoint 3 of jira/issues, PAY, was saved before the one that it follows."),
        Damage(
            testDescription: "an audit that lost its end", sql: "DELETE FROM audit_log",
            says: "audit_log ends with 0, and 1 was given out."),
        Damage(
            testDescription: "a finding that forgot what it found", sql: "DELETE FROM tombstone_candidates",
            says: "1 tombstone held back without what was found."),
    ]

    private func problems(_ audit: StoreAudit) async throws -> [String] {
        try await audit.findings().flatMap(\.problems)
    }

    @Test(arguments: damages)
    func `what does not agree is found in PostgreSQL`(_ damage: Damage) async throws {
        let fixture = try await PostgresFixture()
        try await StoreConformance.fill(fixture, tenant: "acme")
        let store = try await fixture.openPostgres()
        #expect(try await problems(StoreAudit(store)) == [])
        try await fixture.execute("ALTER TABLE checkpoints DROP CONSTRAINT checkpoints_tenant_run_fkey")
        try await fixture.execute(Self.later + damage.sql)
        let found = try await problems(StoreAudit(store))
        #expect(found.contains { $0.contains(damage.says) }, "\(found)")
        await store.close()
    }

    @Test(arguments: damages)
    func `what does not agree is found in SQLite`(_ damage: Damage) async throws {
        let fixture = try SQLiteFixture()
        try await StoreConformance.fill(fixture, tenant: "acme")
        let store = try #require(try await fixture.open("acme") as? SQLiteStore)
        #expect(try await problems(StoreAudit(store)) == [])
        try fixture.execute(Self.laterInFile + damage.sql)
        let found = try await problems(StoreAudit(store))
        #expect(found.contains { $0.contains(damage.says) }, "\(found)")
        await store.close()
    }

    /// The audit's times are an hour after everything else.
    private static let later = "UPDATE audit_log SET at = at + interval '1 hour';"
    private static let laterInFile = "UPDATE audit_log SET at = at + 3600000000;"

    @Test func `what another job loads is told and is not wrong, and how far the look is`() async throws {
        let fixture = try await PostgresFixture()
        try await StoreConformance.fill(fixture, tenant: "acme")
        let store = try await fixture.openPostgres()
        let told = ToldProgress()
        let findings = try await StoreAudit(store).findings { told.add($0) }
        let projects = try #require(findings.first { $0.what == "work_items.project_id in projects" })
        #expect(projects.problems == [] && projects.notes.count == 1 && projects.rows == 2)
        #expect(Set(findings.map(\.area)) == Set(StoreAudit.Area.allCases))
        #expect(told.all.map(\.done) == Array(0..<findings.count))
        #expect(told.all.allSatisfy { $0.total == findings.count })
        await store.close()
    }
}

/// What was told, from whichever thread.
private final class ToldProgress: Sendable {
    private let told = Mutex<[StoreAudit.Progress]>([])
    func add(_ progress: StoreAudit.Progress) { told.withLock { $0.append(progress) } }
    var all: [StoreAudit.Progress] { told.withLock { $0 } }
}
