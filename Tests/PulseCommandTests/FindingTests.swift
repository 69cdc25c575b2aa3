import Foundation
import PulseControl
import PulseDomain
import PulseEngine
import Testing

@testable import PulseCommands

struct FindingTests {
    private static func configuration(_ folder: String) -> String {
        """
        tenant: acme
        store: sqlite:pulse.db
        sources:
          - name: local
            kind: git
            paths: [\(folder)]
        """
    }

    @Test func `without a configuration the three ways in are told`() throws {
        let place = try Place()
        let context = Captured().context(home: place.path)
        let error = #expect(throws: CommandError.self) { try SettingsFinder(context).settings(SettingsWishes()) }
        #expect(error?.status == .usage)
        for way in ["pulse demo", "pulse explore", "pulse --config"] {
            #expect(error?.lines.contains { $0.contains(way) } == true)
        }
    }

    @Test func `the named configuration wins over the environment, and that over the user's folder`() throws {
        let place = try Place()
        let named = SettingsWishes(config: "/named.yaml")
        let set = Captured().context(home: place.path, environment: ["PULSE_CONFIG": "/set.yaml"])
        #expect(SettingsFinder(set).path(named) == "/named.yaml")
        #expect(SettingsFinder(set).path(SettingsWishes()) == "/set.yaml")
        let bare = Captured().context(home: place.path)
        #expect(SettingsFinder(bare).path(SettingsWishes()) == nil)
        #expect(SettingsFinder(bare).usualPath == "\(place.path)/.config/pulse/pulse.yaml")
    }

    @Test func `looking at a store that is not there makes none`() async throws {
        let place = try Place()
        let config = try place.write(Self.configuration(place.path), to: "pulse.yaml")
        let captured = Captured()
        let reading = ReadingCommand(captured.context(home: place.path), SettingsWishes(config: config), isJSON: false)
        try await reading.jobs()
        #expect(captured.out.contains("local/commits"))
        #expect(!FileManager.default.fileExists(atPath: "\(place.path)/pulse.db"))
    }

    @Test func `who holds a store without answering is named, and the status says unreachable`() async throws {
        let place = try Place()
        let context = Captured().context(home: place.path)
        let holder = try StoreHolder.acquire(
            databasePath: "\(place.path)/pulse.db", socketPath: "\(place.path)/none.sock", version: "9.9", at: .epoch)
        let error = await #expect(throws: HolderError.self) {
            try await EngineFinder(context, time: Hasty()).find("\(place.path)/pulse.db")
        }
        #expect(error?.holder?.version == "9.9")
        #expect(error.map { CommandError(describing: $0).status } == .unreachable)
        withExtendedLifetime(holder) {}
    }

    @Test func `a command goes to the engine that holds the store, and to the store when nobody does`() async throws {
        let place = try Place()
        let config = try place.write(Self.configuration(place.path), to: "pulse.yaml")
        let captured = Captured()
        let context = captured.context(home: place.path)
        let wishes = SettingsWishes(config: config)
        let finder = EngineFinder(context)
        let settings = try SettingsFinder(context).settings(wishes)
        guard case .free(let holder) = try await finder.find(settings.databasePath) else {
            Issue.record("the store is not free")
            return
        }
        let opened = try await finder.open(settings, holder: holder)
        let server = try #require(finder.server(for: opened, databasePath: settings.databasePath))
        let session = EngineSession(opened.embedded, server: server, holder: holder)
        let status = try await session.run { _ in
            let command = ActingCommand(context, wishes, ActingWishes(reason: "a look", isJSON: true))
            return try await command.perform(on: "local/tags") { id, _ in .hold(id) }
        } isEnding: {
        }
        #expect(status == .ok)
        #expect(captured.out.contains("\"is_running\" : true"))
    }

    @Test func `what cannot be taken back is not done without a terminal to ask on`() async throws {
        let place = try Place()
        let config = try place.write(Self.configuration(place.path), to: "pulse.yaml")
        let captured = Captured()
        let command = ActingCommand(
            captured.context(home: place.path), SettingsWishes(config: config), ActingWishes())
        #expect(try await command.perform(.discard([1])) == .refused)
        #expect(captured.error.contains("--yes was not given"))
        let confirmed = ActingCommand(
            captured.context(home: place.path), SettingsWishes(config: config), ActingWishes(isConfirmed: true))
        #expect(try await confirmed.perform(.discard([1])) == .ok)
    }

    @Test func `a preview of what would be refused says so and does nothing`() async throws {
        let place = try Place()
        let config = try place.write(Self.configuration(place.path), to: "pulse.yaml")
        let captured = Captured()
        let command = ActingCommand(
            captured.context(home: place.path), SettingsWishes(config: config), ActingWishes(isDryRun: true))
        #expect(try await command.perform(on: "tags") { id, _ in .resume(id) } == .refused)
        #expect(captured.out.contains("It would be refused: local/tags has never run. Start it."))
    }
}

/// A clock whose waits are over at once.
private struct Hasty: TimeSource {
    var now: Instant { .epoch }
    var elapsed: Duration { .zero }
    func sleep(for duration: Duration) async throws { try Task.checkCancellation() }
}
