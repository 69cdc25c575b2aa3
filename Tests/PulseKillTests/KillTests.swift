import Foundation
import PulseDomain
import PulsePostgresCluster
import PulseTestTurns
import Testing

/// Kills a loading process at random moments and lets the next one go on, until everything is loaded: the tables then
/// equal those of a process that was never killed (invariant 1).
///
/// `PULSE_KILLS` sets the number of kills for each kind of store: 20 in SQLite and 6 in PostgreSQL by default, 200 for the
/// full proof.
@Suite(.long) struct KillTests {
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case sqlite = "SQLite"
        case postgres = "PostgreSQL"

        var testDescription: String { rawValue }
        var kills: Int { rounds("PULSE_KILLS", default: self == .sqlite ? 20 : 6) }
    }

    /// Databases that are not there yet.
    private struct Place {
        let folder: URL
        let cluster: PostgresCluster?

        static func make(_ kind: Kind) async throws -> Place {
            let folder = FileManager.default.temporaryDirectory.appending(path: "pulse-kill-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            return Place(folder: folder, cluster: kind == .postgres ? try await PostgresCluster.shared() : nil)
        }

        func database(_ name: String) async throws -> String {
            guard let cluster else { return folder.appending(path: "\(name).db").path }
            return try await cluster.makeDatabase(of: "pulse_engine")
        }
    }

    @Test(arguments: Kind.allCases)
    func `after kills at random moments the tables equal those of an undisturbed run`(kind: Kind) async throws {
        let place = try await Place.make(kind)
        defer { try? FileManager.default.removeItem(at: place.folder) }

        let calm = try await place.database("calm")
        let began = ContinuousClock.now
        #expect(await (try Subject.run(calm)).end() == .exited(0))
        var whole = began.duration(to: .now)
        let expected = try await LoadedStore.read(calm)
        #expect(expected.rows > 2_000)

        var generator = SystemRandomNumberGenerator()
        var killed = 0
        var round = 0
        // Runs that were under way when their process was killed: what hits none proves little.
        var hits = 0
        while killed < kind.kills || hits < kind.kills / 2 {
            round += 1
            let database = try await place.database("killed-\(round)")
            while true {
                let moment = whole * Double.random(in: 0.02...0.7, using: &generator)
                let start = ContinuousClock.now
                let end = await (try Subject.run(database)).kill(after: moment)
                if end != .killed {
                    #expect(end == .exited(0))
                    // The machine has become faster: later kills come earlier.
                    whole = min(whole, start.duration(to: .now))
                    break
                }
                killed += 1
                if killed % 7 == 0 { break }
            }
            #expect(await (try Subject.run(database)).end() == .exited(0))
            let loaded = try await LoadedStore.read(database)
            loaded.expectSame(as: expected, "after \(killed) kills")
            hits += loaded.resumptions
        }
    }
}
