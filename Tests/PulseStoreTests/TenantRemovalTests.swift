import PulseDomain
import PulseStoreConformance
import Synchronization
import Testing

@testable import PulseStore

/// A tenant's data is taken out of a store: all of it, and nothing of others.
@Suite struct TenantRemovalTests {
    private static let change = AdministrativeChange(
        by: Principal("ada"), reason: "copied by mistake", at: Instant(seconds: 1_760_000_000),
        correlation: "0123456789abcdef0123456789abcdef")
    private static let end = change.at + .minutes(1)

    @Test func `in PostgreSQL every row of a tenant goes, a batch a transaction, and none of another's`() async throws {
        let fixture = try await PostgresFixture()
        let before = try await fixture.physicalRows()
        try await StoreConformance.fill(fixture, tenant: "other")
        let others = try await fixture.physicalRows()
        try await StoreConformance.fill(fixture, tenant: "acme")
        #expect(before != others)
        let store = try await fixture.openPostgres("acme")
        try await check(TenantRemoval(store, batch: 2))
        #expect(try await fixture.physicalRows() == others.merging(["removed_tenants": 1]) { $1 })
        await store.close()
        let removed = try await PostgresSurvey.removals(fixture.settings)
        #expect(removed.map(\.tenant) == ["acme"] && removed.map(\.endedAt) == [Self.end])
        #expect(removed.first?.by == Principal("ada") && removed.first?.reason == "copied by mistake")
        #expect(try await PostgresSurvey.take(fixture.settings, tenant: nil).tenants == ["other"])
        // The name can be used again.
        try await StoreConformance.fill(fixture, tenant: "acme")
    }

    @Test func `in SQLite every row of a tenant goes, a batch a transaction, and none of another's`() async throws {
        let fixture = try SQLiteFixture()
        try await StoreConformance.fill(fixture, tenant: "other")
        let others = try await fixture.physicalRows()
        try await StoreConformance.fill(fixture, tenant: "acme")
        let store = try #require(try await fixture.open("acme") as? SQLiteStore)
        try await check(TenantRemoval(store, batch: 2))
        #expect(try await fixture.physicalRows() == others.merging(["removed_tenants": 1]) { $1 })
        await store.close()
        try await StoreConformance.fill(fixture, tenant: "acme")
    }

    private func check(_ removal: TenantRemoval) async throws {
        let tables = try await removal.tables()
        let total = tables.reduce(0) { $0 + $1.rows }
        #expect(total > 20 && tables.contains { $0.name == "work_items" && $0.rows > 0 })
        let told = Mutex<[TenantRemoval.Progress]>([])
        let tell: @Sendable (TenantRemoval.Progress) -> Void = { progress in told.withLock { $0.append(progress) } }
        let removed = try await removal.run(Self.change, now: { Self.end }, telling: tell)
        #expect(removed == total)
        let steps = told.withLock { $0 }
        #expect(steps.allSatisfy { $0.total == total && $0.removed <= total })
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $1.removed - $0.removed <= 2 })
    }

    @Test func `a removal that was interrupted goes on, and is one removal`() async throws {
        let fixture = try await PostgresFixture()
        try await StoreConformance.fill(fixture, tenant: "acme")
        try await fixture.execute(
            """
            CREATE FUNCTION pulse.broken() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
            CREATE TRIGGER broken BEFORE DELETE ON pulse.runs FOR EACH ROW EXECUTE FUNCTION pulse.broken()
            """)
        let store = try await fixture.openPostgres("acme")
        let removal = TenantRemoval(store, batch: 10)
        let total = try await removal.tables().reduce(0) { $0 + $1.rows }
        await #expect(throws: StoreError.self) { _ = try await removal.run(Self.change, now: { Self.end }) }
        let half = try await PostgresSurvey.removals(fixture.settings)
        #expect(half.map(\.endedAt) == [nil] && half[0].rows > 0 && half[0].rows < total)
        try await fixture.execute("DROP FUNCTION pulse.broken CASCADE")
        let rest = try await removal.run(Self.change, now: { Self.end })
        #expect(rest > 0 && rest < total)
        let whole = try await PostgresSurvey.removals(fixture.settings)
        #expect(whole.map(\.endedAt) == [Self.end] && whole.map(\.rows) == [total])
        await store.close()
    }
}
