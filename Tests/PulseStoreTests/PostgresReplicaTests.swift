import PulseDomain
import PulsePostgres
import PulsePostgresCluster
import Testing

@testable import PulseStore

/// Reads go to a server that follows the store's, while it is there and not too far behind.
@Suite(.serialized) struct PostgresReplicaTests {
    private func settings(_ cluster: PostgresCluster, _ replica: String, mostLag: Duration) -> PostgresSettings {
        var settings = PostgresSettings(connection: cluster.connection(to: "pulse", user: "pulse_engine"))
        settings.replica = PostgresSettings.Replica(connection: replica, mostLag: mostLag)
        return settings
    }

    /// Looks until the replica has what the store has; how long that takes is the server's.
    private func note(_ name: String, in store: any Store) async throws -> String? {
        while true {
            if let text = try await store.note(name) { return text }
            await Task.yield()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `reads go to a replica, and to the store itself when that is away, behind, or none`() async throws {
        let leader = try await PostgresCluster.start(settings: ["fsync=off"])
        try await leader.perform("createdb", ["--owner", "pulse_engine", "pulse"])
        let standby = try await leader.makeStandby()
        let address = standby.connection(to: "pulse", user: "pulse_engine")
        let store = try await PostgresStore.open(settings(leader, address, mostLag: .seconds(60)), tenant: "acme")
        try await store.setNote("a", to: "b")
        #expect(try await note("a", in: store.reader) == "b")
        // It answers by itself that it follows: a statement that tells where it ran.
        func isReplica(_ store: any Store) async throws -> Bool? {
            let store = try #require(store as? any SQLStore)
            return try await store.read { db in try db.value("SELECT pg_is_in_recovery()", []) }
        }
        let status = try #require(await store.readsStatus())
        #expect(status.detour == nil && status.lag != nil && status.location.contains(standby.folder))
        #expect(try await isReplica(store.reader) == true)
        #expect(try await isReplica(store) == false)
        // It writes as the store does.
        try await store.reader.setNote("c", to: "d")
        #expect(try await store.note("c") == "d")

        // One that stands still is behind by the age of what it did last: any age is too much here.
        try await stand(still: true, standby)
        let strict = try await PostgresStore.open(settings(leader, address, mostLag: .zero), tenant: "acme")
        try await strict.setNote("a", to: "new")
        let behind = try #require(await strict.readsStatus())
        #expect(behind.detour?.contains("reads_max_lag") == true && behind.lag.map { $0 > .zero } == true)
        #expect(try await strict.reader.note("a") == "new")
        try await stand(still: false, standby)
        await strict.close()

        // The leader itself is no replica.
        let own = try await PostgresStore.open(
            settings(leader, leader.connection(to: "pulse", user: "pulse_engine"), mostLag: .seconds(60)),
            tenant: "acme")
        #expect(await own.readsStatus()?.detour?.contains("follows no server") == true)
        await own.close()

        // Away in the middle of everything.
        try await standby.stop("immediate")
        #expect(try await store.reader.note("a") == "new")
        #expect(await store.readsStatus()?.detour?.contains("does not answer") == true)
        await store.close()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a replica keeps tenants apart as the store does`() async throws {
        let leader = try await PostgresCluster.start(settings: ["fsync=off"])
        try await leader.perform("createdb", ["--owner", "pulse_engine", "pulse"])
        let address = try await leader.makeStandby().connection(to: "pulse", user: "pulse_engine")
        var stores: [PostgresStore] = []
        for tenant in ["acme", "rival"] {
            stores.append(
                try await PostgresStore.open(
                    settings(leader, address, mostLag: .seconds(60)), tenant: TenantID(tenant)))
        }
        for store in stores { try await store.setNote("mine", to: store.tenant.rawValue) }
        for store in stores {
            #expect(try await note("mine", in: store.reader) == store.tenant.rawValue)
            let reader = try #require(store.reader as? any SQLStore)
            let seen: Int? = try await reader.read { db in try db.value("SELECT count(*) FROM notes", []) }
            #expect(seen == 1)
            await store.close()
        }
    }

    private func stand(still: Bool, _ standby: PostgresCluster) async throws {
        let pool = PostgresPool(
            PostgresSettings(connection: standby.connection(to: "pulse") + " target_session_attrs=any"))
        try await pool.withConnection { try $0.execute("SELECT pg_wal_replay_\(still ? "pause" : "resume")()") }
        await pool.close()
    }
}
