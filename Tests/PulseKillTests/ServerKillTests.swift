import PulseDomain
import PulsePostgresCluster
import PulseTestTurns
import Testing

/// What becomes of runs whose PostgreSQL dies under them. The loading process lives on: its runs wait in place, and go on
/// when there is a server again.
///
/// `PULSE_SERVER_KILLS` sets the number of crashes: 2 by default, 20 for the full proof. `PULSE_FAILOVERS` that of
/// fail-overs of each kind: 1 by default.
@Suite(.long) struct ServerKillTests {
    /// The undisturbed run of a cluster, and how long it took.
    private static func calm(_ cluster: PostgresCluster) async throws -> (LoadedStore, Duration) {
        let database = try await cluster.makeDatabase(of: "pulse_engine")
        let subject = try Subject.run(database)
        await subject.begun()
        let began = ContinuousClock.now
        #expect(await subject.end() == .exited(0))
        let whole = began.duration(to: .now)
        let loaded = try await LoadedStore.read(database)
        #expect(loaded.rows > 2_000)
        return (loaded, whole)
    }

    @Test(.timeLimit(.minutes(60)))
    func `runs wait for a server that crashes, and go on in place`() async throws {
        let cluster = try await PostgresCluster.start()
        let (expected, whole) = try await Self.calm(cluster)
        var crashes = 0
        while crashes < rounds("PULSE_SERVER_KILLS", default: 2) {
            let database = try await cluster.makeDatabase(of: "pulse_engine")
            let subject = try Subject.run(database)
            await subject.begun()
            await Subject.moment(whole * Double.random(in: 0.05...0.8))
            try await cluster.restart("immediate")
            // One that had ended before proves nothing.
            let isHit = subject.isRunning
            #expect(await subject.end() == .exited(0))
            let loaded = try await LoadedStore.read(database)
            loaded.expectSame(as: expected, "after crash \(crashes + 1)")
            guard isHit else { continue }
            crashes += 1
            loaded.expectInPlace(as: expected, "after crash \(crashes)")
            let told = loaded.log.filter { $0.message.hasPrefix("The store ") }
            #expect(told.count { $0.message.hasPrefix("The store has trouble") } <= 1, "\(told)")
        }
    }

    enum Replication: String, CaseIterable, CustomTestStringConvertible {
        case synchronous, asynchronous
        var testDescription: String { rawValue }
    }

    @Test(.timeLimit(.minutes(60)), arguments: Replication.allCases)
    func `a run goes on at the standby that takes over, with nothing lost or doubled`(kind: Replication) async throws {
        for round in 1...rounds("PULSE_FAILOVERS", default: 1) {
            let primary = try await PostgresCluster.start()
            let (expected, whole) = try await Self.calm(primary)
            let database = try await primary.makeDatabase(of: "pulse_engine")
            let standby = try await primary.makeStandby()
            if kind == .synchronous {
                // A commit is told as done when the standby has it, too.
                try await primary.perform(
                    "psql",
                    [
                        "--dbname", "postgres", "--command", "ALTER SYSTEM SET synchronous_standby_names = '*'",
                        "--command", "SELECT pg_reload_conf()",
                    ])
            }
            let name = try #require(database.split(separator: "=").last)
            let both = "host=\(primary.folder),\(standby.folder) user=pulse_engine dbname=\(name)"
            let subject = try Subject.run(both)
            await subject.begun()
            await Subject.moment(whole * Double.random(in: 0.1...0.5))
            #expect(subject.isRunning)
            try await primary.stop("immediate")
            try await standby.promote()
            #expect(await subject.end() == .exited(0))
            let after = standby.connection(to: String(name), user: "pulse_engine")
            if kind == .asynchronous {
                // What was told as done may be gone: the end of a run, too. The next engine finds it unfinished.
                #expect(await (try Subject.run(after)).end() == .exited(0))
            }
            let loaded = try await LoadedStore.read(after)
            loaded.expectSame(as: expected, "\(kind), fail-over \(round)")
            if kind == .synchronous { loaded.expectInPlace(as: expected, "fail-over \(round)") }
            try await standby.stop("fast")
        }
    }
}
